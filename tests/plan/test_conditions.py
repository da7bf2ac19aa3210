"""Ranges that matter only with some values of another hyperparameter."""

from support.searching import CONDITIONAL

from rmsprop_lab.optimizers import RMSPropGraves
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import grid_points, grid_size


def test_conditional_points_are_those_that_matter() -> None:
    points = list(grid_points(CONDITIONAL))
    assert len(points) == grid_size(CONDITIONAL) == 2 * (1 + 3)
    assert all(("momentum" in point) == point["centered"] for point in points)


def test_a_condition_on_what_is_not_searched_is_settled_by_its_value() -> None:
    over = ("step_size", "momentum")
    for centered, names in ((False, ["step_size"]), (True, ["step_size", "momentum"])):
        space = Search("grid", over=over).narrowed(CONDITIONAL, RMSPropGraves(0.01, 0.9, centered=centered))
        assert list(space) == names
        assert all(span.when is None for span in space.values())
