"""Converts spaces, points and trials to Optuna's and back: one parameter per range."""

from collections.abc import Iterable, Mapping
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, Trial, create_trial

from rmsprop_lab.plan.scale import complement
from rmsprop_lab.plan.space import Range, Space, is_active
from rmsprop_lab.search.protocol import Scored


def parameter_name(name: str, span: Range) -> str:
    """The name of a hyperparameter in Optuna: `1 - rho` for `log_complement`, as Optuna searches in log(1 - rho)."""
    return f"1 - {name}" if span.values is None and span.scale == "log_complement" else name


def distribution(span: Range) -> BaseDistribution:
    """The Optuna distribution of a range; explicit values become categories."""
    if span.values is not None:
        return CategoricalDistribution(list(dict.fromkeys(span.values)))
    log = span.scale != "linear"
    if span.whole:
        return IntDistribution(int(span.low), int(span.high), log=log)
    if span.scale == "log_complement":
        return FloatDistribution(complement(span.high), complement(span.low), log=True)
    return FloatDistribution(span.low, span.high, log=log)


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """The distribution of each range of a space, by its name in Optuna."""
    return {parameter_name(name, span): distribution(span) for name, span in space.items()}


def suggested(trial: Trial, space: Space, kinds: Mapping[str, BaseDistribution]) -> dict[str, float]:
    """The point of a space that Optuna suggests for a trial, without conditional ranges that are not active."""
    point: dict[str, float] = {}
    for name, span in space.items():
        if is_active(span, point):
            parameter = parameter_name(name, span)
            given = _suggest(trial, parameter, kinds[parameter])
            point[name] = span.nearest(1.0 - given if parameter != name else given)
    return point


def _suggest(trial: Trial, name: str, kind: BaseDistribution) -> Any:
    if isinstance(kind, CategoricalDistribution):
        return trial.suggest_categorical(name, kind.choices)
    if isinstance(kind, IntDistribution):
        return trial.suggest_int(name, kind.low, kind.high, log=kind.log)
    assert isinstance(kind, FloatDistribution)
    return trial.suggest_float(name, kind.low, kind.high, log=kind.log)


def parameters(space: Space, point: Mapping[str, float]) -> dict[str, Any]:
    """A point as Optuna's parameters, clipped to their distributions, as rounding may have moved it out of them."""
    given = {}
    for name, span in space.items():
        if not is_active(span, point):
            continue
        value, kind = point[name], distribution(span)
        if isinstance(kind, FloatDistribution):
            value = complement(value) if parameter_name(name, span) != name else value
            value = min(max(value, kind.low), kind.high)
        given[parameter_name(name, span)] = int(value) if isinstance(kind, IntDistribution) else value
    return given


def frozen(space: Space, trials: Iterable[Scored]) -> list[FrozenTrial]:
    """Finished trials as Optuna's trials, each with its `run_key` as an attribute."""
    kinds = distributions(space)
    made = []
    for trial in trials:
        given = parameters(space, trial.hyperparameters)
        chosen = {name: kinds[name] for name in given}
        attributes = {"run_key": trial.run_key}
        made.append(create_trial(params=given, distributions=chosen, value=trial.score, user_attrs=attributes))
    return made
