"""Edges of a space, and the wider space beyond them."""

import pytest
from support.searching import cell_of

from rmsprop_lab.base import Interval
from rmsprop_lab.errors import InputError
from rmsprop_lab.plan.edges import edges_of, widened
from rmsprop_lab.plan.space import Range


def test_an_edge_of_what_the_optimizer_takes_is_no_edge() -> None:
    cell = cell_of("tpe", 4, {"rho": Range(0.0, 0.999, "linear")})
    assert cell.edges({"rho": 0.0}) == []
    assert [edge.end for edge in cell.edges({"rho": 0.999})] == []
    decay = cell_of("tpe", 4, {"rho": Range(0.9, 0.999, "log_complement")})
    assert [edge.wider for edge in decay.edges({"rho": 0.999})] == [pytest.approx(0.99968)]
    assert [edge.wider for edge in decay.edges({"rho": 0.9})] == [pytest.approx(0.68)]
    assert decay.edges({"rho": 0.99}) == []


@pytest.mark.parametrize(
    ("span", "low", "high"),
    [
        (Range(1e-2, 1.0, "log"), 0.0032, 3.2),
        (Range(0.9, 0.999, "log_complement"), 0.68, 0.99968),
        (Range(0.0, 2.0, "linear"), -0.5, 2.5),
        (Range(100, 500, "linear", whole=True), 0, 600),
    ],
)
def test_an_edge_is_the_outer_twentieth_of_a_range_and_a_wider_one_is_a_quarter_longer(
    span: Range, low: float, high: float
) -> None:
    space = {"a": span}
    for position, end, wider in ((0.0, "low", low), (0.04, "low", low), (0.96, "high", high), (1.0, "high", high)):
        (edge,) = edges_of(space, {"a": span.at(position)}, {})
        assert (edge.hyperparameter, edge.end) == ("a", end)
        assert edge.wider == pytest.approx(wider, rel=1e-12)
        assert getattr(widened(space, [edge])["a"], end) == edge.wider
    for position in (0.06, 0.2, 0.5, 0.8, 0.94):
        assert edges_of(space, {"a": span.at(position)}, {}) == []


@pytest.mark.parametrize(
    ("span", "position", "accepted", "wider"),
    [
        (Range(0.5, 0.999, "log_complement"), 0.0, Interval(0.0, 1.0, closed_low=True), 0.0),
        (Range(0.5, 0.999, "log_complement"), 0.0, Interval(), 0.0),
        (Range(0.5, 0.999, "log_complement"), 0.0, Interval(0.0, 1.0), 0.25),
        (Range(0.0, 0.999, "log_complement"), 0.0, Interval(), None),
        (Range(0.01, 0.999, "log_complement"), 0.0, Interval(), None),
        (Range(0.1, 1.0), 0.0, Interval(0.0), 0.05),
        (Range(0.1, 1.0), 0.0, Interval(0.0, closed_low=True), 0.0),
        (Range(0.2, 0.9), 1.0, Interval(0.0, 1.0), 0.95),
        (Range(0.2, 0.99), 1.0, Interval(0.0, 1.0), None),
        (Range(1, 9, whole=True), 0.0, Interval(0.0, kind="whole", closed_low=True), 0),
        (Range(0, 9, whole=True), 0.0, Interval(0.0, kind="whole", closed_low=True), None),
    ],
)
def test_a_range_is_widened_up_to_what_the_optimizer_accepts(
    span: Range, position: float, accepted: Interval, wider: float | None
) -> None:
    found = edges_of({"a": span}, {"a": span.at(position)}, {"a": accepted})
    assert [edge.wider for edge in found] == ([] if wider is None else [pytest.approx(wider)])
    assert all(edge.wider in accepted and widened({"a": span}, [edge])["a"].varies for edge in found)


@pytest.mark.parametrize(
    ("span", "position"),
    [
        (Range(1e279, 1e280, "log"), 1.0),
        (Range(1e300, 1e307, "log"), 1.0),
        (Range(1e-323, 1e-300, "log"), 0.0),
        (Range(0.0, 1e308), 1.0),
        (Range(0.1, 1 - 1e-15, "log_complement"), 1.0),
    ],
)
def test_an_edge_at_the_ends_of_the_floats_is_left_out_or_can_be_widened(span: Range, position: float) -> None:
    for accepted in ({}, {"a": Interval(0.0)}, {"a": Interval(0.0, closed_low=True)}):
        for edge in edges_of({"a": span}, {"a": span.at(position)}, accepted):
            assert len(widened({"a": span}, [edge])["a"].grid()) == 1


@pytest.mark.parametrize(
    ("low", "high", "scale"),
    [(-1e308, 1e308, "linear"), (1e-5, 1.0000000000000002e-5, "log"), (0.5, 10**400, "log"), (0.0, 1e-320, "log")],
)
def test_ranges_that_floats_cannot_divide_are_refused(low: float, high: float, scale: str) -> None:
    with pytest.raises(InputError):
        Range(low, high, scale, points=3)  # type: ignore[arg-type]
