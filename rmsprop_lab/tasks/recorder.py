"""Logs to MLflow the runs of a study that are on disk and not there yet, with their pictures."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rmsprop_lab.base import given_fields
from rmsprop_lab.compare.trial_order import first_uses
from rmsprop_lab.errors import TrackingError, raised
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.pictures import pictures_of
from rmsprop_lab.plan.run import Run, batch_size
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.colours import shade
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.experiment_page import columns_of, convergence_axes
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.notes import artifact_link, artifact_view, experiment_note, plan_told
from rmsprop_lab.report.report_run import NOTED, report_files, report_run
from rmsprop_lab.report.run_page import RunContents
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.format import former_keys
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.page import BEST_TAG, RANK_TAG, view_link, view_tags, views
from rmsprop_lab.tracking.tracker import MlflowTracker, StudyTracker

_AT_ONCE = 200  # runs that are logged together, which bounds the pictures in memory
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
        self._shown = columns_of(study, self._hyperparameters)
        self._describe = RunContents(study, self._hyperparameters)
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
        before, left = self.tracker.added, sum(len(runs) for _, runs in work)

        def passed() -> None:
            nonlocal left
            left -= 1
            on_run()

        try:
            if self.failure is None:
                colours = self._colours(work)
                missing, outdated = self._missing(work)
                for _ in range(left - len(missing)):
                    passed()
                self._renew(outdated, colours)
                for contents in self._contents(missing, colours):
                    with self._folder.tracking_lock():
                        self.tracker.log_all(contents, passed)
        except TrackingError as error:
            self.failure = error
        for _ in range(left):
            on_run()
        return self.tracker.added - before

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
            yield [self._describe.bare(rows[key], traces.get(key), hues[key], *uses[key]) for key in keys]

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
                for contents in self._contents([by_key[key] for key in lacking], colours):
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
        for contents in self._contents(list(outdated.values()), colours):
            with self._folder.tracking_lock():
                self.tracker.renew({keys[content.run_key]: content for content in contents})

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
                self._conclude(judgement, edges, drawn, runs)
            except TrackingError as error:
                self.failure = error
            except BaseException as error:  # of a picture that cannot be read: the study has its results
                self.unwritten = raised(error)

    def _conclude(self, judgement: Judgement | None, edges: Mapping[str, str], drawn: bool, count: int) -> None:
        pictured = judgement.pictured if judgement else []
        files = report_files(self._folder)
        with self._folder.tracking_lock():
            if judgement:
                untuned = {winner.default.run_key: "untuned" for winner in pictured if winner.default}
                self.tracker.mark(BEST_TAG, untuned | {winner.judged.run_key: "true" for winner in pictured})
                self.tracker.mark(RANK_TAG, judgement.ranks)
            self.tracker.mark("edge", edges, alone=False)
            first = {winner.cell.problem.name: winner for winner in reversed(pictured)}  # the best on each objective
            run_ids = self.tracker.run_ids([winner.judged.run_key for winner in first.values()], again=True)
            report = self.tracker.hold(report_run(self._study, self._hyperparameters), files)
            self._describe_experiment(judgement, report, files, count)
        for winner in first.values():
            if run_id := run_ids.get(winner.judged.run_key):  # None if it was deleted in MLflow
                names = pictures_of(
                    winner.cell.problem.name, dict.fromkeys(each.cell.optimizer_name for each in pictured)
                )
                self._add_figures(run_id, names, drawn)

    def _describe_experiment(self, judgement: Judgement | None, report: str, files: Collection[str], runs: int) -> None:
        """Writes the note above the charts, with the `files` that the `report`'s run has, and the saved views."""
        optimizers = list(self._folder.trials()["optimizer"].unique())
        ranked = bool(judgement and judgement.ranks)
        found = views(convergence_axes(self._folder, self._folder.runs()), optimizers, ranked)
        links: dict[str | None, dict[str, str]] = {}
        for key, view in found.items():
            of = view.objective if found["best"].objective is None else None
            links.setdefault(of, {})[view.name] = view_link(self.tracker.experiment_id, key)
        plan = plan_told(judgement.study if judgement else self._study, self.tracker.place, runs)
        figures = {Path(name).stem: artifact_link(name, report) for name in files if name.startswith(NOTED)}
        page = artifact_view(self.tracker.experiment_id, report, REPORT) if REPORT in files else ""
        note = experiment_note(judgement, links, figures, plan, page)
        self.tracker.describe(note, view_tags(found, self._shown, optimizers))

    def _add_figures(self, run_id: str, names: Iterable[str], drawn: bool) -> None:
        """Logs the figures of an objective as artifacts of a run: those that have changed, or are missing there."""
        there = set() if drawn else self.tracker.artifacts(run_id, "figures")
        paths = {f"figures/{name}": self._folder.path / "figures" / name for name in names}
        artifacts = {name: path.read_bytes() for name, path in paths.items() if name not in there and path.exists()}
        if artifacts:
            self.tracker.add_artifacts(run_id, artifacts)

    def _contents(self, runs: Sequence[tuple[Cell, Run]], colours: Mapping[str, str]) -> Iterator[list[RunContent]]:
        for part in _portions(runs):
            keys = [run.run_key for _, run in part]
            rows, traces = self._folder.run_rows(keys), self._folder.trace_of(keys)
            yield list(self._describe.wholes(part, rows, traces, colours))


def _portions(runs: Sequence[tuple[Cell, Run]]) -> Iterator[list[tuple[Cell, Run]]]:
    """Runs that are logged together, so few that their traces and pictures fit into memory."""
    part: list[tuple[Cell, Run]] = []
    filled = 0.0
    for cell, run in runs:
        share = 1 / min(_AT_ONCE, batch_size(cell.problem))
        if part and filled + share > 1:
            yield part
            part, filled = [], 0.0
        part.append((cell, run))
        filled += share
    if part:
        yield part


def _hyperparameter_names(study: Study, folder: StudyFolder) -> list[str]:
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in given_fields(optimizer))
    names.update(dict.fromkeys(folder.hyperparameter_names()))
    return list(names)
