"""Finds objectives and optimizers that give two answers to one question: their runs cannot be compared."""

import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np

from rmsprop_lab.base import Array, Objective, Optimizer, given_fields
from rmsprop_lab.errors import Found, InputError, raised
from rmsprop_lab.plan.answers import Answer, objective_answers, steps
from rmsprop_lab.plan.probes import probes
from rmsprop_lab.plan.source import is_all_ours

_Part = TypeVar("_Part", Objective, Optimizer)


def check_objective_repeats(objective: Objective, points: Array, key: str) -> None:
    """Asks an objective from outside rmsprop_lab again: after other questions, in another order, and made anew.

    Args:
        objective: The objective. What its code raises is an answer, too.
        points: Where to ask, `(d, S)`.
        key: The objective's key, for the error.

    Raises:
        InputError: An answer differs in any bit.
    """
    if is_all_ours(objective):
        return
    first = objective_answers(objective, points)
    objective_answers(objective, 0.75 * points[:, ::-1])
    for again in (objective_answers(objective, points, backwards=True), objective_answers(_anew(objective), points)):
        for name, answer in first.items():
            if not _same(answer, again[name]):
                found = f"{type(objective).__name__}, whose `{name}` gives two answers at the same points"
                raise _refused(key, "an objective", found)


def check_optimizer_repeats(optimizer: Optimizer, key: str) -> None:
    """Asks an optimizer from outside rmsprop_lab again: while another descent takes turns with it, and made anew.

    Args:
        optimizer: The optimizer. What its code raises is an answer, too.
        key: The optimizer's key, for the error.

    Raises:
        InputError: A step differs in any bit.
    """
    if is_all_ours(optimizer):
        return
    for one in (optimizer, *_made(probes(optimizer))):
        first = steps(one)
        if not all(_same(first, again) for again in (steps(one, beside_another=True), steps(_anew(one)))):
            found = f"{type(one).__name__}, which takes two different steps for the same gradients"
            raise _refused(key, "an optimizer", found)


def _refused(key: str, what: str, found: str) -> InputError:
    change = "Draw random numbers from a generator with a seed, and keep nothing between calls."
    return InputError(key, f"{what} that answers the same question the same way each time", Found(found), change)


def _made(given: Iterable[Optimizer | str]) -> list[Optimizer]:
    return [one for one in given if not isinstance(one, str)]


def _anew(part: _Part) -> _Part:
    """The part made once more from its fields, and so the objectives in them; itself if that fails."""
    inner: dict[str, Any] = {
        name: _anew(value) for name, value in given_fields(part).items() if isinstance(value, Objective)
    }
    try:
        return dataclasses.replace(part, **inner)
    except BaseException as error:  # user code may raise anything
        raised(error)
        return part


def _same(first: Answer, again: Answer) -> bool:
    if isinstance(first, str) or isinstance(again, str):
        return isinstance(first, str) and isinstance(again, str) and first == again
    return np.array_equal(first, again, equal_nan=True)
