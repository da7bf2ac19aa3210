"""Repeats of a search are searches of their own."""

import pytest
from support.studies import tuned

from rmsprop_lab import Search
from rmsprop_lab.search import searcher_for


@pytest.mark.parametrize("method", ["random", "qmc", "tpe", "cmaes"])
def test_each_repeat_draws_with_a_seed_of_its_own(method: str) -> None:
    cells = tuned(search=Search(method, trials=8, batch=8, repeats=3, seed=5)).cells
    assert [cell.seed for cell in cells] == [5, 6, 7]
    assert len({cell.key for cell in cells}) == 3
    drawn = [tuple(tuple(trial.hyperparameters.values()) for trial in searcher_for(cell).ask()) for cell in cells]
    assert len(set(drawn)) == 3
    (again,) = tuned(search=Search(method, trials=8, batch=8, seed=6)).cells
    assert [trial.hyperparameters for trial in searcher_for(again).ask()] == [
        trial.hyperparameters for trial in searcher_for(cells[1]).ask()
    ]
