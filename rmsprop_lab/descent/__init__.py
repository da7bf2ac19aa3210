"""Runs the descents: the only loop over iterations, in plain NumPy and compiled by numba."""

from rmsprop_lab.descent.engines import Engine, check_engine, descend, pays_to_compile, segments
from rmsprop_lab.descent.trace import Trace

__all__ = ["Engine", "Trace", "check_engine", "descend", "pays_to_compile", "segments"]
