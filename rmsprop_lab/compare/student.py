"""Student's t: the mean of a few values, how sure it is, and whether it is 0."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array


@dataclass(frozen=True, eq=False)
class Student:
    """Means over the last axis of an array, with their standard errors.

    t = mean / error has Student's distribution with count - 1 degrees of freedom if the values are normal with mean 0
    (Student 1908, *The probable error of a mean*, Biometrika 6).

    Args:
        mean: The means, `(...)`; NaN without values.
        error: Their standard errors, s / √count, `(...)`; NaN for fewer than two values, 0 if all are equal.
        count: Numbers of values, `(...)`.
    """

    mean: Array
    error: Array
    count: NDArray[np.int64]

    @classmethod
    def of(cls, values: Array) -> "Student":
        """The means of values, `(..., n)` to `(...)`; NaN is a missing value.

        >>> t = Student.of(np.array([[1.0, 2.0, 3.0, np.nan], [5.0, 5.0, 5.0, 5.0]]))
        >>> t.mean.tolist(), t.error.round(3).tolist(), t.count.tolist()
        ([2.0, 5.0], [0.577, 0.0], [3, 4])
        """
        given = ~np.isnan(values)
        count = given.sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Squares of large values would overflow; equal values become 1 and have the error 0 to the last bit.
            scale = np.max(np.abs(values), axis=-1, where=given, initial=0.0)
            scaled = np.where(given, values / np.where(scale > 0, scale, 1.0)[..., None], 0.0)
            mean = scaled.sum(axis=-1) / np.where(count > 0, count, np.nan)
            squares = np.where(given, scaled - mean[..., None], 0.0) ** 2
            error = np.sqrt(squares.sum(axis=-1) / np.where(count > 1, count - 1, np.nan) / count)
        return cls(mean * scale, error * scale, count)

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """The ends of the confidence interval of each mean, mean ± t(level) error: two arrays `(...)`.

        Args:
            level: How often such an interval holds the true mean.

        >>> low, high = Student.of(np.array([1.0, 2.0, 3.0])).interval(0.95)
        >>> round(float(low), 3), round(float(high), 3)
        (-0.484, 4.484)
        """
        from scipy.special import stdtrit

        half = stdtrit(np.maximum(self.count - 1, 1), 0.5 + level / 2) * self.error
        return self.mean - half, self.mean + half

    @property
    def p_value(self) -> Array:
        """How probable a mean at least as far from 0 is if the true one is 0, `(...)`; NaN for fewer than two values.

        Of equal values it is 1 if they are 0, else 0.

        >>> Student.of(np.array([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0], [0.0, 0.0, 0.0]])).p_value.round(4).tolist()
        [0.0742, 0.0, 1.0]
        """
        from scipy.special import stdtr

        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where((self.mean == 0) & (self.error == 0), 0.0, np.abs(self.mean) / self.error)
        p_value: Array = 2 * stdtr(np.maximum(self.count - 1, 1), -t)
        return p_value
