"""What the wrappers share."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Wrapper(Objective):
    """An objective made from another one, `objective`, whose `dim` it has.

    `bounds`, by keyword, replaces the bounds that follow from the inner objective's.

    Raises `InputError` for an `objective` that is none.
    """

    dim: int = field(init=False, repr=False)
    bounds: Bounds = field(default=None, kw_only=True)
    objective: Objective

    def __post_init__(self) -> None:
        if not isinstance(self.objective, Objective):
            raise InputError("objective", "an objective", self.objective)
        object.__setattr__(self, "dim", self.objective.dim)
        if self.bounds is None:
            object.__setattr__(self, "bounds", self._bounds())
        super().__post_init__()

    def _bounds(self) -> Array:
        """The bounds that follow from the inner objective's, `(d, 2)`."""
        inner: Array = self.objective.bounds
        return inner

    @property
    def minimum(self) -> float | None:
        return self.objective.minimum

    @property
    def evaluations_per_gradient(self) -> int:
        return self.objective.evaluations_per_gradient

    @property
    def noise_sigma(self) -> float:
        return self.objective.noise_sigma

    @property
    def noise_seed(self) -> int:
        return self.objective.noise_seed


def per_dimension(value: Any, name: str, dim: int) -> Array:
    """A number, or one per dimension, as `(d,)`; raises `InputError` below `name` for anything else."""
    expected = f"a finite number, or {dim} of them, one per dimension"
    if isinstance(value, bool | str) or value is None:
        raise InputError(name, expected, value)
    try:
        numbers = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(name, expected, value) from None
    if numbers.shape not in {(), (dim,)} or not np.isfinite(numbers).all():
        raise InputError(name, expected, value)
    return np.broadcast_to(numbers, (dim,))


def positive(value: Any, name: str) -> float:
    """`value` as a float; raises `InputError` below `name` unless it is finite and > 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < np.inf:
        raise InputError(name, "a finite number > 0", value)
    return float(value)
