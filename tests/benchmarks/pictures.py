"""A run's contour plot against pyplot drawing it from scratch, its size, other encoders, and many on two cores."""

from functools import partial
from typing import Any

import matplotlib
import numpy as np

from benchmarks.from_scratch import contour_by_pyplot
from benchmarks.harness import Row, by_turns
from benchmarks.png_writers import writers
from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.objectives import Bowl, Himmelblau, Rastrigin
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.encoding import small_png, thumbnail
from rmsprop_lab.plots.palette import run_palette
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.drawing import Sketch, pictures
from rmsprop_lab.plots.shading import DEEP

TITLE = "Pictures"
ABOUT = """A run's contour plot, ten paths of 50 iterations over 50 levels, every time another title: pyplot's time over
ours for the same picture. *Plain layout* is pyplot without its constrained layout, which makes another picture. A run's
two PNGs are one file where they can be linked. *End to end*: the time to draw and encode a run of each two-dimensional
objective and to make its thumbnail, over the quickest encoder's. Of many, each is drawn while those before it are
encoded."""
STARTS, N_ITER, STEPS = 10, 50, np.geomspace(1e-3, 1, 7)
MANY = 256


def rows() -> list[Row]:
    matplotlib.use("agg")
    return [
        *(row for objective in (Bowl(), Himmelblau(), Rastrigin()) for row in _speed(objective)),
        *_sizes(),
        *_writers(),
        _many(),
    ]


def title_of(number: int) -> str:
    first = f"objective: rmsprop, step_size {0.01 + number / 7919:.4g}, rho 0.9"
    return f"{first}\nf = {1e-5 * number / 17:.3g} after {N_ITER} iterations ({STARTS} starts, the median one bold)"


class Task:
    """Draws a run's picture, each time under another title."""

    def __init__(self, draw: Any, *given: Any) -> None:
        self._draw, self._given, self._number = draw, given, 0

    def __call__(self) -> Any:
        self._number += 1
        return self._draw(*self._given, title_of(self._number))


def _speed(objective: Objective) -> list[Row]:
    starts = Starts(count=STARTS).at(objective)
    points = descend(objective, RMSProp(0.05, 0.9), starts, N_ITER).points
    painter = ContourPainter(objective, starts)

    def plain(*given: Any) -> bytes:
        return contour_by_pyplot(*given, layout="none")

    tasks = {
        "pyplot": Task(contour_by_pyplot, objective, starts, points, 0),
        "plain": Task(plain, objective, starts, points, 0),
        "ours": Task(painter.png, points, 0),
        "with thumbnail": Task(painter.picture, points, 0),
    }
    seconds = by_turns(tasks)
    name = type(objective).__name__.lower()
    theirs, ours = (1000 * np.median(seconds[task]) for task in ("pyplot", "ours"))
    return [
        Row(f"{name}, pyplot", tuple(seconds["pyplot"] / seconds["ours"]), 20, note=f"{theirs:.0f} ms, {ours:.1f} ms"),
        Row(f"{name}, pyplot with plain layout", tuple(seconds["plain"] / seconds["ours"])),
        Row(f"{name}, one picture", tuple(1000 * seconds["ours"]), unit="ms"),
        Row(f"{name}, with its thumbnail", tuple(1000 * seconds["with thumbnail"]), unit="ms"),
    ]


def _grids() -> list[tuple[ContourPainter, list[np.ndarray]]]:
    """Every two-dimensional objective with the points of a run per step size."""
    found = []
    for cls in classes_in("rmsprop_lab.objectives", Objective).values():
        objective = cls()
        if objective.dim == 2:
            starts = Starts(count=STARTS).at(objective)
            traces = [descend(objective, RMSProp(step, 0.9), starts, N_ITER) for step in STEPS]
            found.append((ContourPainter(objective, starts), [trace.points for trace in traces]))
    return found


def _sizes() -> list[Row]:
    """One number per two-dimensional objective: the mean over step sizes, and the largest."""
    means, largest, small = [], [], []
    for painter, runs in _grids():
        drawn = [painter.picture(points, 0, title_of(number)) for number, points in enumerate(runs)]
        sizes = [len(picture.png) / 1000 for picture in drawn]
        means.append(float(np.mean(sizes)))
        largest.append(max(sizes))
        small.append(float(np.mean([len(picture.small) / 1000 for picture in drawn])))
    return [
        Row("PNG of a run, mean of a grid, the largest of all objectives", (max(means),), at_most=60, unit="kB"),
        Row("PNG of a run, mean of a grid, per objective", tuple(means), unit="kB"),
        Row(
            "PNG of a run, largest of a grid, per objective",
            tuple(largest),
            unit="kB",
            note=f"up to {max(largest):.0f}",
        ),
        Row("thumbnail", tuple(small), unit="kB"),
    ]


def _writers() -> list[Row]:
    """The time of a picture, drawn, encoded and made small, with other encoders over the quickest one."""
    grids, kinds = _grids(), {"ours": partial(small_png, palette=run_palette(DEEP.colours)), **writers()}
    sizes = {name: [] for name in kinds}
    for painter, runs in grids:
        drawn = [painter.pixels(points, 0, title_of(number)).copy() for number, points in enumerate(runs)]
        for name, writer in kinds.items():
            sizes[name].append(np.mean([len(writer(pixels)) / 1000 for pixels in drawn]))

    def pictures_by(writer: Any) -> None:
        for painter, runs in grids:
            pixels = painter.pixels(runs[4], 0, title_of(0))
            writer(pixels)
            thumbnail(pixels)

    seconds = by_turns({name: partial(pictures_by, writer) for name, writer in kinds.items()})
    quickest = np.min(list(seconds.values()), axis=0)
    return [
        Row(
            f"end to end, {name}",
            tuple(seconds[name] / quickest),
            at_most=1.5 if name == "ours" else None,
            note=f"{1000 * np.median(seconds[name]) / len(grids):.1f} ms, "
            f"mean of a grid {np.mean(sizes[name]):.0f} kB, of the largest {max(sizes[name]):.0f} kB",
        )
        for name in kinds
    ]


def _many() -> Row:
    objective = Himmelblau()
    starts = Starts(count=STARTS).at(objective)
    points = descend(objective, RMSProp(0.05, 0.9), starts, N_ITER).points
    painter = ContourPainter(objective, starts)
    sketches = [Sketch(painter, points, 0, title_of(number)) for number in range(MANY)]
    seconds = by_turns(
        {
            "one": lambda: [painter.picture(*shown) for _, *shown in sketches],
            "several": lambda: list(pictures(sketches)),
        },
        rounds=5,
    )
    each = 1000 * np.median(seconds["several"]) / MANY
    note = f"{each:.1f} ms a picture with its thumbnail"
    return Row("many, encoded by threads", tuple(seconds["one"] / seconds["several"]), note=note)
