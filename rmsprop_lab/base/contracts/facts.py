"""What a class states about itself, in class attributes and properties: each fact is read once and checked."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rmsprop_lab.base.checks import is_finite, real_array
from rmsprop_lab.base.objective import Objective
from rmsprop_lab.base.optimizer import Optimizer
from rmsprop_lab.errors import Found, InputError, raised

_Facts = dict[str, tuple[str, Callable[[Any], bool]]]
"""What is valid in words, and whether a value is, by the name of the fact."""

_CHANGES = {
    "bounds": "A __post_init__ must call super().__post_init__().",
    "minimizers": "For a function of two coordinates and no more, set planar = True in its class.",
}


def check_facts(part: Objective | Optimizer, key: str) -> None:
    """Checks what the class of an objective or optimizer states.

    Args:
        part: The objective or optimizer.
        key: Its key, for the error.

    Raises:
        InputError: A fact is not valid, or its property raises an error. The error's key is `<key>.<fact>`.
    """
    facts = _of_objective(part) if isinstance(part, Objective) else _OF_OPTIMIZER
    for name, (expected, is_valid) in facts.items():
        try:
            found = getattr(part, name)
        except BaseException as error:  # user code may raise anything
            raise InputError(f"{key}.{name}", expected, Found(raised(error))) from None
        if not is_valid(found):
            raise InputError(f"{key}.{name}", expected, found, _CHANGES.get(name, ""))


def _of_objective(objective: Objective) -> _Facts:
    dim = objective.dim
    drawn = min(dim, 2)
    return {
        "bounds": (f"an array ({dim}, 2) of finite numbers low < high", lambda found: _is_window(found, dim)),
        "minimum": ("a finite number, or None", lambda found: found is None or is_finite(found)),
        "minimizers": (
            f"minimizers of shape ({dim}, m), one per column, finite numbers; or None",
            lambda found: found is None or _are_columns(found, dim),
        ),
        "largest_term": ("a finite number >= 0", _is_size),
        "plot_window": (
            "a row (low, high) of finite numbers low < high for each of the first two axes; or None",
            lambda found: found is None or _is_window(found, 2) or _is_window(found, drawn),
        ),
        "noise_sigma": ("a finite number >= 0", _is_size),
        "noise_seed": ("an integer >= 0", lambda found: _is_integer(found, 0)),
        "evaluations_per_gradient": ("an integer >= 1", lambda found: _is_integer(found, 1)),
        "exact": ("True or False", _is_flag),
        "planar": ("True or False", _is_flag),
    }


def _is_flag(found: Any) -> bool:
    return isinstance(found, bool | np.bool_)


def _is_integer(found: Any, least: int) -> bool:
    return isinstance(found, int | np.integer) and not isinstance(found, bool) and bool(found >= least)


def _is_size(found: Any) -> bool:
    return is_finite(found) and bool(found >= 0)


def _are_columns(found: Any, dim: int) -> bool:
    array = real_array(found)
    return array is not None and array.ndim == 2 and len(array) == dim and array.size > 0 and _is_whole(array)


def _is_window(found: Any, rows: int) -> bool:
    array = real_array(found)
    return (
        array is not None and array.shape == (rows, 2) and _is_whole(array) and bool((array[:, 0] < array[:, 1]).all())
    )


def _is_whole(array: Any) -> bool:
    return bool(np.isfinite(array).all())


_OF_OPTIMIZER: _Facts = {"elementwise": ("True or False", _is_flag), "exact": ("True or False", _is_flag)}
