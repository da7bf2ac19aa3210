"""The engines: the same numbers bit for bit where that is promised, and NumPy wherever numba cannot."""

import dataclasses
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from conftest import OBJECTIVES, OPTIMIZERS

from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Array, Objective, Optimizer, State
from rmsprop_lab.cli import _one_line
from rmsprop_lab.descent import caching, compiled, engines, kernels
from rmsprop_lab.errors import EngineWarning, InputError
from rmsprop_lab.objectives import Bowl, Himmelblau, Logistic, Rastrigin
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.wrappers import Noisy, Shifted

needs_numba = pytest.mark.skipif(not compiled.installed(), reason="needs numba: pip install 'rmsprop-lab[fast]'")
FIELDS = ("points", "values", "gradient_norms", "first_bad")
EXACT = {name: cls for name, cls in OBJECTIVES.items() if cls.exact}
OTHERS = sorted(set(OBJECTIVES) - set(EXACT))


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is compiled here is kept in a folder of this test run."""
    if not compiled.installed():
        yield
        return
    import numba

    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(tmp_path_factory.mktemp("numba"))
    yield
    numba.config.CACHE_DIR = before


def starts_on(objective: Objective, count: int) -> Array:
    low, high = objective.bounds.T[:, :, None]
    return low + np.random.default_rng(7).random((objective.dim, count)) * (high - low)


def optimizer_of(cls: type[Optimizer], count: int) -> Optimizer:
    """One set of hyperparameters per run; the largest steps diverge on steep objectives."""
    ranges = {"step_size": np.geomspace(1e-5, 5.0, count), "rho": np.linspace(0.0, 0.999, count), "momentum": 0.9}
    names = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: numbers for name, numbers in ranges.items() if name in names})


def assert_same_bits(one: Trace, other: Trace) -> None:
    for field in FIELDS:
        assert np.array_equal(getattr(one, field), getattr(other, field), equal_nan=True), field


def compare(objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int = 40) -> Trace:
    """Both engines, traced and final, equal in every bit."""
    for record in ("trace", "final"):
        reference = descend(objective, optimizer, starts, n_iter, record=record, engine="numpy")
        assert_same_bits(descend(objective, optimizer, starts, n_iter, record=record, engine="numba"), reference)
    return reference


@needs_numba
@pytest.mark.parametrize("name", sorted(EXACT))
def test_exact_objectives_agree_bit_for_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = EXACT[name]()
    monkeypatch.setattr(compiled, "_BLOCK", 16 * objective.dim)  # blocks of 16 runs, the last one of 5
    compare(objective, optimizer_of(RMSProp, 53), starts_on(objective, 53))


@needs_numba
@pytest.mark.parametrize("name", sorted(name for name, cls in OPTIMIZERS.items() if cls.exact))
def test_exact_optimizers_agree_bit_for_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_BLOCK", 32)
    compare(Himmelblau(), optimizer_of(OPTIMIZERS[name], 53), starts_on(Himmelblau(), 53))


@needs_numba
def test_several_states_in_many_dimensions_agree_bit_for_bit() -> None:
    objective = Bowl(dim=9)
    compare(objective, Adam(np.geomspace(1e-4, 1.0, 300), beta1=np.linspace(0.0, 0.99, 300)), starts_on(objective, 300))


@needs_numba
@pytest.mark.slow
@pytest.mark.parametrize("optimizer", sorted(name for name, cls in OPTIMIZERS.items() if cls.exact))
@pytest.mark.parametrize("objective", sorted(EXACT))
def test_every_exact_pair_agrees_bit_for_bit(objective: str, optimizer: str) -> None:
    for dim in {EXACT[objective]().dim, 8}:
        try:
            chosen = EXACT[objective](dim=dim)
        except InputError:
            continue
        compare(chosen, optimizer_of(OPTIMIZERS[optimizer], 301), starts_on(chosen, 301), 100)


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


class Clipped(Optimizer):
    elementwise = False

    def update(self, gradient: Array, state: State, point: Array):  # type: ignore[override]
        return 0.1 * np.clip(gradient, -1.0, 1.0) + 0.0 * point, state


@dataclasses.dataclass(frozen=True, eq=False)
class Differences(Objective):
    dim: int = 2
    bounds: object = (-1.0, 1.0)

    def value(self, point: Array) -> Array:
        return point[0] * point[0] + point[1] * point[1]


@dataclasses.dataclass(frozen=True, eq=False)
class Powers(Differences):
    """Says that it is exact, and is not: compiled code multiplies where NumPy calls `pow`."""

    exact: ClassVar[bool] = True

    def gradient(self, point: Array) -> Array:
        return point**3


@dataclasses.dataclass(frozen=True, eq=False)
class Parts(Differences):
    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        return 2.0 * x, 2.0 * y


UNFIT = [
    (Parts(), GD(0.1), "planar = True"),
    (Powers(), GD(0.1), "other numbers than NumPy"),
    (Bowl(), Clipped(), "not elementwise"),
    (Differences(), GD(0.1), "does not define gradient"),
    (Logistic(), GD(0.1), "cannot compile"),
    (Shifted(objective=Bowl(), shift=0.5), GD(0.1), "cannot compile"),
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


def test_the_command_shows_a_warning_of_ours_in_one_line() -> None:
    assert (
        _one_line(EngineWarning("Bowl runs in NumPy."), EngineWarning, "a.py", 3)
        == "rmsprop-lab: Bowl runs in NumPy.\n"
    )
    assert _one_line(UserWarning("Other."), UserWarning, "a.py", 3).startswith("a.py:3: UserWarning: Other.")


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
        assert engine_for(Shifted(objective=Bowl(), shift=0.5), GD(0.01), 1000) == "reference"
        assert engine_for(Powers(), GD(0.01), 1000) == "reference"
        assert engine_for(Noisy(objective=Bowl(), sigma=0.1), GD(0.01), 1000) == "reference"


@needs_numba
def test_what_is_compiled_is_kept_for_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    misses = []
    for _ in range(2):  # nothing in memory is as in another process
        monkeypatch.setattr(compiled, "_KERNELS", {})
        compare(Himmelblau(), GD(0.01), starts_on(Himmelblau(), 5), 5)
        (kernel,) = compiled._KERNELS.values()
        misses.append(sum(kernel.stats.cache_misses.values()))
    assert misses[1] == 0


@needs_numba
def test_words_change_nothing_about_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_KERNELS", tmp_path / "kernels.py")
    text = Path(kernels.__file__).read_text(encoding="utf-8")

    def kept(changed: str) -> Path | None:
        caching._KERNELS.write_text(changed, encoding="utf-8")
        return caching.copy_for([Bowl.value, Bowl.gradient, GD.update], "")

    first = kept(text)
    assert first is not None
    assert kept(text.replace('"""One step of one coordinate of one run."""', '"""A step."""  # a comment')) == first
    assert kept(text.replace("x[j] -= step", "x[j] += step")) != first


@needs_numba
def test_a_changed_helper_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = {function.__name__ for function in caching._with_helpers([Bowl.value, GD.update])}
    assert called == {"value", "total", "update"}
    before, program = caching.copy_for([Bowl.value], ""), caching._program

    def changed(path: Path) -> str:
        return program(path) + ("changed" if path.name == "arrays.py" else "")

    monkeypatch.setattr(caching, "_program", changed)
    assert caching.copy_for([Bowl.value], "") != before


@needs_numba
def test_classes_of_others_are_compiled_in_every_process() -> None:
    assert caching.copy_for([Bowl.value, GD.update], "") is not None
    assert caching.copy_for([Powers.gradient, GD.update], "") is None


@pytest.mark.parametrize("engine", ["numpy", pytest.param("numba", marks=needs_numba)])
@pytest.mark.parametrize("record", ["trace", "final"])
def test_a_trace_can_be_reused(engine: str, record: str) -> None:
    starts, rule = starts_on(Himmelblau(), 9), GD(np.geomspace(1e-4, 5.0, 9))
    out = descend(Himmelblau(), GD(0.5), starts[:, ::-1], 12, record=record, engine=engine)
    again = descend(Himmelblau(), rule, starts, 12, record=record, engine=engine, out=out)
    assert all(getattr(again, name) is getattr(out, name) for name in ("points", "values", "gradient_norms"))
    assert_same_bits(out, descend(Himmelblau(), rule, starts, 12, record=record, engine="numpy"))


def test_a_trace_of_another_shape_is_refused() -> None:
    out = descend(Bowl(), GD(0.1), [1.0, 1.0], 3)
    for starts, n_iter in (([1.0, 1.0], 4), (np.ones((2, 2)), 3)):
        with pytest.raises(InputError) as error:
            descend(Bowl(), GD(0.1), starts, n_iter, out=out)
        assert error.value.key == "out"
