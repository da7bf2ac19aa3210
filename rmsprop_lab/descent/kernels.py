"""The loops that numba compiles, once for every pair of an objective and an optimizer.

This file is a template: `loading.py` executes it for each pair, puts the pair's functions in the places of `_place`,
and compiles the result. Nothing imports it. `width` descents at a time are computed, so that their `x` and states stay
in the cache. `initial`, `(n_states, 1, B)`, has the initial states; if it is `(n_states, d, B)`, the final states are
written back to it.
"""

from typing import Any

import numpy as np

from rmsprop_lab.base import Array

STRIDE = 16  # iterations between two checks that all numbers are finite
INNER = (
    *("record_planar", "step_planar", "follow_planar", "descend_unseen"),
    *("step_any_dim", "record_any_dim", "follow_any_dim", "finish_any_dim"),
)
"""The functions that the two loops call. numba inlines them: see `loading._inlined`."""


def _place(*arguments: Any) -> Any:
    raise AssertionError("loading.py puts a function of the pair here")


value = gradient = update = _place  # the functions of the pair, compiled
objective_of = _place  # (fields) -> the named tuple that is `self` in `value` and `gradient`
optimizer_of = _place  # (hyperparameters (k, w), other fields, descent) -> the named tuple that is `self` in `update`
state_of = _place  # (states (n, w), column) -> the state of one number, a tuple
keep = _place  # (states (n, w), column, state): writes such a tuple back


def move(rule: Any, slope: float, states: Array, x: Array, j: int) -> None:
    """Takes one step of one coordinate of one descent."""
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
    """Computes descents of a planar objective (`x, y = point`), which is called with single numbers."""
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
    """Writes points, values and gradient norms to the rows `kept`, and the slopes for the step that follows."""
    points_x, points_y, values, norms = kept
    for j in range(len(x)):
        a, b = gradient(objective, (x[j], y[j]))
        f = value(objective, (x[j], y[j]))
        square = a * a + b * b
        slopes_x[j], slopes_y[j] = a, b
        points_x[j], points_y[j] = x[j], y[j]
        values[j] = f
        norms[j] = np.sqrt(square)
        # stays 0 until a number is not finite, and is NaN from then on
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
    """Computes an iteration that is not recorded: gradient and step in one pass."""
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
    """Takes the step after an iteration that was recorded."""
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
    """Computes descents of an objective of any dimension, which is called with blocks of descents, `(d, width)`."""
    objective = objective_of(objective_fields)
    dim, n_runs = starts.shape
    recorded = 0 if traced else n_iter
    for low in range(0, n_runs, width):
        high = min(low + width, n_runs)
        block = slice(low, high)
        w = high - low
        rules = hyperparameters[:, block].copy()
        x = starts[:, block].copy()
        states = np.empty((len(initial), dim * w))
        for k in range(len(initial)):
            for c in range(dim):
                states[k, c * w : (c + 1) * w] = initial[k, min(c, initial.shape[1] - 1), block]
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


def descend_unseen(
    objective: Any, optimizer_fields: Any, rules: Array, states: Array, x: Array, n_iter: int, first: Any
) -> None:
    """Computes iterations that are not recorded.

    A sum over STRIDE iterations tells whether all numbers were finite. If they may not have been, these iterations are
    computed again one by one, to find the `first` bad one.
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
    """Computes an iteration that is not recorded; `seen` becomes NaN or infinite once a number is not finite."""
    w = x.shape[1]
    slopes = gradient(objective, x)
    for c in range(len(x)):
        x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
        for j in range(w):
            # x - x is NaN if x is not finite
            seen[j] += slopes_c[j] * slopes_c[j] + (x_c[j] - x_c[j])
            rule = optimizer_of(rules, optimizer_fields, j)
            move(rule, slopes_c[j], states_c, x_c, j)


def record_any_dim(objective: Any, x: Array, points: Array, values: Array, mark: Array) -> None:
    """Writes points and values to the trace."""
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
    """Sums the `squares` of the slopes and, if `moves`, takes the step after an iteration that was recorded."""
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
    """Writes gradient norms to the trace; `good` counts the iterations in which all numbers were finite."""
    for j in range(len(squares)):
        norms[j] = np.sqrt(squares[j])
        mark[j] += squares[j] - squares[j]
        good[j] += 1.0 if mark[j] == 0.0 else 0.0
