"""A straight-line program: lines of one operation each, without branches or loops."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rmsprop_lab.translate.operations import OPERATIONS

Operand: TypeAlias = int | str | float
"""The number of an earlier line, the name of an input, or a number."""


class Line(NamedTuple):
    """One operation, a key of `OPERATIONS`, on earlier lines, inputs and numbers."""

    operation: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """What a function computes, as operations on numbers. Two are equal if they are to the last bit: -0.0 is not 0.0.

    Attributes:
        inputs: The names of the numbers that it is given.
        lines: The operations, each after those that it uses.
        outputs: The results, in the order in which the function gives them.
    """

    inputs: tuple[str, ...]
    lines: tuple[Line, ...]
    outputs: tuple[Operand, ...]

    @cached_property
    def _text(self) -> str:
        return repr((self.inputs, self.lines, self.outputs))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Program) and self._text == other._text)

    def __hash__(self) -> int:
        return hash(self._text)

    @cached_property
    def exact(self) -> bool:
        """Whether every engine that rounds each operation once computes the same bits."""
        return not self.inexact

    @cached_property
    def inexact(self) -> tuple[str, ...]:
        """The operations that engines may round differently, such as `sin`."""
        used = {line.operation for line in self.lines}
        return tuple(sorted(name for name in used if not OPERATIONS[name].exact))

    @property
    def n_states(self) -> int:
        """Of an optimizer's program: the number of its states; the outputs are the step, the new and the first ones."""
        return (len(self.outputs) - 1) // 2

    def __call__(self, given: Mapping[str, Any]) -> list[Any]:
        """The results in NumPy, for numbers or arrays by the names of the inputs."""
        found: list[Any] = []

        def of(operand: Operand) -> Any:
            if isinstance(operand, str):
                return given[operand]
            return found[operand] if isinstance(operand, int) else operand

        with np.errstate(all="ignore"):
            for operation, operands in self.lines:
                found += [getattr(np, operation)(*map(of, operands))]
        return [of(operand) for operand in self.outputs]

    def only(self, outputs: tuple[Operand, ...]) -> "Program":
        """The program of some of the outputs, without the lines that none of them needs."""
        needed, waiting = set[int](), [operand for operand in outputs if isinstance(operand, int)]
        while waiting:
            number = waiting.pop()
            if number not in needed:
                needed.add(number)
                waiting += [operand for operand in self.lines[number].operands if isinstance(operand, int)]
        new = {old: position for position, old in enumerate(sorted(needed))}

        def renumbered(operand: Operand) -> Operand:
            return new[operand] if isinstance(operand, int) else operand

        lines = tuple(
            Line(self.lines[old].operation, tuple(map(renumbered, self.lines[old].operands))) for old in sorted(needed)
        )
        return Program(self.inputs, lines, tuple(map(renumbered, outputs)))
