"""Every objective, optimizer and wrapper is traced; what cannot be is told with class, file and line."""

import dataclasses
import re
from typing import Any, ClassVar

import numpy as np
import pytest
from support.catalogue import OBJECTIVES, OPTIMIZERS, ROOT, configured
from support.engines import Differences

from rmsprop_lab.base import Array, Flag, Objective, Optimizer, Positive, State, total
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Himmelblau, Rastrigin, RotatedEllipsoid
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.translate import Untranslatable, lifted, trace
from rmsprop_lab.wrappers import Noisy, Rotated, Scaled, Shifted


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_every_objective_is_traced_and_its_exactness_is_what_its_class_says(name: str) -> None:
    cls = OBJECTIVES[name]
    for dim in {cls().dim, 2, 5, 10}:
        try:
            objective = cls(dim=dim)
        except InputError:
            continue
        program = trace(objective)
        assert program.exact is cls.exact
        assert len(program.outputs) == 1 + dim
        wrapped = trace(Scaled(Rotated(Shifted(objective, shift=0.3), seed=3), scale=2.0))
        assert wrapped.exact is cls.exact


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_is_traced(name: str) -> None:
    rule = configured(name)
    program = trace(rule)
    assert program.exact is type(rule).exact
    assert program.n_states == len(rule.init())
    assert program == trace(dataclasses.replace(rule, step_size=np.array([0.1, 0.2])))


class Rule(Optimizer):
    """A rule whose update is in its subclasses."""


@dataclasses.dataclass(frozen=True, eq=False)
class Branches(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return (gradient if gradient > 0 else -gradient), state


@dataclasses.dataclass(frozen=True, eq=False)
class First(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient[0] * gradient, state


@dataclasses.dataclass(frozen=True, eq=False)
class Sums(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient / np.sum(gradient, axis=0), state


@dataclasses.dataclass(frozen=True, eq=False)
class Totals(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient / total(gradient), state


@dataclasses.dataclass(frozen=True, eq=False)
class Draws(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient * np.random.default_rng().normal(), state


@dataclasses.dataclass(frozen=True, eq=False)
class Unknown(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return np.remainder(gradient, 1.0), state


@dataclasses.dataclass(frozen=True, eq=False)
class Whole(Rule):
    elementwise: ClassVar[bool] = False

    def update(self, gradient: Array, state: State, point: Any = None) -> tuple[Array, State]:
        return gradient, state


@dataclasses.dataclass(frozen=True, eq=False)
class Fails(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient["a"], state


@dataclasses.dataclass(frozen=True, eq=False)
class FewStates(Rule):
    def init(self) -> tuple[float, float]:
        return 0.0, 1.0

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient, (state[0],)


@dataclasses.dataclass(frozen=True, eq=False)
class Switch(Rule):
    step_size: Positive = 0.1
    on: Flag = True

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * gradient if self.on else gradient, state


@dataclasses.dataclass(frozen=True, eq=False)
class Keeps(Differences):
    """Changes from call to call."""

    calls: ClassVar[list[float]] = []

    def gradient(self, point: Array) -> Array:
        self.calls.append(0.0)
        return float(len(self.calls)) * point


@dataclasses.dataclass(frozen=True, eq=False)
class Product(Differences):
    def gradient(self, point: Array) -> Array:
        return np.dot(np.eye(2), point)


UNTRANSLATABLE = [
    (Branches(), r"Branches: a branch on a number .*\(test_tracing.py:\d+: return \(gradient if gradient > 0"),
    (First(), r"First: one coordinate is told from another: .*\(test_tracing.py:\d+: return gradient\[0\]"),
    (Sums(), r"Sums: np.sum: one coordinate is told from another"),
    (Totals(), r"Totals: one coordinate is told from another"),
    (Draws(), "Draws: its program computes other numbers: it draws random ones"),
    (Unknown(), r"Unknown: np.remainder \(test_tracing.py:\d+: return np.remainder"),
    (Whole(), "Whole: a rule that is not elementwise"),
    (Fails(), r"Fails: .*\(test_tracing.py:\d+"),
    (FewStates(), "FewStates: the state has 1 numbers instead of 2"),
    (Switch(), "Switch: a branch on a number that is not known before; np.where"),
    (Keeps(), "Keeps: its program computes other numbers"),
    (Product(), r"Product: .*\(test_tracing.py:\d+: return np.dot"),
    (Noisy(Bowl(), sigma=0.1), "Noisy: noise is drawn"),
    (Bowl(dim=1_000_000), "Bowl: 1,000,000 coordinates"),
    (RotatedEllipsoid(dim=60), "RotatedEllipsoid: more than 4,000 operations"),
]


@pytest.mark.parametrize(("thing", "reason"), UNTRANSLATABLE, ids=[type(thing).__name__ for thing, _ in UNTRANSLATABLE])
def test_what_cannot_be_translated_is_told(thing: Objective | Optimizer, reason: str) -> None:
    with pytest.raises(Untranslatable, match=reason) as told:
        trace(thing)
    assert "\n" not in str(told.value)


def test_a_gradient_by_differences_is_traced() -> None:
    assert trace(Differences()).exact
    assert not trace(Shifted(Rastrigin(), shift=0.1)).exact


def test_the_example_of_the_documentation_says_what_is_so() -> None:
    page = (ROOT / "docs/engines.md").read_text()
    (text,) = re.findall(r"```python\n(.*?)```", page, re.S)
    scope: dict[str, Any] = {}
    exec(text, scope)
    said = [line.partition("  # ") for line in text.splitlines() if "  # " in line]
    assert len(said) == 3
    assert all(eval(code, scope) == eval(result) for code, _, result in said)
    rosenbrock = trace(OBJECTIVES["Rosenbrock"](dim=100))
    assert (
        f"Rosenbrock's function has {len(rosenbrock.lines):,} in 100 dimensions"
        in (ROOT / "docs/engines.md").read_text()
    )


def test_only_objectives_and_optimizers_are_traced() -> None:
    with pytest.raises(TypeError, match="an objective or an optimizer"):
        trace("bowl")  # type: ignore[arg-type]


def test_long_numbers_are_lifted_and_nothing_else_changes() -> None:
    program = trace(Rotated(Himmelblau(), seed=1))
    less, numbers = lifted(program, "k")
    point = {"x0": np.array([0.3, -2.0]), "x1": np.array([1.7, 1e10])}
    found = less({**point, **{f"k{i}": number for i, number in enumerate(numbers)}})
    assert all(np.array_equal(a, b) for a, b in zip(found, program(point), strict=True))
    assert all(len(repr(number)) > 6 for number in numbers)
    one, other = (lifted(trace(Rotated(Bowl(dim=3), seed=seed)), "k")[0] for seed in (1, 2))
    assert one == other
    assert lifted(trace(RMSProp(0.1, 0.9)), "k") == (trace(RMSProp(0.1, 0.9)), [])
    assert lifted(trace(GD(0.1)), "k")[1] == []
