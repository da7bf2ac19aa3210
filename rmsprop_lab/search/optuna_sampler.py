"""Optuna's TPE and CMA-ES as searches. The Optuna study is in memory; a resumed search tells it the scores again."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, CmaEsSampler, TPESampler
from optuna.trial import FrozenTrial

from rmsprop_lab.plan.space import Space
from rmsprop_lab.search.optuna_spaces import distributions, suggested
from rmsprop_lab.search.protocol import Trial

_RANDOM_FIRST = 4  # random trials before TPE. With 12 and 16 trials 8 is worse, with 24 and more about as good


class OptunaSearcher:
    """Chooses points with an Optuna sampler, a batch at a time.

    Each batch has its own sampler, seeded by `SeedSequence(seed, spawn_key=(first trial of the batch,))`, which learns
    from the scores of all earlier batches. So a resumed search chooses the same points, to the last bit, as one that
    was never interrupted, and more trials extend fewer.

    Args:
        method: `tpe` or `cmaes`.
        space: The ranges.
        trials: Number of points in all.
        batch: Number of points of a batch.
        seed: Seed of the samplers.
    """

    def __init__(self, method: str, space: Space, trials: int, batch: int, seed: int) -> None:
        self._method, self._space, self._trials, self._batch, self._seed = method, space, trials, batch, seed
        self._distributions = distributions(space)
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._study = optuna.create_study(sampler=self._sampler(0))
        self._asked: dict[int, optuna.Trial] = {}
        self._count = 0

    def ask(self) -> Sequence[Trial]:
        if self._count == self._trials:
            return []
        self._study.sampler = self._sampler(self._count)
        trials = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # samplers warn of spaces for which they use another sampler
            for number in range(self._count, min(self._count + self._batch, self._trials)):
                self._asked[number] = self._study.ask()
                trials.append(Trial(number, suggested(self._asked[number], self._space, self._distributions)))
        self._count += len(trials)
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        for number, score in scores.items():
            self._study.tell(self._asked.pop(number), score)

    def _sampler(self, number: int) -> BaseSampler:
        seed = int(np.random.SeedSequence(self._seed, spawn_key=(number,)).generate_state(1)[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            if self._method == "cmaes":
                return CmaEsSampler(seed=seed)
            conditional = any(span.when for span in self._space.values())
            return BatchTPESampler(seed=seed, n_startup_trials=_RANDOM_FIRST, group=conditional)


class BatchTPESampler(TPESampler):
    """Optuna's TPE for one batch of trials: faster than `TPESampler`, with the same points bit for bit.

    All trials of the batch are asked for before any score is told. So the search space and the density of the good
    trials are the same for the whole batch and are built once. The density of the other trials includes the running
    ones and is built for each. `_build_parzen_estimator` is private to Optuna; if it is renamed, only time is lost.

    Args:
        given: Arguments of `TPESampler`.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._inferred: dict[str, BaseDistribution] | None = None
        self._good: dict[tuple[str, ...], Any] = {}

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        if self._inferred is None:
            self._inferred = super().infer_relative_search_space(study, trial)
        return self._inferred

    def _build_parzen_estimator(
        self,
        study: optuna.Study,
        search_space: dict[str, BaseDistribution],
        trials: list[FrozenTrial],
        handle_below: bool,
    ) -> Any:
        if not handle_below:
            return super()._build_parzen_estimator(study, search_space, trials, handle_below)
        names = tuple(search_space)
        if names not in self._good:
            self._good[names] = super()._build_parzen_estimator(study, search_space, trials, handle_below)
        return self._good[names]
