"""Logs to MLflow the runs of a study that are on disk and not there yet, with their pictures."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rmsprop_lab.base import given_fields
from rmsprop_lab.compare.trial_order import first_uses
from rmsprop_lab.errors import TrackingError, raised
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run, batch_size
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.colours import shade
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.run_page import RunContents
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.format import former_keys
from rmsprop_lab.tasks.experiment_page import ExperimentPage
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.tracker import MlflowTracker

_AT_ONCE = 200  # runs that are logged together, which bounds the pictures in memory
_BACKDROPS = 32  # problems of such runs, of 2 MB each
_AHEAD = 2  # portions of such runs that wait for their pictures
_FEW = 20  # the same if the length of their traces is unknown


class Recorder:
    """Fills a study's MLflow experiment from its folder, and logs only what is missing there.

    If the store fails, `failure` has the error, nothing more is logged, and the study continues without MLflow.

    Args:
        study: The study.
        folder: Its folder.
        tracker: The MLflow store.

    Raises:
        TrackingError: The store fails when the experiment is opened.
    """

    def __init__(self, study: Study, folder: StudyFolder, tracker: MlflowTracker) -> None:
        self._study, self._folder = study, folder
        self._hues = optimizer_hues(study, folder)
        self._hyperparameters = _hyperparameter_names(study, folder)
        self._describe = RunContents(study, self._hyperparameters)
        self._begun: deque[_Portion] = deque()
        self.failure: TrackingError | None = None
        self.unwritten = ""
        """Why the experiment's page could not be written, if it could not."""
        self._former = former_keys(folder.path)  # earlier formats identified users' classes otherwise
        with folder.tracking_lock():
            self.tracker: StudyTracker = tracker.study(study.name, self._hyperparameters)

    def record(self, work: Sequence[tuple[Cell, Sequence[Run]]], on_run: Callable[[], None]) -> int:
        """Logs the runs of some cells that are not in MLflow.

        Args:
            work: Cells, each with runs of it that are on disk.
            on_run: Called once for each run, logged or not.

        Returns:
            The number of runs that were logged.
        """
        before = self.tracker.added
        self.begin(work, on_run)
        self.finish()
        return self.tracker.added - before

    def begin(self, work: Sequence[tuple[Cell, Sequence[Run]]], on_run: Callable[[], None]) -> None:
        """The same as `record`, but the last runs only at the next call or `finish`: meanwhile they are drawn."""
        left = sum(len(runs) for _, runs in work)
        try:
            if self.failure is None:
                colours = self._colours(work)
                missing, outdated = self._missing(work)
                left = len(missing)
                self._begun.append(_Portion(iter(()), sum(len(runs) for _, runs in work) - left, on_run))
                self._renew(outdated, colours)
                for part in _portions(missing):
                    left -= len(part)
                    self._begun.append(_Portion(self._contents(part, colours), len(part), on_run))
                    self._log_begun(but=_AHEAD)
        except TrackingError as error:
            self.failure = error
        if self.failure:
            self._begun.append(_Portion(iter(()), left, on_run))
            self._pass_begun()

    def finish(self) -> None:
        """Logs what was begun."""
        try:
            self._log_begun()
        except TrackingError as error:
            self.failure = error
            self._pass_begun()

    def close(self) -> None:
        """Ends what draws for it; what was begun and not finished is left."""
        self._begun.clear()
        self._describe.close()

    def _log_begun(self, but: int = 0) -> None:
        while len(self._begun) > but:
            portion = self._begun[0]
            contents = list(portion.contents)
            if contents:
                with self._folder.tracking_lock():
                    self.tracker.log_all(contents, portion.passed)
            self._begun.popleft().pass_rest()

    def _pass_begun(self) -> None:
        while self._begun:
            self._begun.popleft().pass_rest()

    def record_rows(self, rows: Mapping[str, dict[str, Any]], on_run: Callable[[], None]) -> int:
        """Logs runs whose objective and optimizer are unknown, without pictures and curves that need the minimum.

        Args:
            rows: The rows of the runs, by run key.
            on_run: Called once for each run.

        Returns:
            The number of runs that were logged.
        """
        before = self.tracker.added
        try:
            for contents in self._bare(rows):
                with self._folder.tracking_lock():
                    self.tracker.log_all(contents, on_run)
        except TrackingError as error:
            self.failure = error
        return self.tracker.added - before

    def restore_rows(self, rows: Mapping[str, dict[str, Any]]) -> int:
        """The same as `restore` for runs whose objective and optimizer are unknown."""
        restored = 0
        try:
            for contents in self._bare(rows):
                with self._folder.tracking_lock():
                    restored += self.tracker.restore(contents)
        except TrackingError as error:
            self.failure = error
        return restored

    def _bare(self, rows: Mapping[str, dict[str, Any]]) -> Iterator[list[RunContent]]:
        uses = first_uses(self._folder.trials())
        for low in range(0, len(rows) if self.failure is None else 0, _FEW):
            keys = list(rows)[low : low + _FEW]
            traces = self._folder.trace_of(keys)
            hues = {key: self._hues[rows[key]["optimizer"]] for key in keys}
            found = (self._describe.bare(rows[key], traces.get(key), hues[key], *uses[key]) for key in keys)
            yield list(self._dated(keys, found))

    def restore(self, cell: Cell, runs: Sequence[Run]) -> int:
        """Adds to the logged runs of one cell what MLflow has lost of them; returns how many runs that were."""
        restored, colours = 0, self._colours([(cell, runs)])
        by_key = {run.run_key: (cell, run) for run in runs}
        try:
            for low in range(0, len(runs) if self.failure is None else 0, _AT_ONCE):
                keys = list(by_key)[low : low + _AT_ONCE]
                part, rows, traces = (
                    [by_key[key] for key in keys],
                    self._folder.run_rows(keys),
                    self._folder.trace_of(keys),
                )
                with self._folder.tracking_lock():
                    lacking = self.tracker.lacking(self._describe.undrawn(part, rows, traces, colours))
                for portion in _portions([by_key[key] for key in lacking]):
                    contents = list(self._contents(portion, colours))
                    with self._folder.tracking_lock():
                        restored += self.tracker.restore(contents)
        except TrackingError as error:
            self.failure = error
        return restored

    def failed(self, run_keys: Collection[str]) -> TrackingError:
        """The error to raise after a `failure`: its reason, how many of these runs are not logged, and what to do."""
        lacks = len(set(run_keys) - self.tracker.known)
        return TrackingError(
            f"{self.failure}. All {len(run_keys)} runs are on disk, but {lacks} of them may be missing from MLflow; "
            "the same command logs them."
        )

    def _missing(
        self, work: Sequence[tuple[Cell, Sequence[Run]]]
    ) -> tuple[list[tuple[Cell, Run]], dict[str, tuple[Cell, Run]]]:
        """The runs that are not in MLflow, and those with outdated numbers by the key that they have there."""
        found = {run.run_key: (cell, run) for cell, runs in reversed(work) for run in runs}  # each in its first cell
        with self._folder.tracking_lock():
            present = self.tracker.run_ids([*found, *(self._former[key] for key in found if key in self._former)])
            old = self.tracker.outdated
        there = {key: key if key in present else self._former.get(key, "") for key in found}
        outdated = {there[key]: found[key] for key in found if there[key] in old}
        missing = [found[key] for key in reversed(found) if key not in present and there[key] not in outdated]
        return missing, outdated

    def _colours(self, work: Sequence[tuple[Cell, Sequence[Run]]]) -> dict[str, str]:
        """The colour of each run, by run key: shades of its optimizer's hue."""
        colours: dict[str, str] = {}
        for cell, runs in reversed(work):  # a run of several cells has the colour of the first
            hue = self._hues[cell.optimizer_name]
            lightest = 1.0 if cell.is_untuned else 0.0  # to differ from the winner, which also is a single run
            colours |= {run.run_key: shade(hue, index / len(runs) or lightest) for index, run in enumerate(runs)}
        return colours

    def _renew(self, outdated: Mapping[str, tuple[Cell, Run]], colours: Mapping[str, str]) -> None:
        """Replaces the numbers of logged runs that an earlier version measured."""
        keys = {run.run_key: key for key, (_, run) in outdated.items()}
        for portion in _portions(list(outdated.values())):
            contents = {keys[content.run_key]: content for content in self._contents(portion, colours)}
            with self._folder.tracking_lock():
                self.tracker.renew(contents)

    def announce(self) -> None:
        """Writes the experiment's page if it has none, so that the study is found while it is computed."""
        try:
            self._page.begin()
        except TrackingError as error:
            self.failure = error
        except BaseException as error:  # `conclude` meets it again, and says so
            raised(error)

    @property
    def _page(self) -> ExperimentPage:
        return ExperimentPage(self._study, self._folder, self.tracker, self._hyperparameters)

    def conclude(self, judgement: Judgement | None, edges: Mapping[str, str], drawn: bool, runs: int) -> None:
        """Writes the experiment's page, and logs the study's figures with the best run on each objective.

        A part of a study writes and marks nothing: only a whole plan may.

        Args:
            judgement: What is said of the study; None if no plan is whole, which leaves all marks as they are.
            edges: The edges of the space that winners lie at, as text, by run key.
            drawn: Whether the figures have changed; if not, they are logged only where they are missing.
            runs: Number of runs that the page is about.
        """
        if self.failure is None and not self._study.is_part:
            try:
                self._page.write(judgement, edges, drawn, runs, self._describe.painter)
            except TrackingError as error:
                self.failure = error
            except BaseException as error:  # of a picture that cannot be read: the study has its results
                self.unwritten = raised(error)

    def _contents(self, part: Sequence[tuple[Cell, Run]], colours: Mapping[str, str]) -> Iterator[RunContent]:
        """The contents of a few runs, whose pictures are begun here."""
        keys = [run.run_key for _, run in part]
        wholes = self._describe.wholes(part, self._folder.run_rows(keys), self._folder.trace_of(keys), colours)
        return self._dated(keys, wholes)

    def _dated(self, keys: Collection[str], contents: Iterable[RunContent]) -> Iterator[RunContent]:
        """The contents of runs, with the times when these were computed."""
        spans = self._folder.spans(keys)
        return (replace(content, computed=spans.get(content.run_key)) for content in contents)


@dataclass
class _Portion:
    """Runs whose pictures are being drawn; `on_run` is called for each that is logged or passed over."""

    contents: Iterator[RunContent]
    left: int
    on_run: Callable[[], None]

    def passed(self) -> None:
        self.left -= 1
        self.on_run()

    def pass_rest(self) -> None:
        while self.left > 0:
            self.passed()


def _portions(runs: Sequence[tuple[Cell, Run]]) -> Iterator[list[tuple[Cell, Run]]]:
    """Runs that are logged together, so few that their traces and pictures fit into memory."""
    part: list[tuple[Cell, Run]] = []
    problems: set[Problem] = set()
    filled = 0.0
    for cell, run in runs:
        share = 1 / min(_AT_ONCE, batch_size(cell.problem))
        problems.add(cell.problem)
        if part and (filled + share > 1 or len(problems) > _BACKDROPS):
            yield part
            part, problems, filled = [], {cell.problem}, 0.0
        part.append((cell, run))
        filled += share
    if part:
        yield part


def _hyperparameter_names(study: Study, folder: StudyFolder) -> list[str]:
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in given_fields(optimizer))
    names.update(dict.fromkeys(folder.hyperparameter_names()))
    return list(names)
