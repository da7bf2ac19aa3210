"""The loops that numba compiles, once for every pair of an objective and an optimizer.

`compiled.py` executes this file for a pair, with the functions of that pair in the places below, so this text is
only a pattern: nothing imports it. `x` and the states of `width` runs at a time stay in the cache. `initial`,
`(n_states, 1, B)`, is what the states start from; with a row per coordinate it is also where they are left.
"""

from typing import Any

import numpy as np

from rmsprop_lab.base import Array

STRIDE = 16  # iterations between two looks at whether all is finite
INNER = (
    *("record_planar", "step_planar", "follow_planar", "states_of", "descend_unseen"),
    *("step_any_dim", "record_any_dim", "follow_any_dim", "finish_any_dim"),
)
"""The functions that the two loops are made of. Numba puts their code into the loops: see `loading._inlined`."""


def _place(*arguments: Any) -> Any:
    raise AssertionError("compiled.py puts a function of the pair here")


value = gradient = update = _place  # the pair's own, compiled
objective_of = _place  # fields -> what stands for `self` in the objective's functions
optimizer_of = _place  # hyperparameters (k, w), other fields, run -> the same for the optimizer's
state_of = _place  # states (n, w), column -> tuple of numbers
keep = _place  # states (n, w), column, such a tuple: writes it back


def move(rule: Any, slope: float, states: Array, x: Array, j: int) -> None:
    """One step of one coordinate of one run."""
    step, state = update(rule, slope, state_of(states, j))
    keep(states, j, state)
    x[j] -= step


def planar(
    objective_fields: Any,
    optimizer_fields: Any,
    hyperparameters: Array,
    initial: Array,
    starts: Array,
    n_iter: int,
    width: int,
    traced: bool,
    points: Array,
    values: Array,
    norms: Array,
    first_bad: Any,
) -> None:
    """Objectives of two coordinates, written on `x, y = point`: fused into the loop over runs, number by number."""
    objective = objective_of(objective_fields)
    for low in range(0, starts.shape[1], width):
        high = min(low + width, starts.shape[1])
        block = slice(low, high)
        rules = hyperparameters[:, block].copy()
        x, y = starts[0, block].copy(), starts[1, block].copy()
        states_x, states_y = initial[:, 0, block].copy(), initial[:, -1, block].copy()
        slopes_x, slopes_y = np.empty(high - low), np.empty(high - low)
        mark, good = np.zeros(high - low), np.zeros(high - low)
        for i in range(n_iter + 1):
            if traced or i == n_iter:
                row = i if traced else 0
                kept = points[row, 0, block], points[row, 1, block], values[row, block], norms[row, block]
                record_planar(objective, x, y, slopes_x, slopes_y, mark, good, kept)
            else:
                step_planar(objective, optimizer_fields, rules, states_x, states_y, x, y, mark, good)
            if traced and i < n_iter:
                follow_planar(optimizer_fields, rules, slopes_x, slopes_y, states_x, states_y, x, y)
        for j in range(high - low):
            first_bad[low + j] = -1 if mark[j] == 0.0 else int(good[j])
        if initial.shape[1] == 2:
            initial[:, 0, block], initial[:, 1, block] = states_x, states_y


def record_planar(
    objective: Any, x: Array, y: Array, slopes_x: Array, slopes_y: Array, mark: Array, good: Array, kept: Any
) -> None:
    """Writes down where the runs are, as `kept` rows, and leaves their slopes for the step that follows."""
    points_x, points_y, values, norms = kept
    for j in range(len(x)):
        a, b = gradient(objective, (x[j], y[j]))
        f = value(objective, (x[j], y[j]))
        square = a * a + b * b
        slopes_x[j], slopes_y[j] = a, b
        points_x[j], points_y[j] = x[j], y[j]
        values[j] = f
        norms[j] = np.sqrt(square)
        # 0, or NaN from the first number on that is not finite
        mark[j] += (f - f) + (square - square) + (x[j] - x[j]) + (y[j] - y[j])
        good[j] += 1.0 if mark[j] == 0.0 else 0.0


def step_planar(
    objective: Any,
    optimizer_fields: Any,
    rules: Array,
    states_x: Array,
    states_y: Array,
    x: Array,
    y: Array,
    mark: Array,
    good: Array,
) -> None:
    """One iteration of which nothing is kept: gradient and step in one pass."""
    for j in range(len(x)):
        a, b = gradient(objective, (x[j], y[j]))
        square = a * a + b * b
        mark[j] += (square - square) + (x[j] - x[j]) + (y[j] - y[j])
        good[j] += 1.0 if mark[j] == 0.0 else 0.0
        rule = optimizer_of(rules, optimizer_fields, j)
        move(rule, a, states_x, x, j)
        move(rule, b, states_y, y, j)


def follow_planar(
    optimizer_fields: Any,
    rules: Array,
    slopes_x: Array,
    slopes_y: Array,
    states_x: Array,
    states_y: Array,
    x: Array,
    y: Array,
) -> None:
    """The step after an iteration that was written down."""
    for j in range(len(x)):
        rule = optimizer_of(rules, optimizer_fields, j)
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
    traced: bool,
    points: Array,
    values: Array,
    norms: Array,
    first_bad: Any,
) -> None:
    """Objectives written on arrays: they see a block of runs at a time, the optimizer number by number."""
    objective = objective_of(objective_fields)
    dim, n_runs = starts.shape
    recorded = 0 if traced else n_iter
    for low in range(0, n_runs, width):
        high = min(low + width, n_runs)
        block = slice(low, high)
        w = high - low
        rules = hyperparameters[:, block].copy()
        x = starts[:, block].copy()
        states = states_of(initial[:, :, block], dim)
        first = first_bad[block]
        first[:] = -1
        descend_unseen(objective, optimizer_fields, rules, states, x, recorded, first)
        mark, good, squares = np.zeros(w), np.zeros(w), np.empty(w)
        for i in range(recorded, n_iter + 1):
            slopes = gradient(objective, x)
            record_any_dim(objective, x, points[i - recorded, :, block], values[i - recorded, block], mark)
            follow_any_dim(optimizer_fields, rules, slopes, states, x, squares, mark, i < n_iter)
            finish_any_dim(squares, norms[i - recorded, block], mark, good)
        for j in range(w):
            if first[j] < 0 and mark[j] != 0.0:
                first[j] = recorded + int(good[j])
        if initial.shape[1] == dim:
            for c in range(dim):
                initial[:, c, block] = states[:, c * w : (c + 1) * w]


def states_of(initial: Array, dim: int) -> Array:
    """The states of a block of w runs, `(n_states, dim * w)`, from what they start from, `(n_states, 1 or dim, w)`."""
    n_states, given, w = initial.shape
    states = np.empty((n_states, dim * w))
    for k in range(n_states):
        for c in range(dim):
            states[k, c * w : (c + 1) * w] = initial[k, min(c, given - 1)]
    return states


def descend_unseen(
    objective: Any, optimizer_fields: Any, rules: Array, states: Array, x: Array, n_iter: int, first: Any
) -> None:
    """Iterations of which nothing is kept.

    Whether all is finite is asked of the sum over a few iterations; where it may not be, these are taken again, one by
    one, to find the `first` bad one.
    """
    seen, x_before, states_before = np.empty(x.shape[1]), np.empty_like(x), np.empty_like(states)
    i, closer_until = 0, 0
    while i < n_iter:
        count = 1 if i < closer_until else min(STRIDE, n_iter - i)
        x_before[:], states_before[:] = x, states
        seen[:] = 0.0
        for _ in range(count):
            step_any_dim(objective, optimizer_fields, rules, states, x, seen)
        wrong = 0
        for j in range(len(seen)):
            if first[j] < 0 and seen[j] - seen[j] != 0.0:
                wrong += 1
        if wrong > 0 and count > 1:
            x[:], states[:] = x_before, states_before
            closer_until = i + count
            continue
        if wrong > 0:
            for j in range(len(seen)):
                if first[j] < 0 and seen[j] - seen[j] != 0.0:
                    first[j] = i
        i += count


def step_any_dim(objective: Any, optimizer_fields: Any, rules: Array, states: Array, x: Array, seen: Array) -> None:
    """One iteration of which nothing is kept; `seen` adds what is NaN or infinite once something is not finite."""
    w = x.shape[1]
    slopes = gradient(objective, x)
    for c in range(len(x)):
        x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
        for j in range(w):
            # a point that is not finite makes the sum NaN
            seen[j] += slopes_c[j] * slopes_c[j] + (x_c[j] - x_c[j])
            rule = optimizer_of(rules, optimizer_fields, j)
            move(rule, slopes_c[j], states_c, x_c, j)


def record_any_dim(objective: Any, x: Array, points: Array, values: Array, mark: Array) -> None:
    """Writes down where the runs are, and the values there."""
    f = value(objective, x)
    points[:] = x
    for j in range(len(mark)):
        values[j] = f[j]
        mark[j] += f[j] - f[j]


def follow_any_dim(
    optimizer_fields: Any,
    rules: Array,
    slopes: Array,
    states: Array,
    x: Array,
    squares: Array,
    mark: Array,
    moves: bool,
) -> None:
    """Sums the `squares` of the slopes, and takes the step after an iteration that was written down."""
    w = x.shape[1]
    squares[:] = 0.0
    for c in range(len(x)):
        x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
        if moves:
            for j in range(w):
                squares[j] += slopes_c[j] * slopes_c[j]
                mark[j] += x_c[j] - x_c[j]
                rule = optimizer_of(rules, optimizer_fields, j)
                move(rule, slopes_c[j], states_c, x_c, j)
        else:
            for j in range(w):
                squares[j] += slopes_c[j] * slopes_c[j]
                mark[j] += x_c[j] - x_c[j]


def finish_any_dim(squares: Array, norms: Array, mark: Array, good: Array) -> None:
    """Writes down the norms of the gradients; `good` counts the iterations in which all was finite."""
    for j in range(len(squares)):
        norms[j] = np.sqrt(squares[j])
        mark[j] += squares[j] - squares[j]
        good[j] += 1.0 if mark[j] == 0.0 else 0.0
