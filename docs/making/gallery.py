"""The gallery: a picture of every objective and optimizer, with the words of its docstring and its YAML."""

import contextlib
import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np

from making.docstrings import arguments, as_markdown
from making.keys import CONF, options, read, title
from making.pictures import write_small
from rmsprop_lab import descend, plot
from rmsprop_lab.base import Objective, Optimizer, window_of
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Ellipsoid
from rmsprop_lab.plots.figure import new_figure, png_of
from rmsprop_lab.plots.objective import draw_filled, draw_surface, scene_of

ACROSS = 4  # objectives side by side in the picture of all
STARTS = np.array([[-0.9, 0.8, -0.3, 0.6], [0.7, 0.5, -0.8, -0.9]])

_HEAD = """\
# Gallery

Every optimizer and objective that is there, in the words of its docstring. Written by `make gallery`. Choose them as in
`optimizer=rmsprop objective=[bowl,rosenbrock]`; set a value as in `optimizer.rmsprop.rho=0.9`.
"""
_OPTIMIZERS = """
## Optimizers

g is the gradient. Each picture shows the optimizer as configured, for 300 iterations on an ellipsoid of condition 10,
from four starts: as configured, not tuned, so no picture says which is better.
"""
_OBJECTIVES = """
## Objectives

d is the number of coordinates. Filled contours and a surface; where there are more than two coordinates, of the first
two. Where values differ much, levels are even in the logarithm of the gap.
"""


def planar_objectives() -> dict[str, Objective]:
    """All objectives of the package that exist in two dimensions, by the name of their file."""
    found = {}
    for cls in classes_in("rmsprop_lab.objectives", Objective).values():
        with contextlib.suppress(InputError):  # it has no two dimensions
            found[cls.__module__.rpartition(".")[2]] = cls(dim=2)
    return dict(sorted(found.items()))


def gallery_png(objectives: dict[str, Objective]) -> bytes:
    """The picture of all of them, `ACROSS` in a row."""
    rows, columns = -(-len(objectives) // ACROSS), 2 * ACROSS
    figure = new_figure(2.2 * columns, 2.15 * rows)
    for index, (name, objective) in enumerate(objectives.items()):
        window = window_of(objective)
        flat = figure.add_subplot(rows, columns, 2 * index + 1)
        draw_filled(flat, scene_of(objective, window))
        flat.set(xlabel="", ylabel="")
        flat.set_title(name, fontsize=10)
        steep = figure.add_subplot(rows, columns, 2 * index + 2, projection="3d")
        draw_surface(steep, scene_of(objective, window, n=41))
        steep.set(xticklabels=[], yticklabels=[], zticklabels=[])
    return png_of(figure)


def objective_png(objective: Objective) -> bytes:
    """A contour plot and a surface."""
    figure = new_figure(6.4, 2.9)
    window = window_of(objective)
    draw_filled(figure.add_subplot(1, 2, 1), scene_of(objective, window))
    steep = figure.add_subplot(1, 2, 2, projection="3d")
    draw_surface(steep, scene_of(objective, window, n=41))
    steep.set(xticklabels=[], yticklabels=[], zticklabels=[])
    return png_of(figure)


def optimizer_png(optimizer: Optimizer) -> bytes:
    """Paths and gaps on an ellipsoid."""
    trace = descend(Ellipsoid(condition=10.0, bounds=(-1.0, 1.0)), optimizer, STARTS, n_iter=300)
    return png_of(plot(trace, labels=["a", "b", "c", "d"]))


def entries(group: str) -> dict[str, tuple[type, dict[str, Any]]]:
    """The class and the YAML of each option of a group."""
    kind = {"objective": Objective, "optimizer": Optimizer}[group]
    classes = {f"{cls.__module__}.{name}": cls for name, cls in classes_in(f"rmsprop_lab.{group}s", kind).items()}
    found = {name: dict(read(path)[name]) for name, path in options(group).items()}
    return {name: (classes[entry.pop("_target_")], entry) for name, entry in found.items()}


def ranges(space: dict[str, Any]) -> str:
    """A space in words."""

    def words(span: dict[str, Any]) -> str:
        if span.get("values"):
            return ", ".join(str(value).lower() for value in span["values"])
        scale = {"log": "log", "log_complement": "log in 1 - x", "linear": "linear"}[span["scale"]]
        return f"{span['low']:g} to {span['high']:g}, {scale}"

    return "; ".join(f"`{name}` {words(span)}" for name, span in space.items())


def entry_text(group: str, name: str, cls: type, entry: dict[str, Any]) -> str:
    """The words on one option: what it is, its formula, its keys, its source."""
    doc = inspect.cleandoc(cls.__doc__ or "")
    body = re.sub(r"\n(Args|Raises):\n(?: {4}.*\n|\n(?= {4}))+", "\n", doc).partition("\n>>> ")[0]
    body = re.sub(r"^Shapes: .*(?:\n(?!\w+:|\n).*)*", "", body, flags=re.M).strip()
    keys = [
        f"- `{key}` = {str(entry.get(key, '')).lower()}: {words}" for key, words in arguments(cls.__doc__ or "").items()
    ]
    space = [f"- searched: {ranges(entry['space'])}"] if "space" in entry else []
    about = title(CONF / group / f"{name}.yaml")
    return "\n".join(
        [
            f"\n### {name}\n\n{about}.\n\n![{about}](gallery/{name}.webp)\n",
            as_markdown(body),
            "",
            *keys,
            *space,
        ]
    )


def page() -> str:
    """The text of docs/gallery.md."""
    parts = [_HEAD]
    for group, head in (("optimizer", _OPTIMIZERS), ("objective", _OBJECTIVES)):
        parts.append(head)
        parts += [entry_text(group, name, cls, entry) for name, (cls, entry) in entries(group).items()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)) + "\n"


def draw(docs: Path) -> None:
    """Draws the pictures of the page, and the one of all objectives."""
    for name, (cls, entry) in entries("objective").items():
        write_small(objective_png(cls(**entry)), docs / f"gallery/{name}.webp")
    for name, (cls, entry) in entries("optimizer").items():
        given = {key: float(value) for key, value in entry.items() if key != "space"}
        write_small(optimizer_png(cls(**given)), docs / f"gallery/{name}.webp")
    (docs / "gallery.png").write_bytes(gallery_png(planar_objectives()))
