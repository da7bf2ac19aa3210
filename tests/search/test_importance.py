"""The importance of hyperparameters."""

import pytest
from support.searching import SPACE, asked, cell_of, score_at

from rmsprop_lab.search import Scored
from rmsprop_lab.search.importance import importances


def test_importances_name_what_matters() -> None:
    points = asked(cell_of("random", 40))
    trials = [Scored(point, score_at(point), "k") for point in points.values()]
    shares = importances(SPACE, trials)
    assert shares["step_size"] > 0.8
    assert sum(shares.values()) == pytest.approx(1.0)
    assert importances({"step_size": SPACE["step_size"]}, trials) == {}
