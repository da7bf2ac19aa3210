"""The only loop over iterations: `descend`, in plain NumPy or compiled by numba, and the `Trace` that it returns."""

from rmsprop_lab.descent.compiled import is_exact
from rmsprop_lab.descent.engines import Engine, check_engine, descend, pays_to_compile, segments
from rmsprop_lab.descent.trace import Trace

__all__ = ["Engine", "Trace", "check_engine", "descend", "is_exact", "pays_to_compile", "segments"]
