"""Signs that figures share: the star of a minimizer, the cross where a path leaves, the floor; and what they mean."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rmsprop_lab.base import Objective
from rmsprop_lab.plots.colours import GREY

STAR: dict[str, Any] = {"marker": "*", "color": "white", "mec": "black", "mew": 0.9, "ms": 11, "ls": "none"}
LEFT: dict[str, Any] = {"marker": "X", "ms": 8, "mec": "white", "mew": 0.8, "ls": "none", "clip_on": False}
LOST: dict[str, Any] = {"marker": "x", "ms": 6, "ls": "none"}
_NEAR = 1e4  # a floor so many times below the lowest gap is still drawn
_POINTS = 9.0  # size of the key's letters
_LETTER, _SIGN = 0.6 * _POINTS / 72, 0.5  # inches of a letter, and of a sign with the space around it

MINIMIZER = Line2D([], [], **STAR, label="minimizer")
LEAVES = Line2D([], [], **LEFT, color=GREY, label="a path leaves for good")
DIVERGED = Line2D([], [], **LOST, color="black", label="the median diverged")
BAND = Patch(color=GREY, alpha=0.35, label="quartiles")


def mark_minimizers(axes: Axes, objective: Objective) -> bool:
    """Marks the global minimizers, in one dimension on the curve, if they are known.

    Returns:
        Whether there are any.
    """
    if objective.minimizers is None or (objective.dim == 1 and objective.minimum is None):
        return False
    found = np.asarray(objective.minimizers, dtype=np.float64)
    heights = found[1] if objective.dim > 1 else np.full(found.shape[1], objective.minimum)
    axes.plot(found[0], heights, **STAR)
    return True


def draw_floor(axes: Axes, floor: float) -> None:
    """Draws the smallest gap that rounding allows on a logarithmic axis, if it is near, and names it below the axis."""
    low, high = axes.get_ylim()
    label = f"floor of rounding {floor:.0e}"
    if floor * _NEAR < low:
        axes.set_xlabel(f"iteration ({label} is below)")
        return
    axes.axhline(floor, color="black", linestyle=(0, (4, 3)), linewidth=0.9, zorder=1)
    axes.set_ylim(min(low, floor / 10), high)
    axes.set_xlabel(f"iteration (dashed: {label})")


def key_below(figure: Figure, signs: Sequence[Line2D | Patch]) -> None:
    """Explains signs below all panels, in as many columns as have room."""
    if not signs:
        return
    column = _SIGN + _LETTER * max(len(str(sign.get_label())) for sign in signs)
    columns = min(max(int(figure.get_figwidth() / column), 1), len(signs))
    figure.legend(handles=list(signs), loc="outside lower center", ncols=columns, fontsize=_POINTS, frameon=False)
