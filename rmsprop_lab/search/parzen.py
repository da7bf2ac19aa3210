from typing import Any

from optuna.distributions import BaseDistribution
from optuna.samplers import TPESampler
from optuna.study import Study
from optuna.trial import FrozenTrial


class BatchTPESampler(TPESampler):
    """Optuna's TPE for one batch of trials, none of which is told before all are asked for.

    So the search space and the density of good trials are the same for each of them, and are built once; that of the
    others is not, as it holds those of the batch so far. What it chooses is what TPESampler chooses, bit for bit.
    `_build_parzen_estimator` is not Optuna's public interface: under another name it would not be called, and only
    time be lost.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._inferred: dict[str, BaseDistribution] | None = None
        self._good: dict[tuple[str, ...], Any] = {}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        if self._inferred is None:
            self._inferred = super().infer_relative_search_space(study, trial)
        return self._inferred

    def _build_parzen_estimator(
        self, study: Study, search_space: dict[str, BaseDistribution], trials: list[FrozenTrial], handle_below: bool
    ) -> Any:
        if not handle_below:
            return super()._build_parzen_estimator(study, search_space, trials, handle_below)
        names = tuple(search_space)
        if names not in self._good:
            self._good[names] = super()._build_parzen_estimator(study, search_space, trials, handle_below)
        return self._good[names]
