"""The trials of a search."""

import numpy as np
import pytest
from support.pictures import is_hue, pixels

from rmsprop_lab.plan.space import Range
from rmsprop_lab.plots.colours import BEST, GREY
from rmsprop_lab.plots.search.trials import trials_png


def test_trials_have_a_star_at_the_winner_on_every_axis() -> None:
    space = {"a": Range(1e-3, 1.0, "log"), "rho": Range(0.5, 0.999, "log_complement"), "c": Range(values=(0.0, 1.0))}
    at = np.linspace(0, 1, 9)
    columns = {"a": 10 ** (3 * at - 3), "rho": np.array([space["rho"].at(u) for u in at]), "c": np.round(at)}
    scores = np.where(at == 0, np.inf, at)

    def stars(best: int) -> list[float]:
        picture = pixels(trials_png(space, columns, scores, np.isinf(scores), best, "", ""))
        assert is_hue(picture, GREY).any()
        columns_with_it = np.flatnonzero(is_hue(picture, BEST).any(axis=0))
        parts = np.split(columns_with_it, np.flatnonzero(np.diff(columns_with_it) > 20) + 1)
        return [float(part.mean()) for part in parts]

    low, middle, high = stars(1), stars(4), stars(7)
    for panel in (0, 1, 3):  # the slices of a and rho, and the contour plot
        assert middle[panel] > low[panel] + 20
        assert middle[panel] - low[panel] == pytest.approx(high[panel] - middle[panel], abs=2)
    assert high[2] > low[2] + 20
