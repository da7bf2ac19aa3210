"""The base class of the wrappers, and the checks of their arguments."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective
from rmsprop_lab.base.checks import real, real_array
from rmsprop_lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Wrapper(Objective):
    """Base class of objectives made from another one, which has the same `dim`, minimum and noise unless overridden.

    Args:
        objective: The inner objective.
        bounds: Where starts are drawn, by keyword; by default they follow from the inner objective's.

    Raises:
        InputError: `objective` is not an `Objective`.
    """

    dim: int = field(init=False, repr=False)
    bounds: Bounds = field(default=None, kw_only=True)
    objective: Objective

    def __post_init__(self) -> None:
        if not isinstance(self.objective, Objective):
            change = "Give an instance, such as Bowl(); in YAML, {_target_: rmsprop_lab.objectives.bowl.Bowl}."
            raise InputError("objective", "an objective", self.objective, change)
        object.__setattr__(self, "dim", self.objective.dim)
        if self.bounds is None:
            object.__setattr__(self, "bounds", self._bounds())
        super().__post_init__()

    def _bounds(self) -> Array:
        """The default bounds, `(d, 2)`; a wrapper that moves or scales points overrides it."""
        inner: Array = self.objective.bounds
        return inner

    @property
    def minimum(self) -> float | None:
        return self.objective.minimum

    @property
    def largest_term(self) -> float:
        return self.objective.largest_term

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
    """Spreads a number over the coordinates.

    Args:
        value: A finite number, or `dim` of them.
        name: Names the value in the error.
        dim: Number of coordinates d.

    Returns:
        The numbers, `(d,)`.

    Raises:
        InputError: `value` is anything else.

    >>> per_dimension(2, "shift", dim=3)
    array([2., 2., 2.])
    """
    expected = f"a finite number, or {dim} of them, one per coordinate"
    numbers = real_array(value)
    if numbers is None or numbers.shape not in {(), (dim,)} or not np.isfinite(numbers).all():
        raise InputError(name, expected, value)
    return np.broadcast_to(numbers, (dim,))


def positive(value: Any, name: str) -> float:
    """Returns `value` as a float.

    Args:
        value: A finite number > 0.
        name: Names the value in the error.

    Raises:
        InputError: `value` is anything else.
    """
    number = real(value, name, expected := "a finite number > 0")
    if number <= 0.0:
        raise InputError(name, expected, value)
    return number
