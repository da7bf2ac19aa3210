"""Programs as JavaScript, for the report."""

from collections.abc import Mapping

from rmsprop_lab.translate.language import Language
from rmsprop_lab.translate.program import Program

_JAVASCRIPT = Language("javascript", "const {} = {};", infinity="Infinity", nan="NaN")

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
    return _JAVASCRIPT.write(program, inputs, prefix)


_DESCENT = """(p, start, n, points, values, norms) => {
BEGIN
let bad = -1;
for (let i = 0; ; i++) {
GRADIENT
if (points !== null || i === n) {
VALUE
if (points !== null) {
RECORD
}
}
if (check !== 0 && bad < 0) bad = i;
if (i === n) return [POINT, bad];
STEP
}
}"""


def descent(objective: Program, optimizer: Program) -> str:
    """A function expression that computes one descent of a pair, as `rmsprop_lab.descend` does.

    It takes the hyperparameters in the order of the optimizer's inputs, the d coordinates of the start, n_iter, and
    three arrays to fill, or null for none: points `((n_iter + 1) * d)`, iteration by iteration, values and gradient
    norms `(n_iter + 1)`. It gives the last point, d numbers, and the first bad iteration, -1 where all are finite.
    """
    coordinates, states = range(len(objective.inputs)), range(optimizer.n_states)
    named = {name: f"p{k}" for k, name in enumerate(optimizer.inputs[1 + len(states) :])}
    value, *slopes = objective.outputs
    gradient, slope = to_javascript(objective.only(tuple(slopes)), prefix="g")
    value_lines, (f,) = to_javascript(objective.only((value,)), prefix="f")
    begin, begins = to_javascript(optimizer.only(optimizer.outputs[1 + len(states) :]), named, "b")
    begin = [f"const {symbol} = p[{k}];" for k, symbol in enumerate(named.values())] + begin
    begin += [f"let x{c} = start[{c}];" for c in coordinates]
    begin += [f"let s{k}_{c} = {first};" for k, first in enumerate(begins) for c in coordinates]
    gradient += [f"const square = {' + '.join(f'{number} * {number}' for number in slope)};"]
    gradient += [f"let check = (square - square){''.join(f' + (x{c} - x{c})' for c in coordinates)};"]
    record = [f"points[i * {len(coordinates)} + {c}] = x{c};" for c in coordinates]
    update, steps, moves = optimizer.only(optimizer.outputs[: 1 + len(states)]), list[str](), list[str]()
    for c in coordinates:
        given = {"g": slope[c], **{f"s{k}": f"s{k}_{c}" for k in states}, **named}
        lines, (step, *news) = to_javascript(update, given, f"u{c}_")
        steps += lines
        moves += [f"x{c} = x{c} - {step};", *(f"s{k}_{c} = {new};" for k, new in enumerate(news))]
    blocks = {
        "BEGIN": begin,
        "GRADIENT": gradient,
        "VALUE": [*value_lines, f"check += {f} - {f};"],
        "RECORD": [*record, f"values[i] = {f};", "norms[i] = Math.sqrt(square);"],
        "STEP": [*steps, *moves],
    }
    lines = [part for line in _DESCENT.splitlines() for part in blocks.get(line, [line])]
    return "\n".join(lines).replace("POINT", ", ".join(f"x{c}" for c in coordinates))
