"""From an objective or an optimizer to its program."""

import copy
import functools
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer, intervals
from rmsprop_lab.errors import raised
from rmsprop_lab.translate.agreement import agrees
from rmsprop_lab.translate.program import Program
from rmsprop_lab.translate.symbols import MIXES, MOST_LINES, Symbol, Tape, Untranslatable, listed

_T = TypeVar("_T")
_HERE = str(Path(__file__).parent)
_TRIED = 7  # descents, at which a program and its function are compared


@functools.singledispatch
def trace(thing: Objective | Optimizer) -> Program:
    """The program of an objective or of an optimizer.

    An objective's has the inputs `x0`, ..., and as outputs the value and the d partial derivatives. An optimizer's is
    that of one coordinate: its inputs are `g`, the states `s0`, ... and the hyperparameters by name, its outputs the
    step, the new states, and what the states begin with. Program and functions are compared on a random batch.

    Args:
        thing: What to translate. Other settings than hyperparameters are constants of its program.

    Raises:
        Untranslatable: It does something that is no elementwise arithmetic; the message names class, file and line.

    >>> from rmsprop_lab.objectives import Bowl
    >>> print(trace(Bowl()).lines[0])
    Line(operation='multiply', operands=('x0', 'x0'))
    """
    raise TypeError(f"an objective or an optimizer, not {thing!r}")


@trace.register
def _(objective: Objective) -> Program:
    kind = type(objective).__name__
    if objective.noise_sigma != 0.0:
        raise Untranslatable(f"{kind}: noise is drawn for each iteration")
    if objective.dim > MOST_LINES:
        raise Untranslatable(f"{kind}: {objective.dim:,} coordinates, of at most {MOST_LINES:,}")
    tape, names = Tape(), [f"x{i}" for i in range(objective.dim)]

    def point() -> Any:
        return tape.symbols(names)

    values = _told(objective, lambda: listed(objective.value(point()), 1, "the value"))
    slopes = _told(objective, lambda: listed(objective.gradient(point()), objective.dim, "the gradient"))
    program = tape.program(names, values + slopes)

    def function(*coordinates: Array) -> list[Any]:
        batch = np.array(coordinates)
        return [objective.value(batch), *np.asarray(objective.gradient(batch))]

    low, high = objective.bounds.T
    rng = np.random.default_rng(0)
    points = low[:, np.newaxis] + (high - low)[:, np.newaxis] * rng.uniform(size=(objective.dim, _TRIED))
    return _checked(program, function, dict(zip(names, points, strict=True)), kind)


@trace.register
def _(optimizer: Optimizer) -> Program:
    kind = type(optimizer).__name__
    if not optimizer.elementwise:
        raise Untranslatable(f"{kind}: a rule that is not elementwise")
    tape, rule, parameters = Tape(), copy.copy(optimizer), list(intervals(type(optimizer)))
    for name in parameters:
        object.__setattr__(rule, name, Symbol(tape, name))
    begins = _told(optimizer, lambda: listed(list(rule.init()), len(optimizer.init()), "init"))
    states = [f"s{k}" for k in range(len(begins))]
    given: Any = tuple(Symbol(tape, name) for name in states)

    def step_and_states() -> list[Symbol | float]:
        step, news = rule.update(Symbol(tape, "g"), given)  # type: ignore[arg-type]
        return [*listed([step], 1, "the step"), *listed(list(news), len(states), "the state")]

    program = tape.program(["g", *states, *parameters], [*_told(optimizer, step_and_states), *begins])

    def function(gradient: Array, *given: Array) -> list[Any]:
        tried = copy.copy(optimizer)
        for name, value in zip(parameters, given[len(states) :], strict=True):
            object.__setattr__(tried, name, value)
        step, news = tried.update(gradient, given[: len(states)])
        return [step, *news, *tried.init()]

    rng = np.random.default_rng(0)
    inputs = {name: np.abs(rng.standard_normal(_TRIED)) for name in ("g", *states)}
    inputs["g"] = rng.standard_normal(_TRIED)
    inputs |= {name: np.resize(np.asarray(getattr(optimizer, name), np.float64), _TRIED) for name in parameters}
    return _checked(program, function, inputs, kind)


def _checked(program: Program, function: Callable[..., list[Any]], inputs: dict[str, Array], kind: str) -> Program:
    if not agrees(program, function, inputs):
        raise Untranslatable(
            f"{kind}: its program computes other numbers: it draws random ones, keeps some, or changes its arguments"
        )
    return program


def _told(thing: object, call: Callable[[], _T]) -> _T:
    """What `call` gives; what cannot be translated is told with class, file and line."""
    try:
        return call()
    except Exception as error:  # users' code, on what it does not expect
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if not frame.filename.startswith((_HERE, "<string>")) and "numpy" not in Path(frame.filename).parts
        ]
        message = str(error) if isinstance(error, Untranslatable) else raised(error)
        if isinstance(error, TypeError) and "'Symbol' object" in str(error):  # a `Symbol` with [] is a list to NumPy
            message = MIXES
        where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno}: {frames[-1].line})" if frames else ""
        raise Untranslatable(f"{type(thing).__name__}: {message}{where}") from error
