"""Numbers of a program that become inputs, so that objectives that differ in them alone share what is compiled."""

from rmsprop_lab.translate.program import Line, Operand, Program

_SHORT = 6  # characters: 2.0 or 1e-08 belongs to a formula, and may be written into what is compiled


def lifted(program: Program, prefix: str) -> tuple[Program, list[float]]:
    """The program with its long numbers as further inputs, and these numbers.

    Args:
        program: The program, say of an ellipsoid whose weights are a hundred numbers of 17 digits.
        prefix: The new inputs are this and a number, 0 and up, in the order of their first use.
    """
    names: dict[str, str] = {}
    numbers: list[float] = []

    def of(operand: Operand) -> Operand:
        if not isinstance(operand, float) or len(repr(operand)) <= _SHORT:
            return operand
        if operand.hex() not in names:
            names[operand.hex()] = f"{prefix}{len(numbers)}"
            numbers.append(operand)
        return names[operand.hex()]

    lines = tuple(Line(line.operation, tuple(map(of, line.operands))) for line in program.lines)
    outputs = tuple(map(of, program.outputs))
    return Program((*program.inputs, *names.values()), lines, outputs), numbers
