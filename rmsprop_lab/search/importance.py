"""Computes how much each hyperparameter matters, by Optuna's importances."""

from collections.abc import Sequence

import optuna

from rmsprop_lab.plan.space import Space
from rmsprop_lab.search.optuna_spaces import frozen, parameter_name
from rmsprop_lab.search.protocol import Scored


def importances(space: Space, trials: Sequence[Scored]) -> dict[str, float]:
    """The share of the difference between good and bad trials that each hyperparameter explains.

    This is Optuna's default evaluator (PED-ANOVA, Watanabe et al. 2023) over the trials with a finite score.
    Conditional hyperparameters are left out.

    Args:
        space: The ranges of the search.
        trials: Its finished trials.

    Returns:
        Shares that sum to 1, by hyperparameter; empty for fewer than two hyperparameters or two different scores.
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
