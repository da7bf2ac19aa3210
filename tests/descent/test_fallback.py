"""Where numba cannot or need not compile, NumPy computes."""

import dataclasses
import sys
import warnings
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from support.engines import Differences, Powers, assert_same_bits, needs_numba
from support.points import starts_on

from rmsprop_lab import descend
from rmsprop_lab.base import Array, Objective, Optimizer, State
from rmsprop_lab.descent import compiled, engines
from rmsprop_lab.errors import EngineWarning, InputError
from rmsprop_lab.objectives import Bowl, Himmelblau, Logistic, Rastrigin
from rmsprop_lab.optimizers import GD
from rmsprop_lab.wrappers import Noisy, Shifted

pytestmark = pytest.mark.usefixtures("own_cache")


class Clipped(Optimizer):
    elementwise = False

    def update(self, gradient: Array, state: State, point: Array):  # type: ignore[override]
        return 0.1 * np.clip(gradient, -1.0, 1.0) + 0.0 * point, state


@dataclasses.dataclass(frozen=True, eq=False)
class Branching(Differences):
    def gradient(self, point: Array) -> Array:
        return 2.0 * point if np.all(point > -9.0) else -point


UNFIT = [
    (Powers(), GD(0.1), "other numbers than NumPy"),
    (Branching(), GD(0.1), r"Branching: np.all \(test_fallback.py:\d+: return 2.0 \* point if"),
    (Bowl(), Clipped(), "not elementwise"),
    (Logistic(), GD(0.1), "Logistic of 5 coordinates has 2,065 operations, of at most 1,000"),
    (Bowl(dim=4001), GD(0.1), "4,001 coordinates"),
    (Noisy(objective=Bowl(), sigma=0.1), GD(0.1), "noise"),
]


@pytest.fixture
def fresh() -> Iterator[None]:
    """Nothing was warned of before."""
    engines._warn.cache_clear()
    yield
    engines._warn.cache_clear()


@needs_numba
@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(("objective", "optimizer", "reason"), UNFIT, ids=[reason for *_, reason in UNFIT])
def test_what_numba_cannot_do_runs_in_numpy_and_says_so_once(
    objective: Objective, optimizer: Optimizer, reason: str
) -> None:
    starts = starts_on(objective, 5)
    with pytest.warns(EngineWarning, match=reason) as caught:
        found = descend(objective, optimizer, starts, 10, engine="numba")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert "\n" not in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        descend(objective, optimizer, starts, 10, engine="numba")
        assert_same_bits(found, descend(objective, optimizer, starts, 10, engine="numpy"))


def test_numba_that_is_not_installed_is_an_error_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(engines, "_WORTH_COMPILING", 0)
    with pytest.raises(InputError, match=r"rmsprop-lab\[fast\]") as error:
        descend(Bowl(), GD(0.1), [1.0, 1.0], 3, engine="numba")
    assert error.value.key == "engine"
    assert descend(Bowl(), GD(0.1), [1.0, 1.0], 3).points.shape == (4, 2, 1)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(InputError, match=r"Did you mean 'numba'\?"):
        descend(Bowl(), GD(0.1), [1.0, 1.0], 3, engine="nuba")  # type: ignore[arg-type]


@pytest.mark.slow
@needs_numba
def test_auto_compiles_exact_pairs_with_enough_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    for module in (engines.compiled, engines.reference):
        run, name = module.run, module.__name__.rpartition(".")[2]
        monkeypatch.setattr(module, "run", lambda *args, run=run, name=name: (used.append(name), run(*args)))
    monkeypatch.setattr(compiled, "_KERNELS", {})
    monkeypatch.setattr(engines, "_WORTH_COMPILING", 100)
    monkeypatch.setattr(engines, "_work", Counter())

    def engine_for(objective: Objective, optimizer: Optimizer, n_iter: int, **options: str) -> str:
        descend(objective, optimizer, np.full((objective.dim, 2), 0.7), n_iter, **options)
        return used[-1]

    assert engine_for(Himmelblau(), GD(0.01), 24) == "reference"  # 2 runs x 24 iterations x 2 coordinates < 100
    assert engine_for(Himmelblau(), GD(0.01), 1) == "compiled"  # with what was done before
    assert engine_for(Himmelblau(), GD(0.01), 1) == "compiled"
    assert engine_for(Himmelblau(), GD(0.01), 25, engine="numpy") == "reference"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # only who asks for numba is told that it could not be had
        assert engine_for(Rastrigin(), GD(0.01), 1000) == "reference"
        assert engine_for(Shifted(objective=Rastrigin(), shift=0.5), GD(0.01), 1000) == "reference"
        assert engine_for(Shifted(objective=Bowl(), shift=0.5), GD(0.01), 1000) == "compiled"
        assert engine_for(Differences(), GD(0.01), 1000) == "compiled"
        assert engine_for(Powers(), GD(0.01), 1000) == "reference"
        assert engine_for(Noisy(objective=Bowl(), sigma=0.1), GD(0.01), 1000) == "reference"
