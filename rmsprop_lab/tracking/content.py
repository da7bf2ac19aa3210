"""What a run logs to MLflow and under which names: pure functions of a row of `runs.parquet`."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.evaluation.curves import thinned
from rmsprop_lab.evaluation.gaps import log10_gap
from rmsprop_lab.evaluation.measures import MEANS, SPREAD
from rmsprop_lab.evaluation.span import Span

_SYMBOLS = {"rho": "ρ", "step_size": ""}
ORDER_METRIC = "rank/order"
"""Name of a metric: the place of an optimizer in the overview, 1 first, in the run that sums it up."""
LOG10_STEP_SIZE = "log10/step_size"
"""Name of a metric: MLflow's charts have no logarithmic axis for params."""

_POINTS = 48  # of a curve, at most: each takes 320 bytes of the database
_MOST_NAME = 250  # letters of a run's name in MLflow's databases

# Without the param a run would be missing in parallel coordinates; a word would turn the axis into one of text.
MISSING_PARAM = "0"
"""The param of a hyperparameter that a run's optimizer does not have."""


class Point(NamedTuple):
    """A value in the history of a metric."""

    name: str
    value: float
    step: int


@dataclass(frozen=True, eq=False)
class RunContent:
    """All that one run logs.

    `note`: Markdown, in which `{run_id}` is replaced by the run's id; `artifacts`: path below the run's artifact folder
    to bytes; `images`: key in the image grid, and step, to a PNG and a small WebP of it; `computed`: when it was, None
    for now.
    """

    run_key: str
    name: str
    params: Mapping[str, str]
    points: Sequence[Point | tuple[str, float, int]]
    tags: Mapping[str, str]
    colour: str
    note: str = ""
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    images: Mapping[tuple[str, int], tuple[bytes, bytes]] = field(default_factory=dict)
    computed: Span | None = None


def run_name(optimizer: str, hyperparameters: Mapping[str, Any], varied: Sequence[str], objective: str = "") -> str:
    """The optimizer, the objective, and last what is `varied` and the step size, e.g. `rmsprop bowl 0.1 ρ0.99`."""
    words = [optimizer, objective] if objective else [optimizer]
    for name, value in hyperparameters.items():
        if name == "step_size" or name in varied:
            words.append(f"{_SYMBOLS.get(name, name + '=')}{value:.4g}")
    return " ".join(words)[:_MOST_NAME]


def params(row: Mapping[str, Any], hyperparameters: Sequence[str], engine: str) -> dict[str, str]:
    """The params of a run, the same keys for the whole experiment: `hyperparameters` that it does not have are 0."""
    given = row["hyperparameters"]
    return {
        "objective": row["objective"],
        "dim": str(row["dim"]),
        "optimizer": row["optimizer"],
        **{name: repr(given[name]) if name in given else MISSING_PARAM for name in hyperparameters},
        "n_iter": str(row["n_iter"]),
        "starts": str(row["starts"]),
        "start_seed": "none" if row["start_seed"] is None else str(row["start_seed"]),
        "gradient": "central differences" if (row["evaluations"] or 0) > row["n_iter"] else "analytic",
        "engine": engine,
    }


def curve_name(objective: str, curve: str) -> str:
    """The metric of a curve. Each objective has its own, as a chart of one metric shows all runs that have it."""
    return f"curve/{metric_word(objective)}/{curve}"


def score_metric(objective: str) -> str:
    """The metric of an optimizer's score on an objective, in the run that sums it up."""
    return f"score/{metric_word(objective)}"


def rank_metric(objective: str) -> str:
    """The metric of an optimizer's rank on an objective, in the run that sums it up."""
    return f"rank/{metric_word(objective)}"


def metric_word(name: str) -> str:
    """A name without the characters that MLflow refuses in metrics."""
    return re.sub(r"[^\w.-]", "_", name)


def metrics(
    row: Mapping[str, Any], curves: Mapping[str, Array], iterations: Sequence[int] | NDArray[np.int64] = ()
) -> Iterator[Point | tuple[str, float, int]]:
    """The finite values of `curve/*`, at some of the `iterations`, and of `final/*`."""
    yield from curve_points(row["objective"], curves, iterations)
    if (step_size := row["hyperparameters"].get("step_size", 0)) > 0:
        yield Point(LOG10_STEP_SIZE, math.log10(step_size), 0)
    for name, value in _final(row, curves).items():
        if math.isfinite(value):
            yield Point(f"final/{name}", value, 0)


def curve_points(
    objective: str, curves: Mapping[str, Array], iterations: Sequence[int] | NDArray[np.int64], most: int = _POINTS
) -> Iterator[tuple[str, float, int]]:
    """The finite values of a run's curves, at some of its `iterations`: of the gap, or of the value without a gap."""
    steps = np.asarray(iterations)
    shown = np.unique(np.searchsorted(steps, thinned(int(steps[-1]) + 1, most))) if len(steps) else steps
    for name, curve in curves.items():
        if name == "value" and "log10_gap" in curves:
            continue
        chosen = shown[np.isfinite(curve[shown])]
        words = repeat(curve_name(objective, name))
        yield from zip(words, curve[chosen].tolist(), steps[chosen].tolist(), strict=False)


def _final(row: Mapping[str, Any], curves: Mapping[str, Array]) -> dict[str, float]:
    if row["outcome"] == "failed":
        return {}
    final = {
        name.removeprefix("final_"): float(row[name]) for name in (*SPREAD, *MEANS.values(), "evaluations", "diverged")
    }
    final["log10_gap"] = float(log10_gap(row["final_gap"]))
    if row["outcome"] != "ok":
        values = curves.get("value", np.empty(0))
        finite = values[np.isfinite(values)]
        final["value"] = float(finite[-1]) if len(finite) else math.nan
    if row["diverged"]:
        final["first_bad_iteration"] = float(row["first_bad_iteration"])
    return final
