"""How filled contour plots and surfaces are coloured: as in the tutorial, or perceptually uniform."""

from dataclasses import dataclass

import matplotlib
from matplotlib.colors import Colormap, LinearSegmentedColormap

from rmsprop_lab.plots.colours import GREY

_LIGHTEST = 0.7  # of viridis: beyond it, white paths would not be seen


@dataclass(frozen=True)
class Shading:
    """The colours and the levels of an objective.

    Args:
        colours: The colour map.
        as_tutorial: Whether levels are even in the value wherever that shows anything; otherwise they are even in the
            log of the gap, where the minimum is known. The tutorial's figures have neither stars nor explanations.
    """

    colours: Colormap
    as_tutorial: bool = False


TUTORIAL = Shading(matplotlib.colormaps["jet"], as_tutorial=True)
"""Only for the tutorial's own figures."""
DEEP = Shading(
    LinearSegmentedColormap.from_list("deep", matplotlib.colormaps["viridis"](range(int(256 * _LIGHTEST))), N=256)
)
"""Viridis without its lightest part, on which white paths and stars are seen."""
PALE = Shading(LinearSegmentedColormap.from_list("pale", ["#FFFFFF", GREY]))
"""White to grey: leaves the hues of optimizers visible."""
