"""Programs as Python, for numba."""

from collections.abc import Mapping

from rmsprop_lab.translate.operations import OPERATIONS
from rmsprop_lab.translate.program import Operand, Program


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

    def text(operand: Operand) -> str:
        if isinstance(operand, str):
            return inputs.get(operand, operand)
        return f"{prefix}{operand}" if isinstance(operand, int) else number(operand)

    lines = [
        f"{prefix}{i} = {OPERATIONS[line.operation].python.format(*map(text, line.operands))}"
        for i, line in enumerate(program.lines)
    ]
    return lines, [text(output) for output in program.outputs]


def number(value: float) -> str:
    """A double as Python text that reads back as the same."""
    if value != value or value in (float("inf"), -float("inf")):
        return f"np.{'nan' if value != value else 'inf'}" if not value < 0 else "(-np.inf)"
    return f"({value!r})" if repr(value).startswith("-") else repr(value)
