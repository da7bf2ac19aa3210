"""The contract of an optimizer."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from rmsprop_lab.base.arrays import Array, State
from rmsprop_lab.base.contracts.finding import Fault, Finding, in_words
from rmsprop_lab.base.optimizer import Optimizer
from rmsprop_lab.errors import InputError, raised

_BATCH = 12
_MOST_PARTS = 9  # of a state, tried to find what an update takes
_FEW = 3  # gradients that show whether runs are mixed
_ROUNDING = 1e-6  # relative: what another order of adding may change


def check_optimizer(optimizer: Optimizer, seed: int = 0) -> Iterator[Finding]:
    """Checks an optimizer on 30 random gradients, of 12 runs in 2 coordinates, from 1e-6 to 1e3 in size.

    Args:
        optimizer: The optimizer to check. What its code raises becomes a finding.
        seed: Seed of the gradients.

    Yields:
        A finding per check. After a wrong shape or type there are no more.

    >>> from rmsprop_lab.optimizers import GD
    >>> next(check_optimizer(GD(step_size=0.1)))
    Finding(check="step and state have the gradient's shape", wrong='')
    """
    gradients = _random_gradients(seed)
    gradients.flags.writeable = False
    checks: dict[str, Callable[[Optimizer, Array], str]] = {
        "step and state have the gradient's shape": _step_shapes,
        "a first gradient of 0 gives a step of 0": _zero_step,
        "a first step leads downhill, as it is subtracted": _downhill,
        "runs do not share state, and no argument is changed": _interleaved,
        "a run alone gives the same bits as in a batch": _apart,
        "a coordinate alone gives the same bits as all together": _elementwise,
    }
    if not optimizer.elementwise:
        del checks["a coordinate alone gives the same bits as all together"]
    with np.errstate(all="ignore"):
        for name, check in checks.items():
            finding = Finding(name, in_words(check, optimizer, gradients))
            yield finding
            if finding.wrong and check is _step_shapes:
                return


def _random_gradients(seed: int) -> Array:
    return np.random.default_rng(seed).normal(size=(30, 2, _BATCH)) * np.geomspace(1e-6, 1e3, _BATCH)


class _WrongAnswer(TypeError):
    """`update` returns something else than a step and a state."""

    def __init__(self, answer: Any) -> None:
        of = f" of shape {answer.shape}" if isinstance(answer, np.ndarray) else ""
        self.found = f"{type(answer).__name__}{of}"
        super().__init__(f"update must return (step, state), returns {self.found}")


def optimizer_fault(optimizer: Optimizer) -> Fault | None:
    """The fault of an optimizer whose first state, step or new state has a wrong shape or type, else None.

    Also of one whose steps depend on which other runs are computed with a run: their numbers would be wrong. An error
    that its code raises is no fault here: the runs record it.
    """
    expected = "a step and a state of the gradient's shape, as (step, state)"
    with np.errstate(all="ignore"):
        try:
            start = optimizer.init()
            if not isinstance(start, tuple):
                return Fault("init", "a tuple of numbers, such as (0.0,)", type(start).__name__)
            wrong = _step_shapes(optimizer, np.ones((1, 2, _BATCH)))
            if not wrong and (mixed := _apart(optimizer, _random_gradients(0)[:_FEW], _ROUNDING)):
                return Fault("update", "steps of each run by itself", mixed)
        except _WrongAnswer as error:
            wrong = error.found
        except BaseException as error:
            raised(error)
            return None
    return Fault("update", expected, wrong) if wrong else None


def _step_shapes(optimizer: Optimizer, gradients: Array) -> str:
    state = _start(optimizer, gradients[0])
    try:
        step, new = _advance(optimizer, gradients[0], state)
    except (ValueError, IndexError, TypeError):
        if wrong := _other_parts(optimizer, gradients[0], len(state)):
            return wrong
        raise
    if np.shape(step) != gradients[0].shape:
        return f"the step of gradients {gradients[0].shape} has shape {np.shape(step)}"
    if not isinstance(new, tuple) or len(new) != len(state):
        given = f"a tuple of {len(new)}" if isinstance(new, tuple) else f"a {type(new).__name__}"
        return f"init gives a state of {len(state)}, update returns {given}"
    for part in (step, *new):
        if np.asarray(part).dtype.kind not in "fiu":
            return f"step and state must be real numbers, one is {np.asarray(part).dtype}"
    shapes = [np.shape(part) for part in new]
    return "" if all(shape == gradients[0].shape for shape in shapes) else f"the new state has shapes {shapes}"


def _other_parts(optimizer: Optimizer, gradient: Array, given: int) -> str:
    """What is wrong with `init`, if `update` takes a state of another number of parts; empty if it is not that."""
    for count in {*range(1, _MOST_PARTS)} - {given}:
        try:
            _advance(optimizer, gradient, count * (np.zeros_like(gradient),))
        except _WrongAnswer:
            return ""
        except BaseException as error:  # user code may raise anything
            raised(error)
            continue
        source = "from init" if type(optimizer).init is not Optimizer.init else "as the class has no init"
        zeros = "(0.0,)" if count == 1 else f"({', '.join(count * ['0.0'])})"
        return f"a state of {given}, {source}, where update takes one of {count}: let init return {zeros}"
    return ""


def _zero_step(optimizer: Optimizer, gradients: Array) -> str:
    step, _ = _advance(optimizer, np.zeros_like(gradients[0]), _start(optimizer, gradients[0]))
    return "" if not np.any(step) else f"the step is {np.ravel(step)[0]:.6g}"


def uphill(optimizer: Optimizer, gradient: Array) -> bool:
    """Whether the first step leads up the gradient `(2, B)` in every run; False if code raises an error."""
    try:
        with np.errstate(all="ignore"):
            return bool((_along(optimizer, gradient) < 0).all())
    except BaseException as error:  # user code may raise anything; the runs record it
        raised(error)
        return False


def changes_gradient(optimizer: Optimizer, gradient: Array) -> bool:
    """Whether a first step changes the gradient `(2, B)` that it is given, also if it raises an error then."""
    given = gradient.copy()
    try:
        with np.errstate(all="ignore"):
            _along(optimizer, given)
    except BaseException as error:  # user code may raise anything; the runs record it
        raised(error)
    return not np.array_equal(given, gradient)


def _downhill(optimizer: Optimizer, gradients: Array) -> str:
    along = _along(optimizer, gradients[0])
    if not np.isfinite(along).any():
        return "it is not finite"
    return "it leads uphill: the descent moves to x - step" if (along < 0).all() else ""


def _along(optimizer: Optimizer, gradient: Array) -> Array:
    """The first step of each run, along its gradient."""
    step, _ = _advance(optimizer, gradient, _start(optimizer, gradient))
    return np.asarray((step * gradient).sum(axis=0))


def _interleaved(optimizer: Optimizer, gradients: Array) -> str:
    """Compares two runs that take turns on one object with each run alone."""
    a, b = gradients, gradients[::-1] * -0.5
    alone = [_steps(optimizer, sequence) for sequence in (a, b)]
    states = [_start(optimizer, a[0]), _start(optimizer, b[0])]
    turns: list[list[Array]] = [[], []]
    for pair in zip(a, b, strict=True):
        for run in (0, 1):
            for part in states[run]:
                part.flags.writeable = gradients.flags.writeable
            step, states[run] = _advance(optimizer, pair[run], states[run])
            turns[run].append(np.array(step))
    same = all(np.array_equal(np.array(turns[run]), alone[run], equal_nan=True) for run in (0, 1))
    if same:
        return ""
    return "two runs that take turns get other steps than alone: state is shared between runs; return it from update"


def _apart(optimizer: Optimizer, gradients: Array, rounding: float = 0.0) -> str:
    """Compares runs of one batch, each with hyperparameters of its own, with each of them alone."""
    factors = np.linspace(1.0, 0.5, _BATCH)
    batch = _of_runs(optimizer, factors)
    together = _steps(batch, gradients)
    if not np.array_equal(_steps(batch, gradients), together, equal_nan=True):
        return ""  # of no fixed answer, which another check tells
    for run in (0, _BATCH // 2, _BATCH - 1):
        one = slice(run, run + 1)
        alone, inside = _steps(_of_runs(optimizer, factors[one]), gradients[..., one]), together[..., one]
        most = np.max(np.abs(inside), initial=0.0, where=np.isfinite(inside))
        if not np.allclose(alone, inside, rtol=rounding, atol=rounding * most, equal_nan=True):
            return (
                "the steps of a run depend on the other runs of its batch: the last axis has runs, sum over the "
                "coordinates alone, as in np.linalg.norm(gradient, axis=0)"
            )
    return ""


def _of_runs(optimizer: Optimizer, factors: Array) -> Optimizer:
    """The optimizer with hyperparameters for each run, multiplied by its factor where that is valid."""
    numbers = {item.name: getattr(optimizer, item.name) for item in fields(optimizer)}
    arrays = {name: value * factors for name, value in numbers.items() if isinstance(value, float)}
    try:
        return replace(optimizer, **arrays)
    except InputError:
        return optimizer


def _elementwise(optimizer: Optimizer, gradients: Array) -> str:
    together = _steps(optimizer, gradients)
    for i, j in ((0, 0), (1, _BATCH // 2), (0, _BATCH - 1)):
        alone = _steps(optimizer, gradients[:, i : i + 1, j : j + 1])
        if not np.array_equal(alone[:, 0, 0], together[:, i, j], equal_nan=True):
            return "the step of one coordinate depends on the others; set elementwise = False if it should"
    wide = replace(optimizer, **{item.name: _spread(getattr(optimizer, item.name)) for item in fields(optimizer)})
    if not np.array_equal(_steps(wide, gradients), together, equal_nan=True):
        return "hyperparameters given as arrays (B,) give other steps than as numbers"
    return ""


def _spread(value: Any) -> Any:
    return np.full(_BATCH, value) if isinstance(value, float) else value


def _steps(optimizer: Optimizer, gradients: Array) -> Array:
    state, steps = _start(optimizer, gradients[0]), []
    for gradient in gradients:
        step, state = _advance(optimizer, gradient, state)
        steps.append(np.array(step))
    return np.array(steps)


def _start(optimizer: Optimizer, gradient: Array) -> State:
    return tuple(np.broadcast_to(number, gradient.shape).astype(np.float64) for number in optimizer.init())


def _advance(optimizer: Optimizer, gradient: Array, state: State) -> tuple[Array, State]:
    update: Any = optimizer.update
    answer = update(gradient, state) if optimizer.elementwise else update(gradient, state, np.zeros_like(gradient))
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise _WrongAnswer(answer)
    return answer
