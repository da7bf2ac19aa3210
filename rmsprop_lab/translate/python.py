"""Programs as Python, for numba."""

from collections.abc import Mapping

from rmsprop_lab.translate.language import Language
from rmsprop_lab.translate.program import Program

_PYTHON = Language("python", "{} = {}", infinity="np.inf", nan="np.nan")


def to_python(program: Program, inputs: Mapping[str, str] = {}, prefix: str = "t") -> tuple[list[str], list[str]]:
    """A program as statements, one for each line, and the expressions of its outputs.

    Args:
        program: The program.
        inputs: What stands for inputs, by name; others stand for themselves.
        prefix: The names of the results of its lines are this and a number.

    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.translate import trace
    >>> to_python(trace(Bowl(dim=1)))
    (['t0 = x0 * x0', 't1 = 2.0 * x0'], ['t0', 't1'])
    """
    return _PYTHON.write(program, inputs, prefix)
