"""Basins of attraction: each start in the colour of the minimizer it reaches."""

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.plots.colours import PALETTE
from rmsprop_lab.plots.png import new_figure, png_of

_NONE, _DIVERGED = "#D1D5DB", "#1F2937"


def basins_png(
    x: Array, y: Array, reached: NDArray[np.int16], log10_gap: Array, minimizers: Array, title: str
) -> bytes:
    """A hue per minimizer, paler where the end is further from it in value; light grey: none, dark: diverged."""
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
    axes.set_title(title, fontsize=9)
    return png_of(figure)
