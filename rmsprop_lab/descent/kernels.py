"""The loops over iterations that numba compiles, once for each pair of an objective and an optimizer.

Nothing imports this file: `loading.py` executes a copy of it for each pair, with the pair's functions in the places
below, and numba compiles `planar` or `any_dim`. Both compute B descents in blocks, so that the points and the states
of a block stay in the processor's caches. Their arguments are

- the fields of the objective, and those fields of the optimizer that all descents share, as tuples;
- `hyperparameters` `(k, B)`: the other fields of the optimizer;
- `initial` `(n_states, 1, B)`: the states before the first iteration; or `(n_states, d, B)`, where the states after
  the last iteration are written as well;
- `starts` `(d, B)`, the number of iterations, and `width`, the most descents in a block;
- `trace`: points, values, gradient norms and `first_bad` of a `Trace`, of all iterations or of the last one.

In the functions below them, `part` is the block's slice of the B descents, w their number, and `settings` the pair of
the block's hyperparameters `(k, w)` and the fields that all share. `seen` is a pair of `(w,)`: `mark` is 0 as long as
all numbers of a descent are finite, then NaN, since f - f is 0 or NaN; `good` counts the iterations with mark 0.
"""

from typing import Any

import numpy as np

from rmsprop_lab.base import Array

STRIDE = 16  # iterations, of those that are not recorded, from one look at `seen` to the next


def _place(*arguments: Any) -> Any:
    raise AssertionError("loading.py puts a function of the pair here")


value = gradient = update = _place  # the pair's own, compiled
objective_of = _place  # fields -> what stands for `self` in the objective's functions
optimizer_of = _place  # settings, column -> the same for the optimizer's
state_of = _place  # states (n, w), column -> tuple of n numbers
keep = _place  # states (n, w), column, tuple of n numbers: writes them into the column


def planar(
    objective_fields: Any,
    optimizer_fields: Any,
    hyperparameters: Array,
    initial: Array,
    starts: Array,
    n_iter: int,
    width: int,
    trace: Any,
) -> None:
    """Objectives of two coordinates, written on `x, y = point`: called with two numbers, for one descent at a time."""
    objective = objective_of(objective_fields)
    recorded_from = n_iter + 1 - len(trace[0])
    for low in range(0, starts.shape[1], width):
        part = slice(low, min(low + width, starts.shape[1]))
        settings = hyperparameters[:, part].copy(), optimizer_fields
        point = starts[0, part].copy(), starts[1, part].copy()
        states = initial[:, 0, part].copy(), initial[:, -1, part].copy()
        slopes = np.empty_like(point[0]), np.empty_like(point[0])
        seen = np.zeros_like(point[0]), np.zeros_like(point[0])
        for i in range(n_iter + 1):
            if i < recorded_from:
                planar_unrecorded(objective, settings, point, states, seen)
            else:
                planar_record(objective, point, slopes, seen, trace, i - recorded_from, part)
                if i < n_iter:
                    planar_step(settings, point, slopes, states)
        trace[3][part] = -1
        set_first_bad(trace[3][part], seen, 0)
        if initial.shape[1] == 2:
            initial[:, 0, part], initial[:, 1, part] = states


def planar_unrecorded(objective: Any, settings: Any, point: Any, states: Any, seen: Any) -> None:
    """An iteration of a block without a record of it: gradient and step."""
    (x, y), (states_x, states_y), (mark, good) = point, states, seen
    for j in range(len(x)):
        a, b = gradient(objective, (x[j], y[j]))
        square = a * a + b * b
        mark[j] += (square - square) + (x[j] - x[j]) + (y[j] - y[j])
        good[j] += 1.0 if mark[j] == 0.0 else 0.0
        rule = optimizer_of(settings, j)
        move(rule, a, states_x, x, j)
        move(rule, b, states_y, y, j)


def planar_record(objective: Any, point: Any, slopes: Any, seen: Any, trace: Any, row: int, part: slice) -> None:
    """Writes a block's points, values and gradient norms into a row of the trace, its gradients into `slopes`."""
    (x, y), (slopes_x, slopes_y), (mark, good) = point, slopes, seen
    points_x, points_y = trace[0][row, 0, part], trace[0][row, 1, part]
    values, norms = trace[1][row, part], trace[2][row, part]
    for j in range(len(x)):
        a, b = gradient(objective, (x[j], y[j]))
        f = value(objective, (x[j], y[j]))
        square = a * a + b * b
        slopes_x[j], slopes_y[j] = a, b
        points_x[j], points_y[j] = x[j], y[j]
        values[j] = f
        norms[j] = np.sqrt(square)
        mark[j] += (f - f) + (square - square) + (x[j] - x[j]) + (y[j] - y[j])
        good[j] += 1.0 if mark[j] == 0.0 else 0.0


def planar_step(settings: Any, point: Any, slopes: Any, states: Any) -> None:
    """The step of a block whose gradients are known."""
    (x, y), (slopes_x, slopes_y), (states_x, states_y) = point, slopes, states
    for j in range(len(x)):
        rule = optimizer_of(settings, j)
        move(rule, slopes_x[j], states_x, x, j)
        move(rule, slopes_y[j], states_y, y, j)


def any_dim(
    objective_fields: Any,
    optimizer_fields: Any,
    hyperparameters: Array,
    initial: Array,
    starts: Array,
    n_iter: int,
    width: int,
    trace: Any,
) -> None:
    """Objectives written on arrays: called with the points `(d, w)` of a block."""
    objective = objective_of(objective_fields)
    n_rows = len(trace[0])
    for low in range(0, starts.shape[1], width):
        part = slice(low, min(low + width, starts.shape[1]))
        settings = hyperparameters[:, part].copy(), optimizer_fields
        x = starts[:, part].copy()
        states = states_of_block(initial[:, :, part], len(x))
        trace[3][part] = -1
        block_unrecorded(objective, settings, x, states, n_iter + 1 - n_rows, trace[3][part])
        squares, seen = np.empty_like(x[0]), (np.zeros_like(x[0]), np.zeros_like(x[0]))
        for row in range(n_rows):
            slopes, f = gradient(objective, x), value(objective, x)
            trace[0][row, :, part] = x
            squares[:] = 0.0
            square_and_step(settings, x, slopes, states, squares, seen[0], row < n_rows - 1)
            record(f, squares, seen, trace[1][row, part], trace[2][row, part])
        set_first_bad(trace[3][part], seen, n_iter + 1 - n_rows)
        if initial.shape[1] == len(x):
            for c in range(len(x)):
                initial[:, c, part] = states[:, c * x.shape[1] : (c + 1) * x.shape[1]]


def states_of_block(initial: Array, dim: int) -> Array:
    """The states `(n_states, 1 or d, w)` as `(n_states, d * w)`, one coordinate after the other."""
    n_states, n_given, w = initial.shape
    states = np.empty((n_states, dim * w))
    for c in range(dim):
        states[:, c * w : (c + 1) * w] = initial[:, min(c, n_given - 1)]
    return states


def block_unrecorded(objective: Any, settings: Any, x: Array, states: Array, count: int, first: Any) -> None:
    """`count` iterations of a block without a record of them; `first` `(w,)` becomes its `first_bad`.

    A sum over STRIDE iterations shows whether all was finite. Where it was not, the block goes back and takes these
    iterations one by one, to find the first that was bad.
    """
    sums, x_before, states_before = np.empty_like(x[0]), np.empty_like(x), np.empty_like(states)
    i, singly_until = 0, 0
    while i < count:
        stride = 1 if i < singly_until else min(STRIDE, count - i)
        x_before[:], states_before[:] = x, states
        sums[:] = 0.0
        for _ in range(stride):
            step(settings, x, gradient(objective, x), states, sums)
        n_new = 0
        for j in range(len(first)):
            if first[j] < 0 and sums[j] - sums[j] != 0.0:
                n_new += 1
        if n_new > 0 and stride > 1:
            x[:], states[:] = x_before, states_before
            singly_until = i + stride
            continue
        if n_new > 0:
            for j in range(len(first)):
                if first[j] < 0 and sums[j] - sums[j] != 0.0:
                    first[j] = i
        i += stride


def step(settings: Any, x: Array, slopes: Array, states: Array, sums: Array) -> None:
    """The step of a block; what it adds to `sums` `(w,)` is finite if the point and the gradient norm are."""
    w = x.shape[1]
    for c in range(len(x)):
        x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
        for j in range(w):
            sums[j] += slopes_c[j] * slopes_c[j] + (x_c[j] - x_c[j])
            rule = optimizer_of(settings, j)
            move(rule, slopes_c[j], states_c, x_c, j)


def square_and_step(
    settings: Any, x: Array, slopes: Array, states: Array, squares: Array, mark: Array, moving: bool
) -> None:
    """Adds up the squares of a block's gradients and, if `moving`, takes its step in the same pass over the memory."""
    w = x.shape[1]
    for c in range(len(x)):
        x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
        if moving:
            for j in range(w):
                squares[j] += slopes_c[j] * slopes_c[j]
                mark[j] += x_c[j] - x_c[j]
                rule = optimizer_of(settings, j)
                move(rule, slopes_c[j], states_c, x_c, j)
        else:
            for j in range(w):
                squares[j] += slopes_c[j] * slopes_c[j]
                mark[j] += x_c[j] - x_c[j]


def record(f: Array, squares: Array, seen: Any, values: Array, norms: Array) -> None:
    """Writes a block's values and gradient norms into a row of the trace."""
    mark, good = seen
    for j in range(len(squares)):
        values[j] = f[j]
        norms[j] = np.sqrt(squares[j])
        mark[j] += (f[j] - f[j]) + (squares[j] - squares[j])
        good[j] += 1.0 if mark[j] == 0.0 else 0.0


def set_first_bad(first: Any, seen: Any, before: int) -> None:
    """Sets `first` `(w,)` of the descents that have no bad iteration yet; `before`: the iterations before `seen`."""
    mark, good = seen
    for j in range(len(first)):
        if first[j] < 0 and mark[j] != 0.0:
            first[j] = before + int(good[j])


def move(rule: Any, slope: float, states: Array, x: Array, j: int) -> None:
    """One step of one coordinate of one descent."""
    delta, state = update(rule, slope, state_of(states, j))
    keep(states, j, state)
    x[j] -= delta
