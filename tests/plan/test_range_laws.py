"""Laws of ranges on every scale: positions and numbers, forth and back."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.plan.scale import rounded
from rmsprop_lab.plan.space import Range

POSITIONS = st.floats(0.0, 1.0)
few = settings(max_examples=60, deadline=None)


@st.composite
def continuous(draw: st.DrawFn) -> Range:
    """A range with the numbers that a person writes, of twelve digits at most, its ends a tenth apart and more."""
    scale = draw(st.sampled_from(["linear", "log", "log_complement"]))
    if scale == "linear":
        low = rounded(draw(st.floats(-1e6, 1e6)))
        return Range(low, rounded(low + draw(st.floats(0.1, 1.0)) * max(1.0, abs(low))), "linear")
    low = draw(st.floats(-8.0, 3.0))
    high = low + draw(st.floats(0.1, 6.0))
    if scale == "log":
        return Range(rounded(10.0**low), rounded(10.0**high), "log")
    return Range(*(1.0 - rounded(10.0**-at) for at in (1.0 + abs(low) / 4, 1.1 + abs(low) / 4 + high - low)), scale)


@st.composite
def whole(draw: st.DrawFn) -> Range:
    low = draw(st.integers(1, 1000))
    return Range(low, low + draw(st.integers(1, 1000)), draw(st.sampled_from(["linear", "log"])), 7, whole=True)


ranges = st.one_of(continuous(), whole())


@few
@given(span=continuous(), position=POSITIONS)
def test_a_position_comes_back_from_its_number(span: Range, position: float) -> None:
    assert abs(span.position(span.at(position)) - position) < 1e-4  # twelve digits of 1e6 for a tenth of it
    if span.scale == "log":
        assert abs(span.position(span.at(position)) - position) < 1e-10


@few
@given(span=continuous(), position=POSITIONS)
def test_a_number_comes_back_from_its_position(span: Range, position: float) -> None:
    value = span.at(position)
    again = span.at(span.position(value))
    assert abs(again - value) <= 2e-12 * max(abs(span.low), abs(span.high))


@few
@given(span=ranges, positions=st.lists(POSITIONS, min_size=2, max_size=8))
def test_numbers_rise_with_their_positions(span: Range, positions: list[float]) -> None:
    values = [span.at(position) for position in sorted(positions)]
    assert all(a <= b for a, b in itertools.pairwise(values))


@few
@given(span=ranges)
def test_the_ends_are_exact(span: Range) -> None:
    assert [span.at(0.0), span.at(1.0)] == [span.low, span.high]
    assert [span.with_points(5).grid()[at] for at in (0, -1)] == [span.low, span.high]
    assert [span.position(span.low), span.position(span.high)] == [0.0, 1.0]


@few
@given(span=ranges, position=POSITIONS)
def test_numbers_lie_between_the_ends(span: Range, position: float) -> None:
    assert span.low <= span.at(position) <= span.high


@few
@given(span=whole(), position=POSITIONS)
def test_whole_numbers_are_integers_and_their_grid_rises(span: Range, position: float) -> None:
    assert type(span.at(position)) is int
    grid = span.grid()
    assert {type(number) for number in grid} == {int}
    assert len(grid) == len(span)
    assert (np.diff(grid) > 0).all()


@few
@given(values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6, unique=True), position=POSITIONS)
def test_explicit_values_have_equal_shares(values: list[float], position: float) -> None:
    span = Range(values=tuple(values))
    assert span.at(position) == span.grid()[min(int(position * len(values)), len(values) - 1)]
    assert [span.at((index + 0.5) / len(values)) for index in range(len(values))] == values
