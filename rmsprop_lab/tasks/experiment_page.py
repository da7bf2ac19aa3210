"""Writes what an experiment in MLflow says of its study as a whole: marks, the report, figures, the note and views."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from rmsprop_lab.plan.pictures import pictures_of
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots import COMPARISON, STUDY_FIGURES
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.experiment_page import chart_axes, columns_of, planned_axes, sampled
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.notes import BEGUN, UNJUDGED, artifact_view, experiment_note, plan_told
from rmsprop_lab.report.report_run import report_files, report_run
from rmsprop_lab.report.summary_runs import SummaryRuns
from rmsprop_lab.report.verdict_words import verdict_told
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.card import Card, card_tag
from rmsprop_lab.tracking.page import (
    BEST_TAG,
    DEFAULT_VIEW,
    RANK_TAG,
    SAMPLE_TAG,
    SUMMARY_PHASE,
    UNTUNED,
    Axis,
    View,
    view_link,
    views,
)
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.view_tags import view_tags


class ExperimentPage:
    """The page of a study's experiment.

    Args:
        study: The study.
        folder: Its folder.
        tracker: Its experiment.
        hyperparameters: The names of all hyperparameters that its runs have as params.
    """

    def __init__(
        self, study: Study, folder: StudyFolder, tracker: StudyTracker, hyperparameters: Sequence[str]
    ) -> None:
        self._study, self._folder, self._tracker = study, folder, tracker
        self._hyperparameters = hyperparameters

    def begin(self) -> None:
        """Writes the page of a study that has none yet: all runs, as far as they are there while it is computed."""
        everything = views(planned_axes(self._study), list(self._hues))["all"]
        with self._folder.tracking_lock():
            self._describe(None, {DEFAULT_VIEW: everything}, "", (), len(self._study), BEGUN)

    def write(
        self,
        judgement: Judgement | None,
        edges: Mapping[str, str],
        drawn: bool,
        count: int,
        painter: Callable[[Problem], ContourPainter],
    ) -> None:
        """Writes all of it.

        Args:
            judgement: What is said of the study; None if no plan is whole, which leaves marks and note as they are.
            edges: The edges of the space that winners lie at, as text, by run key.
            drawn: Whether the figures have changed; if not, they are logged only where they are missing.
            count: Number of runs that the page is about.
            painter: Gives the painter of a problem.
        """
        pictured = judgement.pictured if judgement else []
        files, runs = report_files(self._folder), self._folder.runs()
        axes = chart_axes(self._study, self._folder, runs)
        if judgement:
            self._sum_up(SummaryRuns(judgement, self._folder, self._hyperparameters, self._hues, painter))
        with self._folder.tracking_lock():
            if judgement:
                self._mark(judgement)
            self._tracker.mark("edge", edges, alone=False)
            self._tracker.mark(SAMPLE_TAG, dict.fromkeys(sampled(axes, runs), "true"))
            first = {winner.cell.problem.name: winner for winner in reversed(pictured)}  # the best on each objective
            run_ids = self._tracker.run_ids([winner.judged.run_key for winner in first.values()], again=True)
            report = self._tracker.hold(report_run(self._study, self._hyperparameters), files)
            self._describe(judgement, self._views(judgement, axes), report, files, count)
        for winner in first.values():
            if run_id := run_ids.get(winner.judged.run_key):  # None if it was deleted in MLflow
                names = pictures_of(
                    winner.cell.problem.name, dict.fromkeys(each.cell.optimizer_name for each in pictured)
                )
                self._add_figures(run_id, names, drawn)

    @cached_property
    def _hues(self) -> dict[str, str]:
        return optimizer_hues(self._study, self._folder)

    def _sum_up(self, summaries: SummaryRuns) -> None:
        """Writes the runs that sum the study up, as far as they are out of date; they are drawn without the lock."""
        digests = summaries.digests
        with self._folder.tracking_lock():
            outdated = self._tracker.outdated_of(SUMMARY_PHASE, digests)
        contents = [summaries.content(key) for key in outdated]
        with self._folder.tracking_lock():
            self._tracker.add(contents)

    def _mark(self, judgement: Judgement) -> None:
        """Marks the best runs, and their ranks."""
        untuned = [winner.default.run_key for winner in judgement.pictured if winner.default]
        best = {winner.judged.run_key: "true" for winner in judgement.pictured}
        self._tracker.mark(BEST_TAG, dict.fromkeys(untuned, UNTUNED) | best)
        after = dict.fromkeys(untuned, UNTUNED) if judgement.ranks else {}
        self._tracker.mark(RANK_TAG, after | judgement.ranks)

    def _views(self, judgement: Judgement | None, axes: Mapping[str, Axis]) -> dict[str, View]:
        n_iter = judgement.study.n_iter if judgement and len(judgement.study.objectives) > 1 else None
        return views(axes, list(self._hues), bool(judgement and judgement.ranks), n_iter)

    def _describe(
        self,
        judgement: Judgement | None,
        found: Mapping[str, View],
        report: str,
        files: Collection[str],
        count: int,
        unjudged: str = UNJUDGED,
    ) -> None:
        """Writes the note above the charts, with the `files` that the `report`'s run has, and the saved views."""
        links: dict[str | None, dict[str, str]] = {}
        for key, view in found.items():
            of = view.objective if found[DEFAULT_VIEW].objective is None else None
            links.setdefault(of, {})[view.name] = view_link(self._tracker.experiment_id, key)
        plan = plan_told(judgement.study if judgement else self._study, self._tracker.place, count)
        page = artifact_view(self._tracker.experiment_id, report, REPORT) if REPORT in files else ""
        note = experiment_note(judgement, links, plan, page, unjudged)
        tags = view_tags(found, columns_of(self._study, self._hyperparameters), list(self._hues))
        sentence = verdict_told(judgement)[0] if judgement else unjudged
        self._tracker.describe(note, tags | card_tag(self._card(sentence, report, files)), over=judgement is not None)

    def _card(self, sentence: str, report: str, files: Collection[str]) -> Card:
        """What the start page shows of the study."""
        figures = [f"figures/{name}" for name in (COMPARISON, *STUDY_FIGURES)]
        picture = next(((report, name) for name in figures if name in files), None)
        return Card(sentence, self._tracker.place, picture, REPORT in files)

    def _add_figures(self, run_id: str, names: Iterable[str], drawn: bool) -> None:
        """Logs the figures of an objective as artifacts of a run: those that have changed, or are missing there."""
        there = set() if drawn else self._tracker.artifacts(run_id, "figures")
        paths = {f"figures/{name}": self._folder.path / "figures" / name for name in names}
        artifacts = {name: path.read_bytes() for name, path in paths.items() if name not in there and path.exists()}
        if artifacts:
            self._tracker.add_artifacts(run_id, artifacts)
