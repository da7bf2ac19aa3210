"""A space in Optuna's words, and back: each range is a parameter on its natural scale."""

from collections.abc import Mapping
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import Trial

from rmsprop_lab.plan.scale import complement
from rmsprop_lab.plan.space import Range, Space, is_active


def parameter_name(name: str, span: Range) -> str:
    """Optuna has no scale for decay rates, so what it sees is `1 - rho` on a log scale."""
    return f"1 - {name}" if span.values is None and span.scale == "log_complement" else name


def distribution(span: Range) -> BaseDistribution:
    """The range as Optuna's distribution: explicit values as categories."""
    if span.values is not None:
        return CategoricalDistribution(list(dict.fromkeys(span.values)))
    log = span.scale != "linear"
    if span.whole:
        return IntDistribution(int(span.low), int(span.high), log=log)
    if span.scale == "log_complement":
        return FloatDistribution(complement(span.high), complement(span.low), log=True)
    return FloatDistribution(span.low, span.high, log=log)


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """Each range of the space as Optuna's distribution, by the name it has there."""
    return {parameter_name(name, span): distribution(span) for name, span in space.items()}


def suggested(trial: Trial, space: Space, kinds: Mapping[str, BaseDistribution]) -> dict[str, float]:
    """A point of the space, each parameter suggested by the trial, conditional ones where they are active."""
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
    """The point in Optuna's parameters, inside its distributions, which rounding could have left."""
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
