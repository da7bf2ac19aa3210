"""Programs as JavaScript, for the report."""

from collections.abc import Mapping

from rmsprop_lab.translate.operations import OPERATIONS
from rmsprop_lab.translate.program import Operand, Program

FUNCTIONS = """function sign(a) { return a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a; }
function logaddexp(a, b) {
  if (a === b) return a + Math.LN2;
  const d = a - b;
  return d > 0 ? a + Math.log1p(Math.exp(-d)) : d <= 0 ? b + Math.log1p(Math.exp(d)) : d;
}
"""
"""What programs call and JavaScript does not have: as NumPy computes it, with the sign of a zero being +."""


def to_javascript(program: Program, inputs: Mapping[str, str] = {}, prefix: str = "t") -> tuple[list[str], list[str]]:
    """A program as statements, one for each line, and the expressions of its outputs. Arguments as in `to_python`.

    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.translate import trace
    >>> to_javascript(trace(Bowl(dim=1)))
    (['const t0 = x0 * x0;', 'const t1 = 2.0 * x0;'], ['t0', 't1'])
    """

    def text(operand: Operand) -> str:
        if isinstance(operand, str):
            return inputs.get(operand, operand)
        return f"{prefix}{operand}" if isinstance(operand, int) else number(operand)

    lines = [
        f"const {prefix}{i} = {OPERATIONS[line.operation].javascript.format(*map(text, line.operands))};"
        for i, line in enumerate(program.lines)
    ]
    return lines, [text(output) for output in program.outputs]


def number(value: float) -> str:
    """A double as JavaScript text that reads back as the same."""
    if value != value:
        return "NaN"
    if value in (float("inf"), -float("inf")):
        return "Infinity" if value > 0 else "(-Infinity)"
    return f"({value!r})" if repr(value).startswith("-") else repr(value)


def descent(objective: Program, optimizer: Program) -> str:
    """A function expression that computes one descent of a pair, as `rmsprop_lab.descend` does.

    It takes the hyperparameters in the order of the optimizer's inputs, the d coordinates of the start, n_iter, and
    three arrays to fill, or null for none: points `((n_iter + 1) * d)`, iteration by iteration, values and gradient
    norms `(n_iter + 1)`. It gives the last point, d numbers, and the first bad iteration, -1 where all are finite.
    """
    dim, n_states = len(objective.inputs), _states_of(optimizer)
    parameters = optimizer.inputs[1 + n_states :]
    value, *slopes = objective.outputs
    gradient_lines, slope = to_javascript(objective.only(tuple(slopes)), prefix="g")
    value_lines, (f,) = to_javascript(objective.only((value,)), prefix="f")
    begin_lines, begins = to_javascript(
        optimizer.only(optimizer.outputs[1 + n_states :]), _named(parameters, "p_{}"), "b"
    )
    update = optimizer.only(optimizer.outputs[: 1 + n_states])
    steps, moves = list[str](), list[str]()
    for c in range(dim):
        inputs = {"g": slope[c], **{f"s{k}": f"s{k}_{c}" for k in range(n_states)}, **_named(parameters, "p_{}")}
        lines, (step, *states) = to_javascript(update, inputs, f"u{c}_")
        steps += lines
        moves += [f"x{c} = x{c} - {step};", *(f"s{k}_{c} = {state};" for k, state in enumerate(states))]
    return "\n".join(
        [
            "(p, start, n, points, values, norms) => {",
            *(f"const p_{name} = p[{i}];" for i, name in enumerate(parameters)),
            *begin_lines,
            *(f"let x{c} = start[{c}];" for c in range(dim)),
            *(f"let s{k}_{c} = {begin};" for k, begin in enumerate(begins) for c in range(dim)),
            "let bad = -1;",
            "for (let i = 0; ; i++) {",
            *gradient_lines,
            f"const square = {' + '.join(f'{name} * {name}' for name in slope)};",
            f"let check = (square - square){''.join(f' + (x{c} - x{c})' for c in range(dim))};",
            "if (points !== null || i === n) {",
            *value_lines,
            f"check += {f} - {f};",
            "if (points !== null) {",
            *(f"points[i * {dim} + {c}] = x{c};" for c in range(dim)),
            f"values[i] = {f};",
            "norms[i] = Math.sqrt(square);",
            "}",
            "}",
            "if (check !== 0 && bad < 0) bad = i;",
            "if (i === n) break;",
            *steps,
            *moves,
            "}",
            f"return [{', '.join(f'x{c}' for c in range(dim))}, bad];",
            "}",
        ]
    )


def _states_of(optimizer: Program) -> int:
    """The number of its states: an optimizer's outputs are the step, the new states and what they begin with."""
    return (len(optimizer.outputs) - 1) // 2


def _named(names: tuple[str, ...], pattern: str) -> dict[str, str]:
    return {name: pattern.format(name) for name in names}
