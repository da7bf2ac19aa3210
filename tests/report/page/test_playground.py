"""Where the paths of `playground.html` begin."""

from typing import Any

import numpy as np
import pytest
from support.catalogue import OBJECTIVES
from support.studies import study

from rmsprop_lab import Search, Starts
from rmsprop_lab.base import window_of
from rmsprop_lab.objectives import Rosenbrock
from rmsprop_lab.optimizers import GD
from rmsprop_lab.report.page.playground import playground_content

PLANAR = {name: made for name, cls in OBJECTIVES.items() if (made := cls()).dim == 2}


def opened(objectives: dict[str, Any], starts: Starts) -> list[dict[str, Any]]:
    """What the page holds of each objective."""
    given = study(
        objectives=objectives, optimizers={"gd": GD(0.01)}, starts=starts, spaces={}, search=Search(), n_iter=3
    )
    shown: list[dict[str, Any]] = playground_content(given, [])[0]["objectives"]
    return shown


@pytest.mark.parametrize("starts", [Starts("tutorial", 1, 1), Starts("uniform", 8)], ids=lambda starts: starts.method)
def test_drawn_starts_are_in_the_objectives_window(starts: Starts) -> None:
    shown = opened(PLANAR, starts)
    assert [one["name"] for one in shown] == list(PLANAR)
    for one in shown:
        window = window_of(PLANAR[one["name"]])
        assert np.array_equal([one["plane"]["x"], one["plane"]["y"]], window)
        points = np.array(one["runs"][0]["live"]["starts"])
        assert ((window[:, 0] <= points) & (points <= window[:, 1])).all()


def test_given_starts_stay_where_they_are_and_in_view() -> None:
    points = [[5.0, 9.0], [0.0, 0.0]]
    (one,) = opened({"rosenbrock": Rosenbrock()}, Starts(points=points))
    assert one["runs"][0]["live"]["starts"] == points
    assert one["plane"]["x"][1] > 5 and one["plane"]["y"][1] > 9
