"""The contracts of objectives and optimizers: ours pass, and each way of being wrong is told in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from support.catalogue import OBJECTIVES, OPTIMIZERS, configured
from support.studies import study

from rmsprop_lab import InputError, descend
from rmsprop_lab.base import Array, Objective, Optimizer, State
from rmsprop_lab.base.contracts import check_objective, check_optimizer
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.wrappers import Rotated


def wrong(findings: Any) -> str:
    return " | ".join(finding.wrong for finding in findings if finding.wrong)


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_every_objective_passes(name: str) -> None:
    assert wrong(check_objective(OBJECTIVES[name]())) == ""


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_passes(name: str) -> None:
    assert wrong(check_optimizer(configured(name))) == ""


def test_a_wrapper_passes() -> None:
    assert wrong(check_objective(Rotated(OBJECTIVES["Rastrigin"](dim=10)))) == ""


@dataclass(frozen=True, eq=False)
class Base(Bowl):
    """The bowl, for the mistakes below."""


class WrongShape(Base):
    def value(self, point: Array) -> Array:
        return point * point


class WrongType(Base):
    def value(self, point: Array) -> Array:
        return (point[0] + point[1]).astype(complex)


class WrongGradient(Base):
    def gradient(self, point: Array) -> Array:
        return np.stack([2.0 * point[0], 3.0 * point[1]])


class BelowMinimum(Base):
    minimum = 0.5


class WrongMinimizer(Base):
    minimizers = np.array([[0.5], [0.5]])


class NotFinite(Base):
    def value(self, point: Array) -> Array:
        return super().value(point) + np.where(point[0] > 0.5, np.nan, 0.0)


class Stateful(Base):
    calls: list[int] = []

    def value(self, point: Array) -> Array:
        self.calls.append(1)
        return super().value(point) + len(self.calls)


class DependsOnCompany(Base):
    def value(self, point: Array) -> Array:
        return super().value(point) + point.mean()


class InPlace(Base):
    def value(self, point: Array) -> Array:
        point *= 2.0
        return super().value(point)


class Raises(Base):
    def gradient(self, point: Array) -> Array:
        raise ZeroDivisionError("mine")


@pytest.mark.parametrize(
    ("cls", "says"),
    [
        (WrongShape, "value of points (2,) must have shape (), has (2,)"),
        (WrongType, "value must be real numbers, is complex128"),
        (WrongGradient, "coordinate 1: gradient"),
        (BelowMinimum, "minimum is stated as 0.5, the value at ["),
        (WrongMinimizer, "the value at [0.5, 0.5] is 0.5, minimum is stated as 0"),
        (NotFinite, "value is not finite at"),
        (Stateful, "changes between two calls at the same point"),
        (DependsOnCompany, "differs between a batch and the point alone"),
        (InPlace, "must not be changed in place"),
        (Raises, "raises ZeroDivisionError: mine"),
    ],
)
def test_what_is_wrong_with_an_objective_is_said(cls: type[Objective], says: str) -> None:
    assert says in wrong(check_objective(cls()))


@dataclass(frozen=True, eq=False)
class Rule(Optimizer):
    step_size: float = 0.1

    def init(self) -> tuple[float, ...]:
        return (0.0,)

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * gradient, state


class Shares(Rule):
    memory = {"sum": 0.0}

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        self.memory["sum"] = self.memory["sum"] + gradient
        return self.memory["sum"], state


class ChangesState(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        state[0][...] += gradient
        return state[0] * 1.0, state


class LosesState(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient, ()


class TakesTwo(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        mean, square = state
        return gradient, (mean, square)


class Indexes(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient + 0.0 * state[2], state


class Forgets(TakesTwo):
    init = Optimizer.init


class Complex(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient * 1j, state


class NoState(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient  # type: ignore[return-value]


class NotElementwise(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient / np.sqrt((gradient * gradient).sum(axis=0)), state


class Mixes(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * gradient / np.linalg.norm(gradient), state


class MixesSettings(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return np.max(self.step_size) * gradient, state


class MixesAndSaysSo(Rule):
    elementwise = False

    def update(self, gradient: Array, state: State, point: Array) -> tuple[Array, State]:  # type: ignore[override]
        return self.step_size * gradient / (np.linalg.norm(gradient) + 1e-12), state


class Normalised(Rule):
    """As it should be."""

    elementwise = False

    def update(self, gradient: Array, state: State, point: Array) -> tuple[Array, State]:  # type: ignore[override]
        return self.step_size * gradient / (np.linalg.norm(gradient, axis=0) + 1e-12), state


class Nowhere(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient * np.nan, state


class Restless(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return gradient + 1.0, state


@dataclass(frozen=True, eq=False)
class Keeps(Rule):
    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        self.last = gradient
        return gradient, state


@pytest.mark.parametrize(
    ("cls", "says"),
    [
        (Keeps, "field 'last'; what an optimizer remembers goes through its state: init says how it begins, update"),
        (Shares, "state is shared between runs"),
        (ChangesState, "must not be changed in place"),
        (LosesState, "init gives a state of 1, update returns a tuple of 0"),
        (TakesTwo, "a state of 1, from init, where update takes one of 2: let init return (0.0, 0.0)"),
        (Indexes, "a state of 1, from init, where update takes one of 3: let init return (0.0, 0.0, 0.0)"),
        (Forgets, "a state of 0, as the class has no init, where update takes one of 2: let init return (0.0, 0.0)"),
        (Complex, "real numbers, one is complex128"),
        (NoState, "update must return (step, state), returns ndarray"),
        (NotElementwise, "elementwise = False"),
        (Restless, "the step is 1"),
        (Nowhere, "it is not finite"),
        (Mixes, "depend on the other runs of its batch"),
        (MixesSettings, "depend on the other runs of its batch"),
        (MixesAndSaysSo, "as in np.linalg.norm(gradient, axis=0)"),
    ],
)
def test_what_is_wrong_with_an_optimizer_is_said(cls: type[Optimizer], says: str) -> None:
    assert says in wrong(check_optimizer(cls()))


@pytest.mark.parametrize("cls", [Mixes, MixesSettings, MixesAndSaysSo])
def test_what_mixes_runs_is_not_computed_with(cls: type[Optimizer]) -> None:
    with pytest.raises(InputError, match="expected steps of each run by itself"):
        descend(Bowl(), cls(), [[1.0, 0.5], [0.25, 2.0]], n_iter=3)
    with pytest.raises(InputError, match=r"optimizers\.mine\.update: expected steps of each run by itself"):
        study(optimizers={"mine": cls()}).check_code()


def test_a_rule_of_all_coordinates_is_computed_with() -> None:
    assert wrong(check_optimizer(Normalised())) == ""
    together = descend(Bowl(), Normalised(), [[1.0, 0.5], [0.25, 2.0]], n_iter=50).points
    for run, start in enumerate(np.transpose([[1.0, 0.5], [0.25, 2.0]])):
        alone = descend(Bowl(), Normalised(), start, n_iter=50).points
        np.testing.assert_array_equal(together[:, :, run], alone[:, :, 0])
