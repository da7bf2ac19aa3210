"""Plans that are fixed before they begin: random points."""

import numpy as np
from support.searching import SPACE

from rmsprop_lab.search.fixed import random_points


def test_random_points_fill_the_space_on_its_scales() -> None:
    points = random_points(SPACE, 2000, seed=0)
    steps = np.log10([point["step_size"] for point in points])
    rhos = np.log10(1.0 - np.array([point["rho"] for point in points]))
    for values, low, high in ((steps, -4, 0), (rhos, -3, -1)):
        assert low <= values.min()
        assert values.max() <= high
        shares = np.array([0.25, 0.5, 0.75])
        np.testing.assert_allclose(np.quantile(values, shares), low + (high - low) * shares, atol=0.15)
