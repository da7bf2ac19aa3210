"""Gradient noise: each start has its own, and what is scored stays clean."""

import numpy as np

from rmsprop_lab import descend
from rmsprop_lab.objectives import Bowl, Ellipsoid
from rmsprop_lab.optimizers import GD
from rmsprop_lab.wrappers import Noisy


def test_noise_is_a_starts_own_and_leaves_what_is_scored_clean() -> None:
    objective = Noisy(Bowl(dim=3), sigma=0.5, seed=4)
    starts = np.random.default_rng(1).uniform(-1, 1, (3, 6))
    together = descend(objective, GD(0.1), starts, 40)
    alone = descend(objective, GD(0.1), starts[:, 4], 40, streams=[4])
    assert np.array_equal(together.points[..., 4], alone.points[..., 0])
    assert np.array_equal(together.values, Bowl(dim=3).value(together.points.swapaxes(0, 1)))
    first = 0.8 * starts - together.points[1]  # x1 = x0 - 0.1 (2 x0 + noise)
    expected = [np.random.default_rng(np.random.SeedSequence(4, spawn_key=(j,))).standard_normal(3) for j in range(6)]
    np.testing.assert_allclose(first / 0.1, 0.5 * np.array(expected).T, rtol=1e-9, atol=1e-12)
    assert together.values[-1].min() > 1e-4  # noise keeps it from the minimum
    final = descend(objective, GD(0.1), starts, 40, record="final")
    assert np.array_equal(final.points[0], together.points[-1])


def test_two_runs_from_one_start_meet_the_same_noise() -> None:
    objective = Noisy(Ellipsoid(), sigma=1.0)
    runs = descend(objective, GD(np.array([1e-4, 1e-4])), [1.0, 1.0], 10, streams=[3, 3])
    assert np.array_equal(runs.points[..., 0], runs.points[..., 1])
    other = descend(objective, GD(np.array([1e-4, 1e-4])), [1.0, 1.0], 10)
    assert not np.array_equal(other.points[..., 0], other.points[..., 1])
