"""Names are drawn as they are."""

import numpy as np
from support.pictures import pixels

from rmsprop_lab import descend
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.comparison import Panel, comparison_png
from rmsprop_lab.plots.maps import map_png
from rmsprop_lab.plots.objective import contour_png, surface_png


def test_names_are_no_mathematics() -> None:
    """`$name$` is wider than `name`; as mathematics it would be slanted, and `\\unknown` an error."""
    starts, scales = Starts(count=1).at(Bowl()), dict.fromkeys("xy", "linear")
    traces, grids = {"gd": descend(Bowl(), GD(0.1), starts, 5)}, {key: [1.0, 2.0] for key in "xy"}
    drawings = [
        lambda name: contour_png(Bowl(), name),
        lambda name: surface_png(Bowl(), name),
        lambda name: comparison_png([Panel(name, Bowl(), starts, traces, {"gd": "gd"})], hues(["gd"]), name),
        lambda name: map_png(np.eye(2), grids, scales, {"x": 1.0, "y": 2.0}, name, ""),
    ]
    for draw in drawings:
        bare, dollars = ((pixels(draw(name))[:20] < 128).any(axis=(0, 2)).sum() for name in ("name", "$name$"))
        assert dollars > bare + 5  # columns with ink
        draw("$\\unknown$")
