"""Winners near an end of a range: a better point may lie outside, so the space can be widened there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from rmsprop_lab.base import Interval
from rmsprop_lab.plan.space import Range, Space

# Shares of a range on its scale:
_NEAR = 0.05  # a point this close to an end is at the edge
_WIDER = 0.25  # how far a wider range moves its end


class Edge(NamedTuple):
    """A hyperparameter near one end of its range, and where a wider range would end."""

    hyperparameter: str
    end: Literal["low", "high"]
    wider: float

    def __str__(self) -> str:
        return f"{self.hyperparameter} at its {'lowest' if self.end == 'low' else 'highest'}"


def edges_of(space: Space, chosen: Mapping[str, float], intervals: Mapping[str, Interval]) -> list[Edge]:
    """The ends that the point `chosen` is within 5 % of, on the scale of each range.

    Left out: explicit values, ranges that the point does not use, and ends beyond which the optimizer takes no number
    (`intervals`: the numbers that it takes).
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
    """The space with each of these ends moved to where the wider range ends."""
    wide = dict(space)
    for name, end, wider in edges:
        wide[name] = replace(wide[name], low=wider) if end == "low" else replace(wide[name], high=wider)
    return wide


def _wider(span: Range, end: Literal["low", "high"]) -> float:
    """The end a quarter of the range further out, to two digits (of 1 - x for `log_complement`)."""
    value = span.at(-_WIDER if end == "low" else 1.0 + _WIDER)
    if span.scale == "log_complement":
        return 1.0 - _two_digits(1.0 - value) if value > 0 else getattr(span, end)
    return _two_digits(value)


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
