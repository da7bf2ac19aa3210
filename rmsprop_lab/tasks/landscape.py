"""`task=landscape`: computes the maps and basins of a study; each becomes a file, a picture and a run in MLflow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from rmsprop_lab.base import given_fields
from rmsprop_lab.errors import Found, InputError, LabError, RunsFailed, raised
from rmsprop_lab.evaluation.basins import Basins, basins, basins_key, has_basins
from rmsprop_lab.evaluation.maps import HyperparameterMap, has_map, hyperparameter_map, map_key
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.landscapes import Landscape, basins_landscape, map_landscape
from rmsprop_lab.storage.arrays import kept_arrays, npz_bytes
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.stamp import Stamp
from rmsprop_lab.tasks.run import OnProgress

if TYPE_CHECKING:
    from rmsprop_lab.tracking.study_tracker import StudyTracker
    from rmsprop_lab.tracking.tracker import MlflowTracker

FRESH_STARTS = 100
"""Number of fresh starts that the best point of a map is run from, if the study has no evaluation."""


@dataclass
class Survey:
    """What `task=landscape` did.

    Args:
        folder: The study's folder.
        titles: What each landscape shows, in lines, by the name of its picture.
        pictures: The files of the pictures, by name.
        landscapes: Number of landscapes.
        computed: Number of those that were computed; the others were on disk.
        logged: Number of those that are new in MLflow.
        experiment_id: The study's experiment in MLflow, if any.
        failed: Why landscapes could not be computed, by optimizer and objective: what their code raised.
    """

    folder: StudyFolder
    titles: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)
    landscapes: int = 0
    computed: int = 0
    logged: int = 0
    experiment_id: str | None = None
    failed: dict[str, str] = field(default_factory=dict)


def check_landscapes(study: Study) -> None:
    """Checks that a study has a landscape.

    Raises:
        InputError: No optimizer has two hyperparameters in its space, and no objective is two-dimensional with known
            minimizers (key `task`).
    """
    if not any(has_map(cell.space) or has_basins(cell.problem.objective) for cell in study.cells):
        expected = "an optimizer with two hyperparameters in its space, or a two-dimensional objective with minimizers"
        raise InputError("task", expected, Found("neither"), "Choose one of these, or leave out task=landscape.")


def run_landscapes(
    study: Study,
    resolution: int,
    folder: StudyFolder,
    tracker: "MlflowTracker | None",
    on_progress: OnProgress,
    figures: bool = True,
) -> Survey:
    """Computes the landscapes that are not on disk, and logs those that are not in MLflow.

    Args:
        study: Its cells have a map, basins, or both.
        resolution: Number of points along each axis.
        folder: The study's folder.
        tracker: The MLflow store; None to log nothing.
        on_progress: Called with the steps done, the steps in all, and what is being done.
        figures: Whether to draw the pictures of landscapes that are not logged.
    """
    folder.mend()
    survey = Survey(folder)
    colours = optimizer_hues(study, survey.folder)
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in given_fields(optimizer))
    with survey.folder.tracking_lock():
        experiment = tracker.study(study.name, names) if tracker else None
        logged = experiment.run_ids() if experiment else {}
    for number, cell in enumerate(study.cells):
        on_progress(number, len(study.cells), name := f"{cell.optimizer_name} on {cell.problem.name}")
        for landscape, is_new in _computed(study, cell, resolution, survey, name):
            survey.titles[landscape.name] = landscape.title
            if figures:
                survey.pictures[landscape.name] = _drawn(landscape, survey.folder)
            survey.landscapes += 1
            survey.computed += is_new
            if experiment and landscape.key not in logged:
                colour = colours[cell.optimizer_name]
                survey.logged += _log(experiment, study, landscape, list(names), colour, survey.folder)
    if experiment:
        survey.experiment_id = experiment.experiment_id
    if experiment and not study.is_part:
        from rmsprop_lab.report.landscape_page import describe_landscapes  # imports MLflow

        with survey.folder.tracking_lock():
            describe_landscapes(study, experiment, list(names), survey.landscapes)
    return survey


def _log(
    experiment: "StudyTracker", study: Study, landscape: Landscape, names: list[str], colour: str, folder: StudyFolder
) -> bool:
    """Logs a landscape, unless another process has done so meanwhile; returns whether it did."""
    from rmsprop_lab.report.landscape_page import landscape_content  # imports MLflow

    with folder.tracking_lock():
        if landscape.key in experiment.run_ids([landscape.key]):
            return False
        experiment.log(landscape_content(study, landscape, names, colour))
        return True


def _drawn(landscape: Landscape, folder: StudyFolder) -> Path:
    """The file of a landscape's picture; redrawn if it shows another landscape, such as one of another resolution."""
    path = folder.path / "figures" / f"{landscape.name}.png"
    stamp = Stamp(path.with_name(f".{landscape.name}.shows"), landscape.key)
    if not stamp.is_current():
        stamp.begin()
        stamp.write([stamp.put(path.name, landscape.picture)])
    return path


def _computed(study: Study, cell: Cell, resolution: int, survey: Survey, name: str) -> Iterator[tuple[Landscape, bool]]:
    """The landscapes of a cell, until one fails."""
    try:
        yield from _landscapes(study, cell, resolution, survey.folder.path / "landscapes")
    except RunsFailed as error:
        survey.failed[name] = str(error)


def _landscapes(study: Study, cell: Cell, resolution: int, folder: Path) -> Iterator[tuple[Landscape, bool]]:
    """The map of a cell, then its basins with the best hyperparameters of the map; each with whether it is new."""
    given = given_fields(cell.optimizer)
    if has_map(cell.space):
        fresh = _fresh_problem(study, cell)
        key = map_key(cell, resolution, fresh)
        arrays, is_new = _arrays(folder, key, lambda: hyperparameter_map(cell, resolution, fresh))
        found = HyperparameterMap.of_arrays(cell, arrays)
        given = found.best
        yield map_landscape(key, found), is_new
    if has_basins(cell.problem.objective):
        tuned = replace(cell, optimizer=type(cell.optimizer)(**given))
        key = basins_key(tuned, resolution)
        arrays, is_new = _arrays(folder, key, lambda: basins(tuned, resolution))
        yield basins_landscape(key, Basins.of_arrays(tuned, arrays)), is_new


def _fresh_problem(study: Study, cell: Cell) -> Problem:
    """A cell's problem with the starts that the best point of its map is run from: those of the study's evaluation."""
    starts = study.evaluation or Starts("fresh", FRESH_STARTS, study.starts.seed)
    problem = cell.problem
    return Problem(problem.name, problem.objective, starts.redrawn(cell.repeat), problem.n_iter)


def _arrays(
    folder: Path, key: str, compute: Callable[[], HyperparameterMap | Basins]
) -> tuple[dict[str, NDArray[Any]], bool]:
    """The arrays stored under a key, computed if they are not on disk; and whether they were computed."""
    path = folder / f"{key}.npz"
    if (kept := kept_arrays(path)) is not None:
        return kept, False
    try:
        arrays = compute().arrays
    except LabError:
        raise
    except BaseException as error:  # in the user's code: other landscapes can be computed
        raise RunsFailed(raised(error)) from error
    write_atomically(path, npz_bytes(arrays))
    return arrays, True
