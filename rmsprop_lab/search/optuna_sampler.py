"""Optuna's samplers behind ask/tell: the study lives in memory and is told the scores that are on disk."""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import optuna
from optuna.samplers import BaseSampler

from rmsprop_lab.plan.space import Space
from rmsprop_lab.search.optuna_spaces import distributions, suggested
from rmsprop_lab.search.parzen import BatchTPESampler
from rmsprop_lab.search.protocol import Trial

_RANDOM_FIRST = 8  # of 24 trials; measured on 4 functions x 3 optimizers: 4 is no better, and random alone much worse


class Sampled:
    """`trials` points chosen by Optuna's TPE or CMA-ES, `batch` of them at a time.

    Each batch is chosen by a sampler of its own, seeded by `SeedSequence(seed, spawn_key=(first trial,))`, from the
    scores of the batches before it. So the same scores, told in the same batches, give the same points to the last
    bit, after whatever interruption, and more trials extend fewer.
    """

    def __init__(self, method: str, space: Space, trials: int, batch: int, seed: int) -> None:
        self._method, self._space, self._trials, self._batch, self._seed = method, space, trials, batch, seed
        self._kinds = distributions(space)
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
            warnings.simplefilter("ignore")  # of what a sampler cannot do and does in another way
            for number in range(self._count, min(self._count + self._batch, self._trials)):
                self._asked[number] = self._study.ask()
                trials.append(Trial(number, suggested(self._asked[number], self._space, self._kinds)))
        self._count += len(trials)
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """+inf is the worst score there is, which both samplers understand."""
        for number, score in scores.items():
            self._study.tell(self._asked.pop(number), score)

    def _sampler(self, number: int) -> BaseSampler:
        seed = int(np.random.SeedSequence(self._seed, spawn_key=(number,)).generate_state(1)[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            if self._method == "cmaes":
                return optuna.samplers.CmaEsSampler(seed=seed)
            conditional = any(span.when for span in self._space.values())
            return BatchTPESampler(seed=seed, n_startup_trials=_RANDOM_FIRST, group=conditional)
