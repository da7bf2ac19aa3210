"""All objectives in one picture: a contour plot and a surface of each."""

from collections.abc import Mapping

from rmsprop_lab.base import Objective, window_of
from rmsprop_lab.plots.objective import landscape
from rmsprop_lab.plots.png import new_figure, png_of
from rmsprop_lab.plots.run_picture.contour import draw_filled
from rmsprop_lab.plots.surface import draw_surface

_ACROSS = 4  # objectives side by side


def gallery_png(objectives: Mapping[str, Objective]) -> bytes:
    """Two-dimensional objectives by name, `_ACROSS` in a row."""
    rows = -(-len(objectives) // _ACROSS)
    figure = new_figure(4.4 * _ACROSS, 2.15 * rows)
    for index, (name, objective) in enumerate(objectives.items()):
        row, column = divmod(index, _ACROSS)
        flat = figure.add_subplot(rows, 2 * _ACROSS, 2 * _ACROSS * row + 2 * column + 1)
        draw_filled(flat, landscape(objective, window_of(objective)))
        flat.set(xlabel="", ylabel="")
        flat.set_title(name, fontsize=10)
        steep = figure.add_subplot(rows, 2 * _ACROSS, 2 * _ACROSS * row + 2 * column + 2, projection="3d")
        draw_surface(steep, landscape(objective, window_of(objective), n=41))
        steep.set(xticklabels=[], yticklabels=[], zticklabels=[])
    return png_of(figure)
