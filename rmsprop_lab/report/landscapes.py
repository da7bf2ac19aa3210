"""What is shown of a landscape: a picture with a title, and measures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import given_fields
from rmsprop_lab.evaluation.basins import Basins
from rmsprop_lab.evaluation.maps import HyperparameterMap
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.pictures import picture
from rmsprop_lab.report.landscape_titles import MEASURES, basins_title, map_title


@dataclass(frozen=True, eq=False)
class Landscape:
    """A map over hyperparameters or over starts.

    Args:
        key: SHA-256 of everything that decides it.
        kind: `map` (where descents end over two hyperparameters) or `basins` (minimizer reached from each start).
        cell: Problem, optimizer and space.
        arrays: The computed arrays, by name.
        hyperparameters: Those of the best point of a map, or those that the basins were computed with.
        measures: What MLflow records as metrics; those that are not finite are left out.
        title: The picture's title.
        draw: Draws the picture as PNG.
    """

    key: str
    kind: str
    cell: Cell
    arrays: dict[str, NDArray[Any]]
    hyperparameters: dict[str, Any]
    measures: dict[str, float]
    title: str
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


def map_landscape(key: str, found: HyperparameterMap) -> Landscape:
    """A map over hyperparameters, with its best point as confirmed on fresh starts."""
    title = map_title(found)
    measures = {
        found.measure: found.lowest,
        f"{found.measure}_fresh": found.confirmed,
        "diverged_share": found.lost,
        "good_share": found.good,
    }

    def draw() -> bytes:
        from rmsprop_lab.plots.maps import map_png

        grids = dict(zip(found.names, (found.x.tolist(), found.y.tolist()), strict=True))
        scales = {name: found.cell.space[name].scale for name in found.names}
        best = None if found.at is None else found.best
        score = MEASURES[found.measure].replace("gap", "final gap").replace("value", "final value")
        return map_png(found.scores, grids, scales, best, title, score, wide=found.measure == "value")

    return Landscape(key, "map", found.cell, found.arrays, found.best, measures, title, draw)


def basins_landscape(key: str, found: Basins) -> Landscape:
    """Basins of attraction."""
    title = basins_title(found)
    measures = {
        "reached_share": float((found.reached >= 0).mean()),
        "diverged_share": float((found.reached == -2).mean()),
        found.measure: float(np.median(found.scores)),
    }

    def draw() -> bytes:
        from rmsprop_lab.plots.maps import basins_png

        minimizers = np.asarray(found.cell.problem.objective.minimizers)
        return basins_png(found.x, found.y, found.reached, found.scores, found.floor, minimizers, title)

    return Landscape(key, "basins", found.cell, found.arrays, given_fields(found.cell.optimizer), measures, title, draw)
