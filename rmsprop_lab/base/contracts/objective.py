"""The contract of an objective."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from rmsprop_lab.base.arrays import Array
from rmsprop_lab.base.contracts.finding import Fault, Finding, in_words
from rmsprop_lab.base.objective import Objective
from rmsprop_lab.errors import raised

_POINTS = 1000
_GRADIENT_ERROR = 1e-5  # relative; on smooth functions central differences are right to about 1e-9
_DOUBTFUL = 1e-3
_MOST_POINTS, _MOST_COORDINATES = 16, 64  # where doubts are looked for before each study
_VALUE_ERROR = 1e-9
_BATCH = 12


def check_objective(objective: Objective, seed: int = 0) -> Iterator[Finding]:
    """Checks an objective at 1000 random points of its bounds.

    Args:
        objective: The objective to check. What its code raises becomes a finding.
        seed: Seed of the points.

    Yields:
        A finding per check. After a wrong shape or type there are no more.

    >>> from rmsprop_lab.objectives import Beale
    >>> next(check_objective(Beale()))
    Finding(check='value and gradient have the right shapes and are real numbers', wrong='')
    """
    low, high = objective.bounds.T[:, :, None]
    points = low + np.random.default_rng(seed).random((objective.dim, _POINTS)) * (high - low)
    points.flags.writeable = False  # code that writes into its argument raises
    checks: dict[str, Callable[[Objective, Array], str]] = {
        "value and gradient have the right shapes and are real numbers": _shapes,
        "value and gradient are finite in the bounds": _finite,
        "two calls at the same point give the same answer": _stateless,
        "a batch gives the same bits as its points one by one": _batch,
        "gradient agrees with central differences": _gradient,
        "no value in the bounds lies below the stated minimum": _below,
        "at the minimizers the value is the minimum and the gradient is 0": _minimizers,
    }
    skipped: set[Any] = set()
    with np.errstate(all="ignore"):
        for name, check in checks.items():
            if check in skipped or not _applies(check, objective):
                continue
            finding = Finding(name, in_words(check, objective, points))
            yield finding
            if finding.wrong and check is _shapes:
                return  # the other checks would fail for the same reason
            if finding.wrong and check is _stateless:
                skipped.add(_batch)


def objective_fault(objective: Objective, points: Array, finite: bool = True) -> Fault | None:
    """The fault of an objective with a wrong value or gradient at `points` `(d, S)`, else None.

    Wrong means of another shape or type or, unless `finite` is False, not finite. An error that its code raises is no
    fault here: the runs record it.
    """
    for method, shape in {"value": points.shape[1:], "gradient": points.shape}.items():
        try:
            with np.errstate(all="ignore"):
                answer = getattr(objective, method)(points)
        except BaseException as error:
            raised(error)
            return None
        if fault := _shape_fault(method, answer, shape, points):
            return fault
        if finite and (fault := _infinite(method, np.asarray(answer), points)):
            return fault
    return None


def gradient_doubt(objective: Objective, points: Array) -> str:
    """Why the gradient is probably not that of the values; empty if it seems right, or code raises an error.

    At kinks it may differ from central differences, so that most points count.

    Args:
        objective: An objective.
        points: Where to look, `(d, S)`.
    """
    if objective.evaluations_per_gradient > 1 or objective.dim > _MOST_COORDINATES:
        return ""
    points = points[:, :_MOST_POINTS].copy()
    try:
        with np.errstate(all="ignore"):
            found, expected, error = _against_differences(objective, points)
    except BaseException as raising:  # user code may raise anything; the runs record it
        raised(raising)
        return ""
    wrong = (error > _DOUBTFUL).any(axis=0)
    if 2 * wrong.sum() <= points.shape[1]:
        return ""
    j = int(wrong.argmax())
    i = int(error[:, j].argmax())
    at = ", ".join(f"{number:.4g}" for number in points[:3, j]) + (", ..." if objective.dim > 3 else "")
    return (
        f"at {wrong.sum()} of {points.shape[1]} starts it is not the slope of value: at ({at}) coordinate {i} is "
        f"{found[i, j]:.4g}, central differences give {expected[i, j]:.4g}"
    )


def _shape_fault(method: str, answer: Any, shape: tuple[int, ...], points: Array) -> Fault | None:
    try:
        array = np.asarray(answer)
    except ValueError:  # parts of different shapes
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "fiu" or array.shape != shape:
        expected = f"real numbers of shape {shape} for points of shape {points.shape}"
        summed = ", as if all were summed up: sum over axis 0, or with base.total" if not array.shape else ""
        return Fault(method, expected, f"{array.dtype} of shape {array.shape}{summed}")
    return None


def _infinite(method: str, array: Array, points: Array) -> Fault | None:
    finite = np.isfinite(array).reshape(-1, points.shape[1]).all(axis=0)
    if finite.all():
        return None
    start = int(finite.argmin())
    where = f"NaN or infinity at start {start}, {points[:, start].tolist()}"
    return Fault(method, "finite numbers at every start", where)


def _applies(check: Callable[[Objective, Array], str], objective: Objective) -> bool:
    """Whether the objective has what the check needs: its own gradient, a stated minimum, stated minimizers."""
    if check is _gradient:
        return objective.evaluations_per_gradient == 1
    if check is _below:
        return objective.minimum is not None
    return check is not _minimizers or objective.minimizers is not None


def _shapes(objective: Objective, points: Array) -> str:
    for shape in ((), (_BATCH,), (3, 4)):
        given = points[:, :_BATCH].reshape(objective.dim, *shape) if shape else points[:, 0]
        for name, expected in {"value": shape, "gradient": (objective.dim, *shape)}.items():
            answer = getattr(objective, name)(given)
            try:
                found = np.asarray(answer)
            except ValueError:
                return f"{name} of points {given.shape} gives parts of different shapes"
            if found.shape != expected:
                return f"{name} of points {given.shape} must have shape {expected}, has {found.shape}"
            if found.dtype.kind not in "fiu":
                return f"{name} must be real numbers, is {found.dtype}"
    return ""


def _finite(objective: Objective, points: Array) -> str:
    for name in ("value", "gradient"):
        found = np.asarray(getattr(objective, name)(points)).reshape(-1, _POINTS)
        bad = ~np.isfinite(found).all(axis=0)
        if bad.any():
            return f"{name} is not finite at {bad.sum()} of {_POINTS} points, first at {_at(points, bad.argmax())}"
    return ""


def _stateless(objective: Objective, points: Array) -> str:
    for name in ("value", "gradient"):
        function = getattr(objective, name)
        first = np.array(function(points))
        function(points[:, ::-1].copy())
        again = np.asarray(function(points))
        if not np.array_equal(first, again, equal_nan=True):
            worst = np.abs(first - again).reshape(-1, _POINTS).max(axis=0).argmax()
            return f"{name} changes between two calls at the same point {_at(points, worst)}"
    return ""


def _batch(objective: Objective, points: Array) -> str:
    for name in ("value", "gradient"):
        function = getattr(objective, name)
        together = np.asarray(function(points))
        for j in range(_BATCH):
            alone = np.asarray(function(np.ascontiguousarray(points[:, j : j + 1])))
            if not np.array_equal(alone[..., 0], together[..., j], equal_nan=True):
                return (
                    f"{name} at {_at(points, j)} differs between a batch and the point alone: "
                    "sum with base.total, write x * x for x**2, do not use @"
                )
    return ""


def _against_differences(objective: Objective, points: Array) -> tuple[Array, Array, Array]:
    """The gradient, central differences, and the relative error of each partial derivative."""
    found = np.asarray(objective.gradient(points))
    expected = np.asarray(Objective.gradient(objective, points))
    size = np.maximum(np.abs(found).max(axis=0), np.abs(expected).max(axis=0))
    scale = size + 1e-4 * np.abs(objective.value(points)) + 1e-8 * size.max()  # differences round on this scale
    return found, expected, np.abs(found - expected) / np.maximum(scale, 1e-300)


def _gradient(objective: Objective, points: Array) -> str:
    found, expected, error = _against_differences(objective, points)
    i, j = np.unravel_index(error.argmax(), error.shape)
    if error[i, j] <= _GRADIENT_ERROR:
        return ""
    return (
        f"wrong at {(error.max(axis=0) > _GRADIENT_ERROR).sum()} of {_POINTS} points, worst at {_at(points, j)}, "
        f"coordinate {i}: gradient {found[i, j]:.6g}, central differences {expected[i, j]:.6g}"
    )


def _below(objective: Objective, points: Array) -> str:
    assert objective.minimum is not None
    values = objective.value(points)
    worst = int(np.argmin(values))
    if values[worst] >= objective.minimum - _VALUE_ERROR * max(1.0, abs(objective.minimum)):
        return ""
    return f"minimum is stated as {objective.minimum:.10g}, the value at {_at(points, worst)} is {values[worst]:.10g}"


def _minimizers(objective: Objective, points: Array) -> str:
    if objective.minimum is None:
        return "minimizers are stated, but no minimum"
    at = np.asarray(objective.minimizers, dtype=np.float64)
    if at.ndim != 2 or at.shape[0] != objective.dim:
        return f"minimizers must have shape ({objective.dim}, m), one per column, have {at.shape}"
    values = np.asarray(objective.value(at))
    worst = int(np.abs(values - objective.minimum).argmax())
    if abs(values[worst] - objective.minimum) > _VALUE_ERROR * max(1.0, abs(objective.minimum)):
        return f"the value at {_at(at, worst)} is {values[worst]:.10g}, minimum is stated as {objective.minimum:.10g}"
    slopes = np.abs(np.asarray(objective.gradient(at)))
    typical = float(np.median(np.abs(np.asarray(objective.gradient(points)))))
    i, j = np.unravel_index(slopes.argmax(), slopes.shape)
    if slopes[i, j] > 1e-5 * max(1.0, typical):
        return f"the gradient at {_at(at, int(j))} is not 0: coordinate {i} is {slopes[i, j]:.6g}"
    return ""


def _at(points: Array, column: int | np.integer[Any]) -> str:
    return "[" + ", ".join(f"{number:.6g}" for number in points[:, column]) + "]"
