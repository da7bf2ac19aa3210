"""The contract of a `Searcher`, for every search method: a new method is tested without an edit here."""

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import pytest
from support.studies import study

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.scale import Scale
from rmsprop_lab.plan.search_settings import SEARCHES, Search
from rmsprop_lab.plan.space import Range, grid_points, is_active
from rmsprop_lab.search import Searcher, Trial, searcher_for

BATCH = 4
TRIALS = 23  # the last batch is not full
SPACES = {
    "scales": {
        "step_size": Range(1e-4, 1.0, "log", 4),
        "rho": Range(0.9, 0.999, "log_complement", 3),
        "momentum": Range(0.0, 0.5, "linear", 2),
    },
    "one range": {"step_size": Range(1e-4, 1.0, "log", 5)},
    "whole numbers": {
        "delay": Range(0, 9, "linear", 4, whole=True),
        "window": Range(1, 1000, "log", 4, whole=True),
    },
    "values": {"nesterov": Range(values=(False, True)), "step_size": Range(values=(0.3, 0.1, 0.2))},
    "conditional": {
        "centered": Range(values=(False, True)),
        "momentum": Range(0.5, 0.9, "linear", 3, when={"centered": (True,)}),
        "damping": Range(1, 5, "linear", 2, when={"centered": (False,)}, whole=True),
        "step_size": Range(1e-3, 0.1, "log", 2),
    },
}
DRAWING = [method for method in SEARCHES if Search(method).draws]
every_method = pytest.mark.parametrize("method", SEARCHES)
drawing_methods = pytest.mark.parametrize("method", DRAWING)
every_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


def search_of(
    method: str, space: Mapping[str, Range], trials: int = TRIALS, seed: int = 0, repeat: int = 0
) -> tuple[Cell, Searcher]:
    """A search over a space of any names: its optimizer is never run."""
    (cell, *_) = study(search=Search(method)).cells
    search = Search(method, trials=trials, batch=BATCH, seed=seed)
    cell = Cell(cell.problem, "any", cell.optimizer, {} if method == "none" else space, search, repeat=repeat)
    return cell, searcher_for(cell)


def position_score(space: Mapping[str, Range]) -> Callable[[Trial], float]:
    """Scores that favour the middle of the space; a third of it is lost."""

    def score(trial: Trial) -> float:
        name, span = next(iter(space.items()))
        if name not in trial.hyperparameters:  # the optimizer as configured
            return 0.0
        value = trial.hyperparameters[name]
        position = span.grid().index(value) / len(span) if span.values else span.position(value)
        return np.inf if position > 0.66 else abs(position - 0.5)

    return score


def asked(search: Searcher, score: Callable[[Trial], float] = lambda trial: 1.0) -> list[Trial]:
    """All trials of a search, scored batch by batch."""
    found: list[Trial] = []
    while trials := search.ask():
        found += trials
        assert len(found) <= 2 * TRIALS, "it never ends"
        search.tell({trial.number: score(trial) for trial in trials})
    return found


@every_space
@every_method
def test_trials_are_numbered_from_0_without_gaps_and_as_many_as_the_cell_says(method: str, space: dict) -> None:
    cell, search = search_of(method, space)
    assert [trial.number for trial in asked(search, position_score(space))] == list(range(len(cell)))


@every_space
@every_method
def test_a_batch_is_at_most_as_large_as_asked_for(method: str, space: dict) -> None:
    cell, search = search_of(method, space)
    sizes: list[int] = []
    while len(sizes) <= TRIALS and (trials := search.ask()):
        sizes.append(len(trials))
        search.tell({trial.number: 0.0 for trial in trials})
    assert sizes == ([BATCH] * (TRIALS // BATCH) + [TRIALS % BATCH] if cell.search.learns else [len(cell)])


@every_space
@every_method
def test_points_lie_in_the_space(method: str, space: dict) -> None:
    cell, search = search_of(method, space)
    for _, point in asked(search, position_score(space)):
        assert list(point) == [name for name, span in cell.space.items() if is_active(span, point)]
        for name, value in point.items():
            span = space[name]
            if span.values is not None:
                assert value in span.values
                assert isinstance(value, bool) == isinstance(span.values[0], bool)
            else:
                assert span.low <= value <= span.high
                assert isinstance(value, int) == span.whole
                assert not isinstance(value, np.generic)


@every_space
@every_method
def test_a_search_reaches_more_than_one_point(method: str, space: dict) -> None:
    _, search = search_of(method, space)
    assert (len({tuple(point.items()) for _, point in asked(search)}) > 1) == (method != "none")


@drawing_methods
def test_no_point_of_a_continuous_space_is_drawn_twice(method: str) -> None:
    points = [tuple(point.values()) for _, point in asked(search_of(method, SPACES["scales"])[1])]
    assert len(set(points)) == TRIALS


def test_a_grid_is_every_combination_and_no_search_is_the_configured_point() -> None:
    assert [point for _, point in asked(search_of("none", SPACES["scales"])[1])] == [{}]
    for space in SPACES.values():
        assert [point for _, point in asked(search_of("grid", space)[1])] == list(grid_points(space))


@every_space
@every_method
def test_the_same_scores_give_the_same_trials(method: str, space: dict) -> None:
    one, other = (asked(search_of(method, space)[1], position_score(space)) for _ in range(2))
    assert one == other


@drawing_methods
def test_another_seed_and_another_repeat_give_other_trials(method: str) -> None:
    space = SPACES["scales"]
    one, other, again = (asked(search_of(method, space, **given)[1]) for given in ({}, {"seed": 1}, {"repeat": 1}))
    assert one[0] != other[0]
    assert one[0] != again[0]


@every_space
@drawing_methods
def test_more_trials_extend_fewer(method: str, space: dict) -> None:
    score = position_score(space)
    many = asked(search_of(method, space)[1], score)
    for fewer in (1, BATCH, BATCH + 1, TRIALS - 1):
        assert asked(search_of(method, space, fewer)[1], score) == many[:fewer]


@every_method
def test_a_search_that_is_over_stays_over(method: str) -> None:
    _, search = search_of(method, SPACES["scales"])
    asked(search)
    search.tell({})
    assert [list(search.ask()) for _ in range(3)] == [[], [], []]


@every_space
@every_method
def test_a_search_in_which_every_trial_is_lost_goes_on(method: str, space: dict) -> None:
    cell, search = search_of(method, space)
    assert len(asked(search, lambda trial: np.inf)) == len(cell)


@every_method
def test_scores_change_the_trials_of_those_searches_that_learn(method: str) -> None:
    space = SPACES["scales"]
    cell, search = search_of(method, space)
    score = position_score(space)
    one, other = asked(search, score), asked(search_of(method, space)[1], lambda trial: 1.0 / (1.0 + score(trial)))
    assert one[:BATCH] == other[:BATCH]
    assert (one != other) == cell.search.learns


@pytest.mark.parametrize(("scale", "whole"), [*product(("linear", "log"), (False, True))])
@drawing_methods
def test_the_ends_of_a_range_are_within_reach(method: str, scale: Scale, whole: bool) -> None:
    span = Range(1, 4, scale, 4, whole=whole)
    values = [point["step_size"] for _, point in asked(search_of(method, {"step_size": span})[1])]
    if whole:
        assert set(values) == {1, 2, 3, 4}
    else:
        assert min(values) < 2 < 3 < max(values)
