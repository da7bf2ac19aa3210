"""Numbers to six significant digits, so that machines agree on them."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array

_DIGITS = 6
_SMALLEST = 9  # decimal places below the largest number of an array, from which on digits are rounding noise
_LOWEST_POWER = -300  # smaller powers of ten have fewer digits than a float
_NAN, _INFINITE = 1000, 1001  # in place of a power


def rounded_digest(numbers: Array) -> str:
    """SHA-256 of an array's shape and of its numbers to six significant digits.

    Each number x is written as m·10ᵏ with an integer m, |m| < 10⁶, where

        k = max(⌊log₁₀|x|⌋ - 5, ⌊log₁₀ max|x|⌋ - 9).

    So digits below 10⁻⁹ of the array's largest number do not count: there a sum that should be 0 differs between
    machines. -0 is 0, and NaN and the infinities are numbers of their own.

    >>> rounded_digest(np.array([1.0, 1e-17])) == rounded_digest(np.array([1.0 + 1e-12, -0.0]))
    True
    >>> rounded_digest(np.array([1.0])) == rounded_digest(np.array([1.0001]))
    False
    """
    exact = np.asarray(numbers, dtype=np.float64)
    finite = np.isfinite(exact)
    mantissas, powers = _decimal(np.where(finite, exact, 0.0).reshape(-1))
    flat = exact.reshape(-1)
    infinite = np.isinf(flat)
    powers[np.isnan(flat)] = _NAN
    powers[infinite] = _INFINITE
    mantissas[infinite] = np.sign(flat[infinite]).astype("<i8")
    return hashlib.sha256(repr(exact.shape).encode() + mantissas.tobytes() + powers.tobytes()).hexdigest()


def _decimal(numbers: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """m and k of finite numbers `(n,)`."""
    sizes = np.abs(numbers)
    largest = float(sizes.max(initial=0.0))
    floor = int(f"{largest:.{_DIGITS - 1}e}".partition("e")[2]) - _SMALLEST  # the same for 1 and for 1 - 1e-16
    # Two machines may differ in the logarithm of a power of ten: then m is 10⁶ on one and 10⁵ on the other.
    own = np.floor(np.log10(np.where(sizes > 0.0, sizes, 1.0))).astype("<i8") - (_DIGITS - 1)
    powers = np.maximum(np.maximum(own, floor), _LOWEST_POWER)
    units = {int(power): float(f"1e{power}") for power in np.unique(powers)}
    mantissas = np.rint(numbers / np.vectorize(units.__getitem__, otypes=[float])(powers)).astype("<i8")
    carried = np.abs(mantissas) == 10**_DIGITS
    mantissas[carried] //= 10
    powers[carried] += 1
    powers[mantissas == 0] = 0
    return mantissas, powers
