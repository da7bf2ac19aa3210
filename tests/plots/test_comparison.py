"""Optimizers side by side."""

import numpy as np
import pytest
from support.pictures import is_hue, pixels

from rmsprop_lab import descend
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots import comparison
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.comparison import Panel, comparison_png


def test_a_comparison_shows_the_paths_and_gaps_of_each_optimizer_in_its_hue() -> None:
    starts = Starts(count=3).at(Himmelblau())
    traces = {"gd": descend(Himmelblau(), GD(0.01), starts, 20), "lost": descend(Himmelblau(), GD(9.0), starts, 20)}
    labels, hue = {"gd": "gd 0.01", "lost": "gd 9"}, hues(["gd", "lost"])
    both = Panel("himmelblau", Himmelblau(), starts, traces, labels)
    only_lost = Panel("himmelblau", Himmelblau(), starts, {"lost": traces["lost"]}, labels)
    picture = pixels(comparison_png([both, only_lost], hue, "both"))
    height, width = np.array(picture.shape[:2]) // 2
    top, bottom = picture[:height, :width], picture[height:, :width]
    for part in (top, bottom):
        assert is_hue(part, hue["gd"]).sum() > 30
    assert is_hue(top, hue["lost"]).any()
    assert not is_hue(picture[:, width:], hue["gd"]).any()
    words = picture[height + 40 :, width + 40 :]  # `every run diverged` and nothing else
    assert not is_hue(words, hue["lost"]).any()
    assert 100 < (words.min(axis=-1) < 128).sum() < 2000


def test_a_comparison_calls_a_gap_a_gap_and_a_value_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(comparison, "png_of", drawn.append)
    for objectives in ([MonkeySaddle(), Bowl()], [Bowl(), MonkeySaddle()]):
        starts = Starts(count=3).at(Bowl())
        panels = [Panel("", o, starts, {"gd": descend(o, GD(0.01), starts, 5)}, {"gd": "gd"}) for o in objectives]
        comparison.comparison_png(panels, hues(["gd"]), "")
    labels = [[axes.get_ylabel().partition(" ")[0] for axes in figure.axes[2:4]] for figure in drawn]
    assert labels == [["value", ""], ["gap", "value"]]
