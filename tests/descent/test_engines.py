"""Both engines give the same numbers, bit for bit where that is promised."""

import dataclasses
import os

import numpy as np
import pytest
from support.catalogue import OBJECTIVES, OPTIMIZERS
from support.engines import FIELDS, assert_same_bits, compare, needs_numba
from support.points import starts_on

from rmsprop_lab import descend
from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.descent import compiled, is_exact
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Himmelblau, Rosenbrock, RotatedEllipsoid, Zakharov
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.wrappers import Rotated, Scaled, Shifted

pytestmark = pytest.mark.usefixtures("own_cache")
EXACT = {name: cls for name, cls in OBJECTIVES.items() if cls.exact}
QUICK = ("Bowl", "Himmelblau", "Powell", "Rosenbrock")  # each takes seconds to compile
OTHERS = sorted(set(OBJECTIVES) - set(EXACT))


def optimizer_of(cls: type[Optimizer], count: int) -> Optimizer:
    """One set of hyperparameters per run; the largest steps diverge on steep objectives."""
    ranges = {"step_size": np.geomspace(1e-5, 5.0, count), "rho": np.linspace(0.0, 0.999, count), "momentum": 0.9}
    names = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: numbers for name, numbers in ranges.items() if name in names})


@needs_numba
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n not in QUICK)) for n in sorted(EXACT)])
def test_exact_objectives_agree_bit_for_bit(name: str) -> None:
    objective = EXACT[name]()
    compare(objective, optimizer_of(RMSProp, 261), starts_on(objective, 261))  # two tiles of 128, and one of 5


@needs_numba
@pytest.mark.parametrize("name", sorted(name for name, cls in OPTIMIZERS.items() if cls.exact))
def test_exact_optimizers_agree_bit_for_bit(name: str) -> None:
    compare(Himmelblau(), optimizer_of(OPTIMIZERS[name], 53), starts_on(Himmelblau(), 53))


WRAPPED = {
    "shifted": Shifted(Bowl(), shift=0.3),
    "turned and shifted": Rotated(Shifted(Himmelblau(), shift=[1.0, -0.1]), seed=3),
    "turned twice": Rotated(Rotated(Rosenbrock(dim=5), seed=1), seed=2),
    "scaled": Scaled(Rotated(Zakharov(dim=3), seed=4), scale=1e-3, value_scale=7.7),
}


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("objective", WRAPPED.values(), ids=list(WRAPPED))
def test_wrapped_objectives_agree_bit_for_bit(objective: Objective) -> None:
    assert is_exact(objective)
    compare(objective, optimizer_of(RMSProp, 131), starts_on(objective, 131))


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("dim", [30, 60])
def test_long_programs_agree_bit_for_bit(dim: int) -> None:  # the step is a loop of its own
    compare(Bowl(dim=dim), Adam(np.geomspace(1e-4, 1.0, 140)), starts_on(Bowl(dim=dim), 140))


SPECIAL = [0.0, -0.0, 5e-324, -2.2e-308, 1e154, -1e300, np.inf, -np.inf, np.nan]


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("objective", [Himmelblau(), Rosenbrock(dim=4)], ids=["planar", "any_dim"])
@pytest.mark.parametrize("rule", [RMSProp(0.01, 0.9), Adam(0.1)], ids=["rmsprop", "adam"])
def test_zeros_tiny_and_huge_starts_agree_to_the_sign_of_zero(objective: Objective, rule: Optimizer) -> None:
    starts = np.array(np.meshgrid(*[SPECIAL] * 2)).reshape(2, -1)
    starts = np.vstack([starts] * (objective.dim // 2))
    one, other = (descend(objective, rule, starts, 30, engine=engine) for engine in ("numpy", "numba"))
    assert_same_bits(one, other)
    for field in ("points", "values"):
        a, b = getattr(one, field), getattr(other, field)
        known = ~np.isnan(a)
        assert np.array_equal(np.signbit(a[known]), np.signbit(b[known]))


@needs_numba
def test_rotations_that_differ_in_their_seed_share_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_KERNELS", {})
    for seed in range(3):
        objective = RotatedEllipsoid(dim=3, seed=seed)
        compare(objective, GD(0.001), starts_on(objective, 9), 5)
    assert len(compiled._KERNELS) == 1


@pytest.mark.slow
@needs_numba
def test_several_states_in_many_dimensions_agree_bit_for_bit() -> None:
    objective = Bowl(dim=5)
    compare(objective, Adam(np.geomspace(1e-4, 1.0, 300), beta1=np.linspace(0.0, 0.99, 300)), starts_on(objective, 300))


EVERY = [(objective, name) for objective in sorted(EXACT) for name in sorted(OPTIMIZERS) if OPTIMIZERS[name].exact]
PAIRS = EVERY if os.environ.get("RMSPROP_LAB_PAIRS") == "all" else EVERY[::7]
"""Each is compiled, which takes seconds: every seventh, so each class once or more; RMSPROP_LAB_PAIRS=all for all."""


@needs_numba
@pytest.mark.slow
@pytest.mark.parametrize(("objective", "optimizer"), PAIRS)
def test_every_exact_pair_agrees_bit_for_bit(objective: str, optimizer: str) -> None:
    for dim in {EXACT[objective]().dim, 8}:
        try:
            chosen = EXACT[objective](dim=dim)
        except InputError:
            continue
        compare(chosen, optimizer_of(OPTIMIZERS[optimizer], 301), starts_on(chosen, 301), 100)


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("objective", [Himmelblau(), Bowl(dim=3)], ids=["planar", "any_dim"])
def test_diverged_runs_agree_and_are_marked_in_the_same_iteration(objective: Objective) -> None:
    rule = GD(np.geomspace(1e-4, 1e6, 37))
    starts = starts_on(objective, 37)
    starts[0, 5], starts[1, 6] = np.nan, np.inf
    final = compare(objective, rule, starts, 100)
    assert 5 < final.diverged.sum() < 37
    assert final.first_bad[5] == final.first_bad[6] == 0
    assert len(set(final.first_bad.tolist())) > 4


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("objective", [Himmelblau(), Bowl(dim=5)], ids=["planar", "any_dim"])
def test_a_run_alone_equals_the_run_in_a_batch(objective: Objective) -> None:
    starts = starts_on(objective, 7)
    together = descend(objective, RMSProp(np.geomspace(1e-3, 0.1, 7), 0.9), starts, 20, engine="numba")
    for j in range(7):
        alone = descend(objective, RMSProp(np.geomspace(1e-3, 0.1, 7)[j], 0.9), starts[:, j], 20, engine="numba")
        for field in FIELDS:
            assert np.array_equal(getattr(alone, field)[..., 0], getattr(together, field)[..., j])


@needs_numba
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n != "Branin")) for n in OTHERS])
@pytest.mark.filterwarnings("ignore::rmsprop_lab.errors.EngineWarning")  # what cannot be compiled agrees trivially
def test_other_objectives_agree_closely(name: str) -> None:
    objective = OBJECTIVES[name]()
    low, high = objective.bounds.T[:, :, None]
    starts = low + np.linspace(0.3, 0.4, 19) * (high - low)
    both = [descend(objective, RMSProp(1e-4, 0.9), starts, 20, engine=engine) for engine in ("numpy", "numba")]
    np.testing.assert_allclose(both[1].points, both[0].points, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(both[1].values, both[0].values, rtol=1e-12, atol=1e-12)
