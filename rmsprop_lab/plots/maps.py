"""Draws maps: a score over two hyperparameters, and basins of attraction over starts."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.plan.scale import Scale
from rmsprop_lab.plots.colour_scale import ColourScale, colour_scale
from rmsprop_lab.plots.colours import GREY, PALETTE
from rmsprop_lab.plots.figure import is_stretched, new_figure, png_of, set_title
from rmsprop_lab.plots.scales import positions, set_ticks, ticks
from rmsprop_lab.plots.signs import MINIMIZER, STAR, key_below

_NONE, _DIVERGED = "#D1D5DB", "#1F2937"


def map_png(
    scores: Array,
    grids: Mapping[str, Sequence[float]],
    scales: Mapping[str, Scale],
    best: Mapping[str, float] | None,
    title: str,
    score: str,
    wide: bool = False,
) -> bytes:
    """Draws a score over a grid of two hyperparameters.

    Args:
        scores: The score at each grid point, `(ny, nx)`; infinite ones, of lost trials, are grey.
        grids: The grid points of both hyperparameters by name, the first along x.
        scales: Their scales.
        best: The point to mark with a star; None for no star.
        title: The figure's title.
        score: The score's name, for the colour bar.
        wide: Whether the scores may span many orders of magnitude; the colour bar names the scale that shows them.
    """
    figure = new_figure(6.4, 5.0)
    axes = figure.add_subplot()
    axes.set_facecolor(GREY)
    x, y = (positions(grid, scales[name]) for name, grid in grids.items())
    colours = colour_scale(scores) if wide else ColourScale()
    mark = axes.pcolormesh(x, y, np.ma.masked_invalid(scores), cmap="viridis_r", norm=colours.norm, shading="nearest")
    if np.isfinite(scores).any():
        signs = ["star: best"] * (best is not None) + ["grey: lost"] * bool((~np.isfinite(scores)).any())
        _draw_bar(axes, mark, colours, f"{score} ({', '.join(signs)})" if signs else score)
    if best is not None:
        star = [positions([best[name]], scales[name]) for name in grids]
        axes.plot(*star, **STAR | {"ms": 14}, clip_on=False)
    for axis, (name, grid) in zip((axes.xaxis, axes.yaxis), grids.items(), strict=True):
        set_ticks(axis, ticks(np.asarray(grid, dtype=np.float64), scales[name]), scales[name])
        axis.set_label_text(name)
    set_title(figure, title, 9.0)
    return png_of(figure)


def _draw_bar(axes: Axes, mark: ScalarMappable, colours: ColourScale, label: str) -> None:
    """Draws the colour bar; its label says the scale if it is not linear."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    label = ", ".join(filter(None, [label, colours.name]))
    bar = figure.colorbar(mark, ax=axes, label=label, extend=colours.extend)
    if colours.ticks is not None:
        bar.set_ticks(colours.ticks, labels=[f"{tick:.3g}" for tick in colours.ticks])
        bar.minorticks_off()


def basins_png(
    x: Array, y: Array, reached: NDArray[np.int16], scores: Array, floor: float, minimizers: Array, title: str
) -> bytes:
    """Draws each start in the hue of the minimizer that it reaches; the larger its final gap, the paler.

    Hues are full at the floor and palest at a gap of 1.

    Args:
        x: First coordinates of the starts, `(nx,)`.
        y: Second coordinates, `(ny,)`.
        reached: Column of the minimizer that each start reaches, `(ny, nx)`; -1 for none (light grey), -2 for
            divergence (dark grey).
        scores: log10 of the final gap, `(ny, nx)`.
        floor: The lowest that log10 of a gap can be; -inf if the scores are no gaps, and all hues full.
        minimizers: The minimizers as columns, `(2, m)`; each is marked with a star.
        title: The figure's title.
    """
    hues = np.array([to_rgb(PALETTE[index % len(PALETTE)]) for index in range(minimizers.shape[1])])
    image = np.where((reached == -2)[..., None], to_rgb(_DIVERGED), to_rgb(_NONE))
    inside = reached >= 0
    above = (scores[inside] - floor) / max(1.0, -floor) if np.isfinite(floor) else np.zeros(np.count_nonzero(inside))
    pale = np.clip(above, 0.0, 1.0)[:, None] * 0.55
    image[inside] = hues[reached[inside]] * (1.0 - pale) + pale
    figure = new_figure(5.2, 5.0)
    axes = figure.add_subplot()
    stretched = is_stretched(np.ptp(x), np.ptp(y))
    window = (x[0], x[-1], y[0], y[-1])
    aspect: Literal["auto", "equal"] = "auto" if stretched else "equal"
    axes.imshow(image, origin="lower", extent=window, aspect=aspect, interpolation="nearest")
    axes.plot(*minimizers[:2], **STAR)
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), ylabel="start y")
    axes.set_xlabel("start x (axes to different scales)" if stretched else "start x")
    axes.tick_params(labelsize=8)
    key_below(figure, _basins_key(reached))
    set_title(figure, title, 9.0)
    return png_of(figure)


def _basins_key(reached: NDArray[np.int16]) -> list[Line2D | Patch]:
    """What the star and the colours that there are mean."""
    found: list[Line2D | Patch] = [MINIMIZER]
    if (reached >= 0).any():
        found.append(Patch(color=PALETTE[0], label="a hue for each star reached; the paler, the less precisely"))
    if (reached == -1).any():
        found.append(Patch(color=_NONE, label="reaches none"))
    if (reached == -2).any():
        found.append(Patch(color=_DIVERGED, label="diverges"))
    return found
