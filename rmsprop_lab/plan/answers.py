"""What an objective or optimizer answers to fixed questions: its fingerprint, whatever its code and its data are."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer
from rmsprop_lab.errors import raised
from rmsprop_lab.plan.probes import probes
from rmsprop_lab.plan.significant import rounded_digest
from rmsprop_lab.wrappers.wrapper import Wrapper

Answer: TypeAlias = Array | str
"""Numbers; an integer as text; or the type of the exception that the code raised, which a run would record."""

_MOST_STARTS = 64
_MOST_NUMBERS = 2**16  # of the starts that are asked at: fewer starts in many dimensions
_ITERATIONS = 8
_DIM, _WIDTH = 2, 12  # as in `optimizer_fault`: state that a rule keeps from there has a shape that fits


def fingerprint(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The answers as plain data, numbers to six significant digits, so that machines agree."""
    return {name: answer if isinstance(answer, str) else rounded_digest(answer) for name, answer in answers.items()}


def objective_answers(objective: Objective, points: Array, backwards: bool = False) -> dict[str, Answer]:
    """Everything about an objective that decides a run's numbers, at the first 64 points.

    Args:
        objective: The objective; what its code raises is its answer.
        points: `(d, S)`.
        backwards: Whether to ask in the opposite order.
    """
    some = points[:, : max(1, min(_MOST_STARTS, _MOST_NUMBERS // len(points)))]
    questions: dict[str, Callable[[], Any]] = {
        "value": lambda: objective.value(some.copy()),
        "gradient": lambda: objective.gradient(some.copy()),
        "minimum": lambda: objective.minimum,
        "minimizers": lambda: objective.minimizers,
        "noise_sigma": lambda: objective.noise_sigma,
        "noise_seed": lambda: objective.noise_seed,
    }
    if _takes_differences(objective):  # values say it all, and differences magnify the rounding of a machine
        del questions["gradient"]
    order = reversed(questions.items()) if backwards else questions.items()
    return {name: _asked(question) for name, question in order}


def optimizer_answers(optimizer: Optimizer) -> dict[str, Answer]:
    """The steps of an optimizer's class on fixed gradients, with fixed hyperparameters.

    They do not depend on the hyperparameters of `optimizer`, only on its other fields: one fingerprint serves all runs
    of a cell. Thousands of runs would otherwise be asked, at 0.3 ms each.
    """
    return {str(n): probe if isinstance(probe, str) else steps(probe) for n, probe in enumerate(probes(optimizer))}


def steps(optimizer: Optimizer, beside_another: bool = False) -> Answer:
    """The steps of one descent on fixed gradients, `(iterations, d, B)`; another one may take turns with it."""
    return _asked(lambda: _descended(optimizer, [_GRADIENTS, -0.5 * _GRADIENTS[::-1]][: 1 + beside_another]))


def _descended(optimizer: Optimizer, descents: list[Array]) -> Array:
    update: Any = optimizer.update
    states: list[Any] = [_start(optimizer) for _ in descents]
    points, taken = [_GRADIENTS[0] / 2.0 for _ in descents], []
    for i in range(_ITERATIONS):
        for n, gradients in enumerate(descents):
            more = () if optimizer.elementwise else (points[n].copy(),)
            step, states[n] = update(gradients[i].copy(), states[n], *more)
            points[n] = points[n] - step
            if n == 0:
                taken.append(np.array(step, dtype=np.float64))
    return np.array(taken)


def _start(optimizer: Optimizer) -> tuple[Array, ...]:
    return tuple(np.full((_DIM, _WIDTH), number, dtype=np.float64) for number in optimizer.init())


def _fixed_gradients() -> Array:
    """Gradients of all signs, from 0.01 to 1000 in size; no generator of NumPy's, whose streams may change."""
    integers = np.arange(1, _ITERATIONS * _DIM * _WIDTH + 1) * 7919 % 2003 - 1001
    sizes = np.array([0.01, 0.1, 1.0, 1.0, 10.0, 100.0] * 2)
    gradients: Array = integers.reshape(_ITERATIONS, _DIM, _WIDTH) / 100.0 * sizes
    return gradients


_GRADIENTS = _fixed_gradients()


def _asked(question: Callable[[], Any]) -> Answer:
    try:
        with np.errstate(all="ignore"):
            found = question()
        return str(found) if isinstance(found, int) else np.array(found, dtype=np.float64)
    except BaseException as error:  # user code may raise anything
        raised(error)
        return type(error).__name__


def _takes_differences(objective: Objective) -> bool:
    """Whether the gradient is that of the base class, also below wrappers."""
    if isinstance(objective, Wrapper):
        return _takes_differences(objective.objective)
    return type(objective).gradient is Objective.gradient
