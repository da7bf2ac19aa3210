"""What a run logs, under which names: pure functions from a row of `runs.parquet` to MLflow's words."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rmsprop_lab.base import Array
from rmsprop_lab.evaluation.measures import SPREAD, log10_gap, thinned

_SYMBOLS = {"rho": "ρ", "step_size": ""}
LOG10_STEP_SIZE = "log10/step_size"
"""A metric, as MLflow's charts have no logarithmic axis for params."""

_NOT_APPLICABLE = "0"  # a run without a param vanishes from parallel coordinates, and a word makes its axis text


class Point(NamedTuple):
    """One number of a metric's history."""

    name: str
    value: float
    step: int


@dataclass(frozen=True, eq=False)
class RunContent:
    """One run as it goes to MLflow.

    `note`: Markdown, in which `{run_id}` stands for the run's id, not known before it is logged; `artifacts`: path
    below the artifact root to bytes; `images`: key to PNG and a small WebP of it, for the image grid.
    """

    run_key: str
    name: str
    params: Mapping[str, str]
    points: Sequence[Point | tuple[str, float, int]]
    tags: Mapping[str, str]
    colour: str
    note: str = ""
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    images: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)


def run_name(optimizer: str, hyperparameters: Mapping[str, Any], varied: Sequence[str], objective: str = "") -> str:
    """Short, as the page's column shows about 20 characters, and what varies first: `rmsprop 0.1 ρ0.99`."""
    words = [optimizer]
    for name, value in hyperparameters.items():
        if name == "step_size" or name in varied:
            words.append(f"{_SYMBOLS.get(name, name + '=')}{value:.4g}")
    return " ".join([*words, objective] if objective else words)


def params(row: Mapping[str, Any], hyperparameters: Sequence[str], engine: str) -> dict[str, str]:
    """The same keys for every run of an experiment: those of `hyperparameters` it has not are 0."""
    given = row["hyperparameters"]
    return {
        "objective": row["objective"],
        "dim": str(row["dim"]),
        "optimizer": row["optimizer"],
        **{name: repr(given[name]) if name in given else _NOT_APPLICABLE for name in hyperparameters},
        "n_iter": str(row["n_iter"]),
        "starts": str(row["starts"]),
        "start_seed": "none" if row["start_seed"] is None else str(row["start_seed"]),
        "gradient": "central differences" if (row["evaluations"] or 0) > row["n_iter"] else "analytic",
        "engine": engine,
    }


def curve_name(objective: str, curve: str) -> str:
    """The metric of a curve; by objective, as one chart shows one metric and objectives are not to be mixed in it."""
    return f"curve/{metric_word(objective)}/{curve}"


def metric_word(name: str) -> str:
    """A name with what MLflow refuses in metrics replaced."""
    return re.sub(r"[^\w.-]", "_", name)


def metrics(
    row: Mapping[str, Any], curves: Mapping[str, Array], iterations: Sequence[int] | NDArray[np.int64] = ()
) -> Iterator[Point | tuple[str, float, int]]:
    """`curve/*` of these iterations, at most about 100 of each, and `final/*`; only finite numbers."""
    for name, curve in curves.items():
        steps = np.asarray(iterations)
        chosen = np.unique(np.searchsorted(steps, thinned(int(steps[-1]) + 1)))
        chosen = chosen[np.isfinite(curve[chosen])]
        words = repeat(curve_name(row["objective"], name))
        yield from zip(words, curve[chosen].tolist(), steps[chosen].tolist(), strict=False)
    if (step_size := row["hyperparameters"].get("step_size", 0)) > 0:
        yield Point(LOG10_STEP_SIZE, math.log10(step_size), 0)
    for name, value in _final(row, curves).items():
        if math.isfinite(value):
            yield Point(f"final/{name}", value, 0)


def _final(row: Mapping[str, Any], curves: Mapping[str, Array]) -> dict[str, float]:
    if row["outcome"] == "failed":
        return {}
    final = {name.removeprefix("final_"): float(row[name]) for name in (*SPREAD, "evaluations", "diverged")}
    final["log10_gap"] = float(log10_gap(row["final_gap"]))
    if row["outcome"] != "ok":
        values = curves.get("value", np.empty(0))
        finite = values[np.isfinite(values)]
        final["value"] = float(finite[-1]) if len(finite) else math.nan
    if row["diverged"]:
        final["first_bad_iteration"] = float(row["first_bad_iteration"])
    return final
