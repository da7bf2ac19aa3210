"""Programs as statements of a language."""

from collections.abc import Mapping
from typing import NamedTuple

from rmsprop_lab.translate.operations import OPERATIONS
from rmsprop_lab.translate.program import Operand, Program


class Language(NamedTuple):
    """How a language writes a line, and numbers that are none.

    Attributes:
        attribute: The field of `Operation` that has its operations.
        line: A statement, with name and expression in the braces.
        infinity: Infinity.
        nan: NaN.
    """

    attribute: str
    line: str
    infinity: str
    nan: str

    def write(self, program: Program, inputs: Mapping[str, str], prefix: str) -> tuple[list[str], list[str]]:
        """The statements of a program's lines, and the expressions of its outputs; see `to_python`."""

        def text(operand: Operand) -> str:
            if isinstance(operand, str):
                return inputs.get(operand, operand)
            return f"{prefix}{operand}" if isinstance(operand, int) else self.number(operand)

        lines = []
        for k, (operation, operands) in enumerate(program.lines):
            pattern: str = getattr(OPERATIONS[operation], self.attribute)
            lines.append(self.line.format(f"{prefix}{k}", pattern.format(*map(text, operands))))
        return lines, [text(output) for output in program.outputs]

    def number(self, value: float) -> str:
        """A double as text that reads back as the same."""
        if value != value:
            return self.nan
        text = self.infinity if abs(value) == float("inf") else repr(abs(value))
        return f"(-{text})" if str(value).startswith("-") else text
