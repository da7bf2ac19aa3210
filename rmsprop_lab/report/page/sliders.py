"""The slider of a hyperparameter on a live page: from where to where, and on which scale."""

import math
from typing import Any

from rmsprop_lab.base import Optimizer, intervals
from rmsprop_lab.base.interval import Interval
from rmsprop_lab.plan.scale import Scale
from rmsprop_lab.plan.space import Range, Space

_Ends = tuple[float, float, Scale]
_MOST = 1e300


def sliders(optimizer: Optimizer, space: Space) -> list[dict[str, Any]]:
    """A slider for each hyperparameter of an optimizer, over its range in the space, else around its value.

    Args:
        optimizer: The optimizer; its values lie on the sliders.
        space: Ranges by name.

    Returns:
        For each hyperparameter, in the order of the program's inputs: `name`, `value`, `kind` (`real`, `whole`,
        `flag`), whether it is `tuned`, the slider's ends `low` and `high` and its `scale`; what is `valid` in words,
        and as numbers: `least` and `most`, null where there is no end, `open` whether `least` itself is not valid.

    >>> from rmsprop_lab.optimizers import GD
    >>> (found,) = sliders(GD(0.01), {"step_size": Range(1e-4, 1.0, "log")})
    >>> [found[name] for name in ("name", "value", "low", "high", "scale", "valid")]
    ['step_size', 0.01, 0.0001, 1.0, 'log', 'a finite number > 0']
    """
    return [
        _slider(name, float(getattr(optimizer, name)), interval, space.get(name))
        for name, interval in intervals(type(optimizer)).items()
    ]


def _slider(name: str, value: float, interval: Interval, span: Range | None) -> dict[str, Any]:
    low, high, scale = (_of_range(span) if span else None) or _around(value, interval)
    low, high = min(low, value), max(high, value)
    if (scale == "log" and low <= 0) or (scale == "log_complement" and high >= 1):
        scale = "linear"
    return {
        "name": name,
        "value": value,
        "kind": interval.kind,
        "tuned": interval.tuned,
        "low": low,
        "high": high,
        "scale": scale,
        "valid": str(interval),
        "least": None if math.isinf(interval.low) else interval.low,
        "most": None if math.isinf(interval.high) else interval.high,
        "open": not interval.closed_low,
    }


def _of_range(span: Range) -> _Ends | None:
    """The ends of a searched range; None where it is a single number."""
    if span.values is None:
        return (float(span.low), float(span.high), span.scale) if span.low < span.high else None
    low, high = float(min(span.values)), float(max(span.values))
    return (low, high, "log" if 0 < 10 * low <= high else "linear") if low < high else None


def _around(value: float, interval: Interval) -> _Ends:
    """Two decades to either side of a positive number; for a decay rate, to a tenth of its distance to 1."""
    if interval.kind == "flag":
        return 0.0, 1.0, "linear"
    if interval.kind == "whole":
        return max(interval.low, 0.0), max(10.0, 2 * abs(value)), "linear"
    if (interval.low, interval.high) == (0.0, 1.0):
        return min(value, 0.5), max(0.999, 1 - (1 - value) / 10), "log_complement"
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        return interval.low, interval.high, "linear"
    if value > 0:
        return max(value / 100, 1 / _MOST), min(100 * value, _MOST), "log"
    return (0.0, 1.0, "linear") if value == 0 else (2 * value, -2 * value, "linear")
