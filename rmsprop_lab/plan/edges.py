"""A winner at the edge of its space: the best may lie outside, so it is flagged, and the space can be widened."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from rmsprop_lab.base import Interval
from rmsprop_lab.plan.space import Range, Space

_NEAR = 0.05  # of the range, on its scale
_WIDER = 0.25  # of the range, on its scale


class Edge(NamedTuple):
    """One hyperparameter at one end of its range, and where that end would be in a wider one."""

    hyperparameter: str
    end: Literal["low", "high"]
    wider: float

    def __str__(self) -> str:
        return f"{self.hyperparameter} at its {'lowest' if self.end == 'low' else 'highest'}"


def edges_of(space: Space, chosen: Mapping[str, float], intervals: Mapping[str, Interval]) -> list[Edge]:
    """The ends that `chosen` is within 5 % of, on each range's scale, where the range can be wider.

    `intervals`: the numbers that the optimizer takes. Explicit values have no edge, nor have those at the end of
    what the optimizer takes, nor a range that the point does not use.
    """
    found = []
    for name, span in space.items():
        if name not in chosen or span.values is not None or not span.varies:
            continue
        position = span.position(chosen[name])
        end: Literal["low", "high"] | None = "low" if position <= _NEAR else "high" if position >= 1 - _NEAR else None
        if end is None:
            continue
        wider = _wider(span, end)
        if wider != getattr(span, end) and wider in intervals.get(name, Interval()):
            found.append(Edge(name, end, wider))
    return found


def widened(space: Space, edges: list[Edge]) -> Space:
    """The space with these ends moved outwards."""
    wide = dict(space)
    for name, end, wider in edges:
        wide[name] = replace(wide[name], low=wider) if end == "low" else replace(wide[name], high=wider)
    return wide


def _wider(span: Range, end: Literal["low", "high"]) -> float:
    """A quarter of the range further out, to two digits (of 1 - x on that scale)."""
    position = -_WIDER if end == "low" else 1.0 + _WIDER
    value = span.at(position)
    if span.scale == "log_complement":
        return 1.0 - _two_digits(1.0 - value) if value > 0 else getattr(span, end)
    return _two_digits(value)


def _two_digits(value: float) -> float:
    return value if value == 0 or math.isinf(value) else float(f"{value:.2g}")
