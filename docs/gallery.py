"""`python docs/gallery.py FILE` draws every two-dimensional objective: a contour plot and a surface of each."""

import contextlib
import sys
from pathlib import Path

from rmsprop_lab.base import Objective, window_of
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.errors import InputError
from rmsprop_lab.plots.figure import new_figure, png_of
from rmsprop_lab.plots.objective import draw_filled, draw_surface, scene_of

ACROSS = 4  # objectives side by side


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


if __name__ == "__main__":
    found = planar_objectives()
    Path(sys.argv[1]).write_bytes(gallery_png(found))
    print(f"{len(found)} objectives: {sys.argv[1]}")
