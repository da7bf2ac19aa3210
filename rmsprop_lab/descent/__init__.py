"""The descent: the only loop over iterations, in plain NumPy and compiled by numba."""

from rmsprop_lab.descent.engines import descend
from rmsprop_lab.descent.trace import Trace

__all__ = ["Trace", "descend"]
