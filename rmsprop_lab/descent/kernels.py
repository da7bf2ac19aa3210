"""The loops that numba compiles, once for every pair of an objective and an optimizer.

`compiled.py` executes this file for a pair, with the functions of that pair in the places below, so this text is
only a pattern: nothing imports it. `x` and the states of `width` runs at a time stay in the cache. `initial`,
`(n_states, 1, B)`, is what the states start from; with a row per coordinate it is also where they are left.
"""

from typing import Any

import numpy as np

from rmsprop_lab.base import Array

STRIDE = 16  # iterations between two looks at whether all is finite


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
    n_runs = starts.shape[1]
    for low in range(0, n_runs, width):
        high = min(low + width, n_runs)
        w = high - low
        rules = hyperparameters[:, low:high].copy()
        x, y = starts[0, low:high].copy(), starts[1, low:high].copy()
        states_x, states_y = initial[:, 0, low:high].copy(), initial[:, -1, low:high].copy()
        slopes_x, slopes_y = np.empty(w), np.empty(w)
        mark, good = np.zeros(w), np.zeros(w)
        for i in range(n_iter + 1):
            if traced or i == n_iter:
                row = i if traced else 0
                points_x, points_y = points[row, 0, low:high], points[row, 1, low:high]
                values_row, norms_row = values[row, low:high], norms[row, low:high]
                for j in range(w):
                    a, b = gradient(objective, (x[j], y[j]))
                    f = value(objective, (x[j], y[j]))
                    square = a * a + b * b
                    slopes_x[j], slopes_y[j] = a, b
                    points_x[j], points_y[j] = x[j], y[j]
                    values_row[j] = f
                    norms_row[j] = np.sqrt(square)
                    # 0, or NaN from the first number on that is not finite
                    mark[j] += (f - f) + (square - square) + (x[j] - x[j]) + (y[j] - y[j])
                    good[j] += 1.0 if mark[j] == 0.0 else 0.0
            else:
                for j in range(w):
                    a, b = gradient(objective, (x[j], y[j]))
                    square = a * a + b * b
                    mark[j] += (square - square) + (x[j] - x[j]) + (y[j] - y[j])
                    good[j] += 1.0 if mark[j] == 0.0 else 0.0
                    rule = optimizer_of(rules, optimizer_fields, j)
                    move(rule, a, states_x, x, j)
                    move(rule, b, states_y, y, j)
            if traced and i < n_iter:
                for j in range(w):
                    rule = optimizer_of(rules, optimizer_fields, j)
                    move(rule, slopes_x[j], states_x, x, j)
                    move(rule, slopes_y[j], states_y, y, j)
        for j in range(w):
            first_bad[low + j] = -1 if mark[j] == 0.0 else int(good[j])
        if initial.shape[1] == 2:
            initial[:, 0, low:high], initial[:, 1, low:high] = states_x, states_y


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
    """Objectives written on arrays: they see a block of runs at a time, the optimizer number by number.

    Untraced, whether all is finite is asked of the sum over a few iterations; where it may not be, these are taken
    again, one by one.
    """
    objective = objective_of(objective_fields)
    dim, n_runs = starts.shape
    n_states = len(initial)
    recorded = 0 if traced else n_iter
    for low in range(0, n_runs, width):
        high = min(low + width, n_runs)
        w = high - low
        rules = hyperparameters[:, low:high].copy()
        x = starts[:, low:high].copy()
        states = np.empty((n_states, dim * w))
        for k in range(n_states):
            for c in range(dim):
                states[k, c * w : (c + 1) * w] = initial[k, min(c, initial.shape[1] - 1), low:high]
        first = first_bad[low:high]
        first[:] = -1
        seen, x_before, states_before = np.empty(w), np.empty_like(x), np.empty_like(states)
        i, closer_until = 0, 0
        while i < recorded:
            count = 1 if i < closer_until else min(STRIDE, recorded - i)
            x_before[:], states_before[:] = x, states
            seen[:] = 0.0
            for _ in range(count):
                slopes = gradient(objective, x)
                for c in range(dim):
                    x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
                    for j in range(w):
                        # a point that is not finite makes the sum NaN
                        seen[j] += slopes_c[j] * slopes_c[j] + (x_c[j] - x_c[j])
                        rule = optimizer_of(rules, optimizer_fields, j)
                        move(rule, slopes_c[j], states_c, x_c, j)
            wrong = 0
            for j in range(w):
                if first[j] < 0 and seen[j] - seen[j] != 0.0:
                    wrong += 1
            if wrong > 0 and count > 1:
                x[:], states[:] = x_before, states_before
                closer_until = i + count
                continue
            if wrong > 0:
                for j in range(w):
                    if first[j] < 0 and seen[j] - seen[j] != 0.0:
                        first[j] = i
            i += count
        squares, mark, good = np.empty(w), np.zeros(w), np.zeros(w)
        for i in range(recorded, n_iter + 1):
            slopes, f = gradient(objective, x), value(objective, x)
            row = i - recorded
            points[row, :, low:high] = x
            values_row, norms_row = values[row, low:high], norms[row, low:high]
            for j in range(w):
                values_row[j] = f[j]
                mark[j] += f[j] - f[j]
                squares[j] = 0.0
            for c in range(dim):
                x_c, slopes_c, states_c = x[c], slopes[c], states[:, c * w : (c + 1) * w]
                if i < n_iter:
                    for j in range(w):
                        squares[j] += slopes_c[j] * slopes_c[j]
                        mark[j] += x_c[j] - x_c[j]
                        rule = optimizer_of(rules, optimizer_fields, j)
                        move(rule, slopes_c[j], states_c, x_c, j)
                else:
                    for j in range(w):
                        squares[j] += slopes_c[j] * slopes_c[j]
                        mark[j] += x_c[j] - x_c[j]
            for j in range(w):
                norms_row[j] = np.sqrt(squares[j])
                mark[j] += squares[j] - squares[j]
                good[j] += 1.0 if mark[j] == 0.0 else 0.0
        for j in range(w):
            if first[j] < 0 and mark[j] != 0.0:
                first[j] = recorded + int(good[j])
        if initial.shape[1] == dim:
            for c in range(dim):
                initial[:, c, low:high] = states[:, c * w : (c + 1) * w]
