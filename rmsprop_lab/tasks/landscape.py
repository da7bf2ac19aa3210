"""`task=landscape`: computes the maps and basins of a study; each becomes a file, a picture and a run in MLflow."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rmsprop_lab.base import given_fields, tuned_fields
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.evaluation.maps import (
    Basins,
    HyperparameterMap,
    basins,
    deepest,
    has_basins,
    has_map,
    hyperparameter_map,
    landscape_key,
)
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.pictures import picture
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.experiment_page import columns_of
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.wording import pairs_in_words
from rmsprop_lab.storage.atomic import Stamp, write_atomically
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.run import OnProgress

if TYPE_CHECKING:
    from rmsprop_lab.tracking.tracker import MlflowTracker


@dataclass(frozen=True, eq=False)
class Landscape:
    """A map over hyperparameters or over starts.

    Args:
        key: SHA-256 of everything that decides it.
        kind: `map` (final gap over two hyperparameters) or `basins` (minimizer reached from each start).
        cell: Problem, optimizer and space.
        arrays: The computed arrays, by name.
        hyperparameters: Those of the best point of a map, or those that the basins were computed with.
        measures: What MLflow records as metrics.
        draw: Draws the picture as PNG.
    """

    key: str
    kind: str
    cell: Cell
    arrays: dict[str, Any]
    hyperparameters: dict[str, Any]
    measures: dict[str, float]
    draw: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The picture's file name, without suffix."""
        kind = {"map": "dense_map"}.get(self.kind, self.kind)  # a grid's map has the name `map`
        return picture(self.cell.problem.name, self.cell.optimizer_name, kind).removesuffix(".png")

    @cached_property
    def picture(self) -> bytes:
        """The picture as PNG, drawn at first use."""
        return self.draw()


@dataclass
class Survey:
    """What `task=landscape` did.

    Args:
        folder: The study's folder.
        pictures: The files of the pictures, by name.
        landscapes: Number of landscapes.
        computed: Number of those that were computed; the others were on disk.
        logged: Number of those that are new in MLflow.
        experiment_id: The study's experiment in MLflow, if any.
    """

    folder: StudyFolder
    pictures: dict[str, Path] = field(default_factory=dict)
    landscapes: int = 0
    computed: int = 0
    logged: int = 0
    experiment_id: str | None = None


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
    output_dir: str | Path,
    tracker: "MlflowTracker | None",
    on_progress: OnProgress,
    figures: bool = True,
) -> Survey:
    """Computes the landscapes that are not on disk, and logs those that are not in MLflow.

    Args:
        study: Its cells have a map, basins, or both.
        resolution: Number of points along each axis.
        output_dir: The folder of all studies.
        tracker: The MLflow store; None to log nothing.
        on_progress: Called with the steps done, the steps in all, and what is being done.
        figures: Whether to draw the pictures of landscapes that are not logged.
    """
    survey = Survey(StudyFolder(output_dir, study.name))
    colours = optimizer_hues(study, survey.folder)
    names = dict.fromkeys(name for optimizer in study.optimizers.values() for name in given_fields(optimizer))
    with survey.folder.lock():
        experiment = tracker.study(study.name, names) if tracker else None
        logged = experiment.run_ids() if experiment else {}
    for number, cell in enumerate(study.cells):
        on_progress(number, len(study.cells), f"{cell.optimizer_name} on {cell.problem.name}")
        for landscape, is_new in _landscapes(cell, resolution, survey.folder.path / "landscapes"):
            if figures:
                survey.pictures[landscape.name] = _drawn(landscape, survey.folder)
            survey.landscapes += 1
            survey.computed += is_new
            if experiment and landscape.key not in logged:
                with survey.folder.lock():
                    logged = experiment.run_ids()  # again, as another process may have logged it meanwhile
                    if landscape.key not in logged:
                        experiment.log(_content(study, landscape, list(names), colours[cell.optimizer_name]))
                        survey.logged += 1
    if experiment:
        survey.experiment_id = experiment.experiment_id
        with survey.folder.lock():
            _describe(study, experiment, list(names))
    return survey


def _drawn(landscape: Landscape, folder: StudyFolder) -> Path:
    """The file of a landscape's picture; redrawn if it shows another landscape, such as one of another resolution."""
    path = folder.path / "figures" / f"{landscape.name}.png"
    stamp = Stamp(path.with_name(f".{landscape.name}.shows"), landscape.key)
    with folder.lock():
        if not path.exists() or not stamp.is_current():
            write_atomically(path, landscape.picture)
            stamp.write()
    return path


def _describe(study: Study, experiment: Any, names: list[str]) -> None:
    from rmsprop_lab.tracking.page import view_link, view_tags, views

    link = view_link(experiment.experiment_id, "all")
    what = f"`{study.name}`: {', '.join(study.optimizers)} on {', '.join(study.objectives)}. Each run is a dense map."
    shown = {key: view for key, view in views({}, []).items() if not view.grouped}
    experiment.describe(
        f"**[Open the maps side by side]({link})**\n\n{what}", view_tags(shown, columns_of(study, names), [])
    )


def _landscapes(cell: Cell, resolution: int, folder: Path) -> Iterator[tuple[Landscape, bool]]:
    """The map of a cell, then its basins with the best hyperparameters of the map; each with whether it is new."""
    given = given_fields(cell.optimizer)
    if has_map(cell.space):
        key = landscape_key(cell, "map", resolution)
        arrays, is_new = _arrays(folder, key, lambda: hyperparameter_map(cell, resolution))
        across, up = list(cell.space)[:2]
        row, column = deepest(arrays["log10_gap"])
        given = {**given, across: float(arrays["x"][column]), up: float(arrays["y"][row])}
        yield _map(key, cell, HyperparameterMap((across, up), **arrays, best=given)), is_new
    if has_basins(cell.problem.objective):
        tuned = replace(cell, optimizer=type(cell.optimizer)(**given))
        key = landscape_key(tuned, "basins", resolution)
        arrays, is_new = _arrays(folder, key, lambda: basins(tuned, resolution))
        yield _basins(key, tuned, Basins(**arrays)), is_new


def _arrays(folder: Path, key: str, compute: Callable[[], Any]) -> tuple[dict[str, Any], bool]:
    """The arrays stored under a key, computed if they are not on disk; and whether they were computed."""
    path = folder / f"{key}.npz"
    if path.exists():
        with np.load(io.BytesIO(path.read_bytes())) as kept:
            return dict(kept), False
    arrays = {name: value for name, value in vars(compute()).items() if isinstance(value, np.ndarray)}
    write_atomically(path, _npz_bytes(arrays))
    return arrays, True


def _map(key: str, cell: Cell, found: HyperparameterMap) -> Landscape:
    grids = dict(zip(found.names, (found.x.tolist(), found.y.tolist()), strict=True))
    scales = {name: cell.space[name].scale for name in found.names}
    words = pairs_in_words({name: found.best[name] for name in found.names})
    lowest = float(found.log10_gap.min())
    known = cell.problem.objective.minimum is not None
    what = f"log₁₀ gap {lowest:.1f}" if known else "the lowest value; gaps are relative to it"
    title = (
        f"{cell.problem.name}: {cell.optimizer_name} after {cell.problem.n_iter} iterations\n"
        f"best {words}: {what}; {found.lost:.0%} diverged"
    )
    measures = {"log10_gap": lowest, "diverged_share": found.lost, "good_share": found.good}
    arrays = {"x": found.x, "y": found.y, "log10_gap": found.log10_gap}

    def draw() -> bytes:
        from rmsprop_lab.plots.maps import map_png

        return map_png(found.log10_gap, grids, scales, found.best, title, "log₁₀ final gap")

    return Landscape(key, "map", cell, arrays, found.best, measures, draw)


def _basins(key: str, cell: Cell, found: Basins) -> Landscape:
    minimizers = np.asarray(cell.problem.objective.minimizers)
    given = given_fields(cell.optimizer)
    words = pairs_in_words(tuned_fields(cell.optimizer))
    measures = {
        "reached_share": float((found.reached >= 0).mean()),
        "diverged_share": float((found.reached == -2).mean()),
        "log10_gap": float(np.median(found.log10_gap)),
    }
    title = (
        f"{cell.problem.name}: {cell.optimizer_name}, {words}\n"
        f"{measures['reached_share']:.0%} of the starts reach a minimizer in {cell.problem.n_iter} iterations"
    )

    def draw() -> bytes:
        from rmsprop_lab.plots.maps import basins_png

        return basins_png(found.x, found.y, found.reached, found.log10_gap, minimizers, title)

    return Landscape(key, "basins", cell, vars(found).copy(), given, measures, draw)


def _content(study: Study, landscape: Landscape, names: list[str], colour: str) -> Any:
    from rmsprop_lab.plots.encoding import small_copy
    from rmsprop_lab.tracking.content import Point, RunContent, params

    problem = landscape.cell.problem
    row = {
        "objective": problem.name,
        "dim": problem.objective.dim,
        "optimizer": landscape.cell.optimizer_name,
        "hyperparameters": landscape.hyperparameters,
        "n_iter": problem.n_iter,
        "starts": problem.points.shape[1],
        "start_seed": problem.start_seed,
        "evaluations": problem.n_iter * problem.objective.evaluations_per_gradient,
    }
    finite = {name: value for name, value in landscape.measures.items() if np.isfinite(value)}
    return RunContent(
        run_key=landscape.key,
        name=f"{landscape.kind} {landscape.cell.optimizer_name} {problem.name}",
        params=params(row, names, study.engine),
        points=[Point(f"final/{name}", value, 0) for name, value in finite.items()],
        tags={
            "study": study.name,
            "objective": problem.name,
            "optimizer": landscape.cell.optimizer_name,
            "phase": "landscape",
            "regime": landscape.kind,
            "outcome": "ok",
            "best": "true",  # the view that opens first shows only these runs
        },
        colour=colour,
        artifacts={f"{landscape.kind}.npz": _npz_bytes(landscape.arrays), "contour.png": landscape.picture},
        images={"contour": (landscape.picture, small_copy(landscape.picture))},
    )


def _npz_bytes(arrays: dict[str, Any]) -> bytes:
    """The content of a compressed `.npz` file with these arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()
