"""Draws maps: a score over two hyperparameters, and basins of attraction over starts."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.plan.scale import Scale
from rmsprop_lab.plots.colours import GREY, PALETTE
from rmsprop_lab.plots.figure import new_figure, png_of, wrapped
from rmsprop_lab.plots.scales import positions, set_ticks, ticks

_NONE, _DIVERGED = "#D1D5DB", "#1F2937"
_TITLE_WIDTH = 4.2  # inches: above the axes, beside the colour bar


def map_png(
    scores: Array,
    grids: Mapping[str, Sequence[float]],
    scales: Mapping[str, Scale],
    best: Mapping[str, float],
    title: str,
    score: str,
) -> bytes:
    """Draws a score over a grid of two hyperparameters.

    Args:
        scores: The score at each grid point, `(ny, nx)`; infinite ones, of lost trials, are grey.
        grids: The grid points of both hyperparameters by name, the first along x.
        scales: Their scales.
        best: The point to mark with a star.
        title: The figure's title.
        score: The score's name, for the colour bar.
    """
    figure = new_figure(6.0, 4.6)
    axes = figure.add_subplot()
    axes.set_facecolor(GREY)
    x, y = (positions(grid, scales[name]) for name, grid in grids.items())
    mark = axes.pcolormesh(x, y, np.ma.masked_invalid(scores), cmap="viridis_r", shading="nearest")
    figure.colorbar(mark, ax=axes, label=f"{score} (grey: lost)")
    star = [positions([best[name]], scales[name]) for name in grids]
    axes.plot(*star, "*", color="white", markeredgecolor="black", markersize=14)
    for axis, (name, grid) in zip((axes.xaxis, axes.yaxis), grids.items(), strict=True):
        set_ticks(axis, ticks(np.asarray(grid, dtype=np.float64), scales[name]), scales[name])
        axis.set_label_text(name)
    axes.set_title(wrapped(title, _TITLE_WIDTH, 10), fontsize=10, parse_math=False)
    return png_of(figure)


def basins_png(
    x: Array, y: Array, reached: NDArray[np.int16], log10_gap: Array, minimizers: Array, title: str
) -> bytes:
    """Draws each start in the hue of the minimizer that it reaches; the larger its final gap, the paler.

    Args:
        x: First coordinates of the starts, `(nx,)`.
        y: Second coordinates, `(ny,)`.
        reached: Column of the minimizer that each start reaches, `(ny, nx)`; -1 for none (light grey), -2 for
            divergence (dark grey).
        log10_gap: log10 of the final gap, `(ny, nx)`.
        minimizers: The minimizers as columns, `(2, m)`; each is marked with a star.
        title: The figure's title.
    """
    hues = np.array([to_rgb(PALETTE[index % len(PALETTE)]) for index in range(minimizers.shape[1])])
    image = np.where((reached == -2)[..., None], to_rgb(_DIVERGED), to_rgb(_NONE))
    inside = reached >= 0
    pale = np.clip((log10_gap[inside] + 16.0) / 16.0, 0.0, 1.0)[:, None] * 0.55
    image[inside] = hues[reached[inside]] * (1.0 - pale) + pale
    figure = new_figure(5.2, 4.8)
    axes = figure.add_subplot()
    axes.imshow(image, origin="lower", extent=(x[0], x[-1], y[0], y[-1]), aspect="auto", interpolation="nearest")
    axes.plot(*minimizers[:2], "*", color="white", markeredgecolor="black", markersize=12)
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel="start x", ylabel="start y")
    axes.set_title(wrapped(title, _TITLE_WIDTH, 9), fontsize=9, parse_math=False)
    return png_of(figure)
