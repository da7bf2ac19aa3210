"""What Optuna's TPE would have chosen, chosen faster."""

from dataclasses import replace
from typing import Any

import numpy as np
import optuna
import pytest
from support.searching import CONDITIONAL, SPACE, asked, cell_of, score_at

from rmsprop_lab.plan.space import Space
from rmsprop_lab.search.optuna_sampler import BatchTPESampler
from rmsprop_lab.search.optuna_spaces import distributions, suggested


def chosen(sampler: Any, space: Space, **given: Any) -> list[dict[str, float]]:
    """32 trials in batches of 8."""
    study, kinds, points = optuna.create_study(), distributions(space), []
    for batch in range(4):
        study.sampler = sampler(seed=batch, n_startup_trials=8, **given)
        trials = []
        for _ in range(8):
            trials.append(study.ask())
            points.append(suggested(trials[-1], space, kinds))
        for trial, point in zip(trials, points[-8:], strict=True):
            study.tell(trial, abs(np.log10(point["step_size"]) + 1.0))
    return points


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
@pytest.mark.parametrize(("space", "group"), [(SPACE, False), (CONDITIONAL, True)])
def test_a_batch_is_what_tpe_itself_chooses(space: Space, group: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = optuna.samplers.TPESampler
    built, build = [], plain._build_parzen_estimator

    def counted(*given: Any, **named: Any) -> Any:
        built.append(1)
        return build(*given, **named)

    monkeypatch.setattr(plain, "_build_parzen_estimator", counted)
    theirs, times = chosen(plain, space, group=group), len(built)
    assert chosen(BatchTPESampler, space, group=group) == theirs
    assert len(built) - times < 0.6 * times  # else a new Optuna has made the cache useless


@pytest.mark.parametrize("batch", [4, 8])
def test_tpe_learns_where_it_is_good(batch: int) -> None:
    far = {method: np.median([_late(method, batch, seed) for seed in range(5)]) for method in ("random", "tpe")}
    assert far["tpe"] < far["random"] / 2


def _late(method: str, batch: int, seed: int) -> list[float]:
    """Scores of the last 30 of 60 trials."""
    cell = cell_of(method, 60)
    cell = replace(cell, search=replace(cell.search, batch=batch, seed=seed))
    return [score_at(point) for point in list(asked(cell).values())[30:]]
