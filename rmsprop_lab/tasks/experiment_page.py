"""Writes what an experiment in MLflow says of its study as a whole: marks, the report, figures, the note and views."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from rmsprop_lab.plan.pictures import pictures_of
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots import COMPARISON, STUDY_FIGURES
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.experiment_page import columns_of, convergence_axes
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.notes import UNJUDGED, artifact_link, artifact_view, experiment_note, plan_told
from rmsprop_lab.report.report_run import NOTED, report_files, report_run
from rmsprop_lab.report.verdict_words import verdict_told
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.card import Card, card_tag
from rmsprop_lab.tracking.page import BEST_TAG, RANK_TAG, view_link, view_tags, views
from rmsprop_lab.tracking.tracker import StudyTracker


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

    def write(self, judgement: Judgement | None, edges: Mapping[str, str], drawn: bool, runs: int) -> None:
        """Writes all of it; the arguments are those of `Recorder.conclude`."""
        pictured = judgement.pictured if judgement else []
        files = report_files(self._folder)
        with self._folder.tracking_lock():
            if judgement:
                untuned = {winner.default.run_key: "untuned" for winner in pictured if winner.default}
                self._tracker.mark(BEST_TAG, untuned | {winner.judged.run_key: "true" for winner in pictured})
                self._tracker.mark(RANK_TAG, judgement.ranks)
            self._tracker.mark("edge", edges, alone=False)
            first = {winner.cell.problem.name: winner for winner in reversed(pictured)}  # the best on each objective
            run_ids = self._tracker.run_ids([winner.judged.run_key for winner in first.values()], again=True)
            report = self._tracker.hold(report_run(self._study, self._hyperparameters), files)
            self._describe_experiment(judgement, report, files, runs)
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
            links.setdefault(of, {})[view.name] = view_link(self._tracker.experiment_id, key)
        plan = plan_told(judgement.study if judgement else self._study, self._tracker.place, runs)
        figures = {Path(name).stem: artifact_link(name, report) for name in files if name.startswith(NOTED)}
        page = artifact_view(self._tracker.experiment_id, report, REPORT) if REPORT in files else ""
        note = experiment_note(judgement, links, figures, plan, page)
        tags = view_tags(found, columns_of(self._study, self._hyperparameters), optimizers)
        self._tracker.describe(note, tags | card_tag(self._card(judgement, report, files)))

    def _card(self, judgement: Judgement | None, report: str, files: Collection[str]) -> Card:
        """What the start page shows of the study."""
        noted = [f"{NOTED}{name}" for name in (COMPARISON, *STUDY_FIGURES)]
        picture = next(((report, name) for name in noted if name in files), None)
        sentence = verdict_told(judgement.verdict)[0] if judgement else UNJUDGED
        return Card(sentence, self._tracker.place, picture, REPORT in files)

    def _add_figures(self, run_id: str, names: Iterable[str], drawn: bool) -> None:
        """Logs the figures of an objective as artifacts of a run: those that have changed, or are missing there."""
        there = set() if drawn else self._tracker.artifacts(run_id, "figures")
        paths = {f"figures/{name}": self._folder.path / "figures" / name for name in names}
        artifacts = {name: path.read_bytes() for name, path in paths.items() if name not in there and path.exists()}
        if artifacts:
            self._tracker.add_artifacts(run_id, artifacts)
