"""A search that is over, as Optuna's trials: what its importances are computed from."""

from collections.abc import Iterable, Sequence

import optuna
from optuna.trial import FrozenTrial, create_trial

from rmsprop_lab.plan.space import Space
from rmsprop_lab.search.optuna_spaces import distributions, parameter_name, parameters
from rmsprop_lab.search.protocol import Scored


def frozen(space: Space, trials: Iterable[Scored]) -> list[FrozenTrial]:
    """The trials as Optuna has them, with the key of each run as an attribute."""
    kinds = distributions(space)
    made = []
    for trial in trials:
        given = parameters(space, trial.hyperparameters)
        chosen = {name: kinds[name] for name in given}
        attributes = {"run_key": trial.run_key}
        made.append(create_trial(params=given, distributions=chosen, value=trial.score, user_attrs=attributes))
    return made


def importances(space: Space, trials: Sequence[Scored]) -> dict[str, float]:
    """How much of the difference between good and bad trials each hyperparameter makes, in shares of 1.

    Optuna's default evaluator (PED-ANOVA, Watanabe et al. 2023) over the trials that were not lost; empty where
    there is nothing to tell apart. Conditional hyperparameters are left out.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    searched = {name: span for name, span in space.items() if span.varies and span.when is None}
    finite = [trial for trial in trials if trial.score < float("inf")]
    if len(searched) < 2 or len({trial.score for trial in finite}) < 2:
        return {}
    study = optuna.create_study()
    study.add_trials(frozen(searched, finite))
    shares = optuna.importance.get_param_importances(study)
    return {name: float(shares.get(parameter_name(name, span), 0.0)) for name, span in searched.items()}
