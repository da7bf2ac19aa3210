"""Finds the ranges whose end a winner lies at, where a better point may lie outside, and widens them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from rmsprop_lab.base import Interval
from rmsprop_lab.errors import InputError
from rmsprop_lab.plan.space import Range, Space

# Shares of the length of a range, on its scale:
_NEAR = 0.05  # a point this close to an end lies at the edge
_WIDER = 0.25  # widening moves the end this far out


class Edge(NamedTuple):
    """An end of a hyperparameter's range that a point lies at, and the end (`wider`) that a wider range would have."""

    hyperparameter: str
    end: Literal["low", "high"]
    wider: float

    def __str__(self) -> str:
        return f"{self.hyperparameter} at its {'lowest' if self.end == 'low' else 'highest'}"


def edges_of(space: Space, chosen: Mapping[str, float], intervals: Mapping[str, Interval]) -> list[Edge]:
    """The ends of the space that a point lies at: within 5 % of a range's length, on its scale.

    Explicit values have no ends. An end that cannot be moved, as the optimizer accepts next to nothing beyond it, is
    left out.

    Args:
        space: The ranges.
        chosen: The point; hyperparameters that it leaves out are not looked at.
        intervals: The numbers that the optimizer accepts, by hyperparameter.

    >>> [str(edge) for edge in edges_of({"rho": Range(0.1, 0.5)}, {"rho": 0.49}, {})]
    ['rho at its highest']
    """
    found = []
    for name, span in space.items():
        if name not in chosen or span.values is not None or not span.varies:
            continue
        position = span.position(chosen[name])
        end: Literal["low", "high"] | None = "low" if position <= _NEAR else "high" if position >= 1 - _NEAR else None
        wider = end and _wider(span, end, intervals.get(name, Interval()))
        if end and wider is not None:
            found.append(Edge(name, end, wider))
    return found


def widened(space: Space, edges: list[Edge]) -> Space:
    """The space with each of these ends moved out to `Edge.wider`."""
    wide = dict(space)
    for name, end, wider in edges:
        wide[name] = replace(wide[name], low=wider) if end == "low" else replace(wide[name], high=wider)
    return wide


def _wider(span: Range, end: Literal["low", "high"], accepted: Interval) -> float | None:
    """The end moved out by a quarter of the range, but not beyond what the optimizer accepts; None if it must stay.

    It is rounded to two digits (of 1 - x for `log_complement`). Up to a limit that is itself not accepted it goes half
    the way.
    """
    value = replace(span, whole=False).at(-_WIDER if end == "low" else 1.0 + _WIDER)
    complement = span.scale == "log_complement"
    wider = 1.0 - _two_digits(1.0 - value) if complement else _two_digits(value)
    if span.scale == "log" and wider <= 0.0:  # near the smallest float
        return None
    low = max(accepted.low, 0.0) if complement else accepted.low
    if end == "low" and wider <= low:
        reached = low if low in accepted else (span.low + low) / 2
        wider = reached if _far_apart(span, reached, span.low) else span.low
    if end == "high" and wider >= accepted.high:
        reached = (span.high + accepted.high) / 2
        wider = reached if _far_apart(span, span.high, reached) else span.high
    if wider == getattr(span, end) or wider not in accepted:
        return None
    try:
        replace(span, **{end: wider})  # type: ignore[arg-type]
    except InputError:
        return None
    return wider


def _far_apart(span: Range, low: float, high: float) -> bool:
    """Whether the distance of two numbers counts beside a range's length, on its scale."""
    return span.position(high) - span.position(low) > _NEAR


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
