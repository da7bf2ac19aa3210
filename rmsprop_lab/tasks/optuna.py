"""`task=optuna`: writes the searches of a study to a database for optuna-dashboard."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.searches import Searches
from rmsprop_lab.search.dashboard import write_dashboard
from rmsprop_lab.storage.aside import clear_way
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.cells import Work


class Dashboard(NamedTuple):
    """The database file, and the numbers of searches and trials in it."""

    path: Path
    searches: int
    trials: int


def write_searches(studies: Sequence[Study], folder: StudyFolder) -> Dashboard:
    """Writes every finished search that draws its trials to `optuna.db` in the study's folder.

    Args:
        studies: The studies that the folder's commands recorded.
        folder: The study's folder.

    Raises:
        InputError: None of these searches is finished (key `name`).
    """
    folder.mend()
    found = {}
    for study in studies:
        work = Work(study, folder, None, lambda cell, steps: None)
        work.recall()
        if not work.winners:
            continue
        trials, runs = folder.trials([winner.cell.key for winner in work.winners]), folder.runs(work.runs)
        searches = Searches.of(study, trials, runs, work.winners, optimizer_hues(study, folder))
        found.update(searches.finished())
    if not found:
        expected = "the name of a study that has a finished search by random, qmc, tpe or cmaes"
        raise InputError("name", expected, Found(f"none in {folder.path}"))
    path = folder.path / "optuna.db"
    clear_way(path, folder.path)
    write_dashboard(path, found)
    return Dashboard(path, len(found), sum(len(scored) for _, scored, _ in found.values()))
