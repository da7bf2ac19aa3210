"""Outcomes of runs, and the noise that their starts meet."""

import numpy as np
import pytest

from rmsprop_lab import Starts, descend
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.evaluation.quantiles import median_start, over_starts
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.wrappers import Noisy

STAYS, LEAVES = [3.0, 2.0], [1e3, 1e3]  # a minimizer of Himmelblau's function, and where gradient descent diverges


@pytest.mark.parametrize(("lost", "outcome"), [(0, "ok"), (1, "ok"), (2, "ok"), (3, "diverged"), (4, "diverged")])
def test_a_run_diverged_if_more_than_half_of_its_starts_did(lost: int, outcome: str) -> None:
    starts = Starts(points=[LEAVES] * lost + [STAYS] * (4 - lost))
    (computed,) = compute([Run(Problem("himmelblau", Himmelblau(), starts, 10), "gd", GD(0.01))])
    assert computed.columns["diverged"].tolist() == [lost]
    assert computed.outcomes == [outcome]


def test_of_an_even_number_of_starts_the_lower_middle_one_is_the_median() -> None:
    ends = np.array([4.0, 1.0, 3.0, 2.0])
    assert median_start(ends) == 3
    assert over_starts(ends, 1, 0.5) == [2.0]
    assert median_start(np.array([4.0, np.nan])) == 0
    assert median_start(np.array([5.0, 1.0, 3.0])) == 2


def test_fresh_starts_meet_noise_of_their_own() -> None:
    objective = Noisy(Bowl(), sigma=1.0, seed=3)

    def ends(method: str) -> tuple[np.ndarray, np.ndarray]:
        problem = Problem("noisy", objective, Starts(method, count=4), 10)
        (computed,) = compute([Run(problem, "gd", GD(0.1))])
        assert computed.trace is not None
        return problem.points, computed.trace.points

    points, found = ends("fresh")
    own = descend(objective, GD(0.1), points, 10, streams=2**32 + np.arange(4))
    searched = descend(objective, GD(0.1), points, 10, streams=np.arange(4))
    assert np.array_equal(found, own.points)
    assert not np.array_equal(found, searched.points)
    points, found = ends("uniform")
    assert np.array_equal(found, descend(objective, GD(0.1), points, 10, streams=np.arange(4)).points)


def test_what_the_code_raises_stays_with_its_runs() -> None:
    class Touchy(GD):
        def update(self, gradient, state):
            if np.any(np.equal(self.step_size, 0.2)):
                raise RuntimeError("not that one")
            return super().update(gradient, state)

    problem = Problem("bowl", Bowl(), Starts(count=2), 5)
    runs = [Run(problem, "touchy", Touchy(step)) for step in (0.1, 0.2, 0.3)]
    parts = compute(runs)
    outcomes = {run.run_key: outcome for part in parts for run, outcome in zip(part.runs, part.outcomes, strict=True)}
    assert [outcomes[run.run_key] for run in runs] == ["ok", "failed", "ok"]
    (failed,) = (part for part in parts if part.message)
    assert failed.message == "RuntimeError: not that one"
    assert failed.scores("best_gap") == [np.inf]
