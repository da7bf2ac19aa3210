"""The loop over iterations of a pair as Python source for numba, with the programs of both written out in it.

B descents are computed in tiles of TILE, all of whose numbers lie in one array, which stays in the processor's caches:
a row for each coordinate, state and hyperparameter. So every loop over a tile has a known length and a single array,
which is what LLVM needs to vectorise it. The arguments of the loop `run` are

- `constants`: the long numbers of the objective's program, then of the optimizer's;
- `hyperparameters` `(k, B)`, in the order of the optimizer's program;
- `initial` `(n_states, 1, B)`: the states before the first iteration; or `(n_states, d, B)`, where the states after
  the last iteration are written as well;
- `starts` `(d, B)`, and the number of iterations;
- points, values, gradient norms and `first_bad` of a `Trace`, of all iterations or of the last one.

`mark` is 0 as long as all numbers of a descent are finite, then NaN, since f - f is 0 or NaN; `good` counts the
iterations with mark 0.
"""

import functools
from collections.abc import Mapping, Sequence

from rmsprop_lab.translate import Program, lifted, to_python

_FUSED = 500  # operations of an iteration above which the step is a loop of its own: LLVM takes long for long loops
_DIRECT = 3  # coordinates that are written into the trace as they are computed; of more arrays LLVM vectorises nothing

_LOOP = """\
import numpy as np

DIM, N_STATES, N_HYPERPARAMETERS = {sizes}
TILE = 128
STRIDE = 136  # from row to row: rows that lie 4,096 bytes apart would be in each other's way in the cache
SLOPES = DIM * (1 + N_STATES) * STRIDE
SETTINGS = SLOPES + DIM * STRIDE
MARK = SETTINGS + N_HYPERPARAMETERS * STRIDE
GOOD, VALUE, NORM = MARK + STRIDE, MARK + 2 * STRIDE, MARK + 3 * STRIDE


def run(constants, hyperparameters, initial, starts, n_iter, points, values, norms, first_bad):
    {constants}
    work = np.empty(NORM + STRIDE)
    spare = np.empty((DIM + 2, TILE))
    first_row = n_iter + 1 - len(points)
    for low in range(0, starts.shape[1], TILE):
        width = min(TILE, starts.shape[1] - low)
        whole, part = slice(low, low + TILE), slice(low, low + width)
        for j in range(TILE):
            m = low + min(j, width - 1)  # the last tile is filled up with the last descent
            for c in range(DIM):
                work[c * STRIDE + j] = starts[c, m]
                for k in range(N_STATES):
                    work[((1 + k) * DIM + c) * STRIDE + j] = initial[k, min(c, initial.shape[1] - 1), m]
            for k in range(N_HYPERPARAMETERS):
                work[SETTINGS + k * STRIDE + j] = hyperparameters[k, m]
            work[MARK + j] = work[GOOD + j] = 0.0
        for i in range(n_iter + 1):
            if i == n_iter and initial.shape[1] == DIM:
                for k in range(N_STATES):
                    for c in range(DIM):
                        for j in range(width):
                            initial[k, c, low + j] = work[((1 + k) * DIM + c) * STRIDE + j]
            if i < first_row:
                for j in range(TILE):
                    {unrecorded}
            else:
                row = i - first_row
                {before}
                for j in range(TILE):
                    {recorded}
                {after}
            {step}
        for j in range(width):
            first_bad[low + j] = int(work[GOOD + j]) if work[MARK + j] != 0.0 else -1
"""

_DIRECTLY = """\
is_whole = width == TILE  # the last tile has no room in the trace for what fills it up
to_values = values[row, whole] if is_whole else spare[DIM]
to_norms = norms[row, whole] if is_whole else spare[DIM + 1]
"""
_WHAT_IS_SPARE = """\
if not is_whole:
    for j in range(width):
        values[row, low + j], norms[row, low + j] = to_values[j], to_norms[j]
        for c in range(DIM):
            points[row, c, low + j] = spare[c, j]
"""
_COPY_POINTS = """\
for c in range(DIM):
    to_points = points[row, c, part]
    for j in range(width):
        to_points[j] = work[c * STRIDE + j]
"""
_COPY_VALUES = """\
to_values, to_norms = values[row, part], norms[row, part]
for j in range(width):
    to_values[j] = work[VALUE + j]
for j in range(width):
    to_norms[j] = work[NORM + j]
"""


@functools.lru_cache(maxsize=64)
def kernel_source(objective: Program, optimizer: Program) -> tuple[str, tuple[float, ...]]:
    """The source of the loop of a pair, and its constants: pairs that differ in them alone have one source.

    Args:
        objective: The program of the objective.
        optimizer: The program of the optimizer.
    """
    pair = _Pair(objective, optimizer)
    return pair.source(), tuple(pair.constants)


class _Pair:
    def __init__(self, objective: Program, optimizer: Program) -> None:
        self._dim, self._n_states = len(objective.inputs), optimizer.n_states
        self._objective, ours = lifted(objective, "o")
        self._update, theirs = lifted(optimizer.only(optimizer.outputs[: 1 + self._n_states]), "r")
        self.constants = ours + theirs
        self._names = [f"o{k}" for k in range(len(ours))] + [f"r{k}" for k in range(len(theirs))]
        self._hyperparameters = optimizer.inputs[1 + self._n_states :]
        self._is_fused = len(objective.lines) + self._dim * len(self._update.lines) <= _FUSED
        self._is_direct = self._dim <= _DIRECT

    def source(self) -> str:
        blocks = {
            "constants": [f"{name} = constants[{k}]" for k, name in enumerate(self._names)],
            "unrecorded": self._iteration(is_recorded=False),
            "recorded": self._iteration(is_recorded=True),
            "before": self._before(),
            "after": (_WHAT_IS_SPARE if self._is_direct else _COPY_VALUES).splitlines(),
            "step": [] if self._is_fused else self._step_of_all(),
        }
        sizes = f"{self._dim}, {self._n_states}, {len(self._hyperparameters)}"
        return _filled(_LOOP.replace("{sizes}", sizes), blocks)

    def _before(self) -> list[str]:
        if not self._is_direct:
            return _COPY_POINTS.splitlines()
        rows = [f"to_x{c} = points[row, {c}, whole] if is_whole else spare[{c}]" for c in range(self._dim)]
        return _DIRECTLY.splitlines() + rows

    def _iteration(self, is_recorded: bool) -> list[str]:
        """Gradient and checks of descent j, its value if it is recorded, and its step."""
        value, *slopes = self._objective.outputs
        outputs = (value, *slopes) if is_recorded else tuple(slopes)
        lines, results = to_python(self._objective.only(outputs))
        slopes_here, coordinates = results[-self._dim :], range(self._dim)
        checked = ["square", *(f"x{c}" for c in coordinates), *results[: -self._dim]]
        steps = [line for c in coordinates for line in self._step(c, slopes_here[c])]
        kept = [f"work[SLOPES + {c} * STRIDE + j] = {slopes_here[c]}" for c in coordinates]
        return [
            *(f"x{c} = work[{c} * STRIDE + j]" for c in coordinates),
            *lines,
            f"square = {' + '.join(f'{slope} * {slope}' for slope in slopes_here)}",
            f"mark = work[MARK + j] + {' + '.join(f'({number} - {number})' for number in checked)}",
            "work[MARK + j] = mark",
            "work[GOOD + j] += 1.0 if mark == 0.0 else 0.0",
            *(self._record(results[0]) if is_recorded else []),
            *([*self._settings(), *steps] if self._is_fused else kept),
        ]

    def _record(self, value: str) -> list[str]:
        if not self._is_direct:
            return [f"work[VALUE + j] = {value}", "work[NORM + j] = np.sqrt(square)"]
        points = [f"to_x{c}[j] = x{c}" for c in range(self._dim)]
        return [f"to_values[j] = {value}", "to_norms[j] = np.sqrt(square)", *points]

    def _settings(self) -> list[str]:
        return [f"p{k} = work[SETTINGS + {k} * STRIDE + j]" for k in range(len(self._hyperparameters))]

    def _step(self, c: int | str, slope: str) -> list[str]:
        """The step of coordinate c of descent j."""
        states = [f"work[({1 + k} * DIM + {c}) * STRIDE + j]" for k in range(self._n_states)]
        inputs = {"g": slope, **{name: f"p{k}" for k, name in enumerate(self._hyperparameters)}}
        inputs |= {f"s{k}": f"s{k}_{c}" for k in range(self._n_states)}
        lines, (step, *news) = to_python(self._update, inputs, f"u{c}_")
        return [
            *(f"s{k}_{c} = {place}" for k, place in enumerate(states)),
            *lines,
            *(f"{place} = {new}" for place, new in zip(states, news, strict=True)),
            f"work[{c} * STRIDE + j] -= {step}",
        ]

    def _step_of_all(self) -> list[str]:
        step = ["slope = work[SLOPES + c * STRIDE + j]", *self._settings(), *self._step("c", "slope")]
        return ["for c in range(DIM):", "    for j in range(TILE):", *(f"        {line}" for line in step)]


def _filled(text: str, blocks: Mapping[str, Sequence[str]]) -> str:
    """The text with blocks of lines in place of the lines that have their name in braces."""
    lines = []
    for line in text.splitlines():
        name = line.strip().removeprefix("{").removesuffix("}")
        if line.strip() == f"{{{name}}}":
            lines += [line.replace(f"{{{name}}}", part) for part in blocks[name] or ["pass"]]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
