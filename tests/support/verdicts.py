"""Tables of studies that never ran: scores of fresh starts, made up."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.evaluation.measures import MEANS, STEPS

NAMES = ("gd", "adam", "rmsprop", "adagrad", "nesterov", "momentum", "adadelta", "graves", "centered", "lion")
Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def tables(measures: Array, score: str = "mean_log10_gap", names: Sequence[str] = NAMES) -> Tables:
    """Trials, runs and starts of a study with these scores.

    Args:
        measures: The score of each objective, optimizer, repeat and start, `(F, K, R, S)`; a run whose scores are all
            NaN failed.
        score: Its name: `mean_log10_gap` or `mean_value`.
        names: The optimizers' names.
    """
    places = np.indices(measures.shape[:3]).reshape(3, -1)
    of_starts = measures.reshape(-1, measures.shape[3])
    failed = np.isnan(of_starts).any(axis=1)
    judged = pd.DataFrame(
        {
            "objective": [f"f{row}" for row in places[0]],
            "optimizer": [names[column] for column in places[1]],
            "repeat": places[2],
            "run_key": ["-".join(map(str, place)) for place in places.T],
            MEANS[score]: of_starts.mean(axis=1),
            "outcome": np.where(failed, "failed", "ok"),
        }
    )
    kinds = [("search", "tuned", "s"), ("evaluate", "tuned", ""), ("evaluate", "default", "d")]
    every = pd.concat(
        [judged.assign(phase=phase, regime=regime, run_key=mark + judged["run_key"]) for phase, regime, mark in kinds],
        ignore_index=True,
    )
    missing = {name: np.nan for name in MEANS.values() if name != MEANS[score]}
    settings = {"step_size": every["optimizer"].map(list(names).index) * 0.1, "n_iter": 100}
    runs = every[["run_key", "objective", "optimizer"]].assign(
        **settings, dim=2, starts=measures.shape[3], start_seed=every["repeat"], outcome=every["outcome"]
    )
    runs = runs.assign(**missing, **{MEANS[score]: every[MEANS[score]]}, final_gap=0.5, best_gap=0.25)
    trials = every[["objective", "optimizer", "repeat", "phase", "regime", "run_key"]]
    return trials, runs, start_table(judged["run_key"][~failed].to_numpy(), of_starts[~failed], score)


def start_table(keys: Any, measures: Array, score: str) -> pd.DataFrame:
    """Rows of `starts.parquet`: from a mean of two decades on, a start reaches 1e-3 at iteration 40."""
    count = measures.shape[1]
    table = pd.DataFrame({"run_key": np.repeat(keys, count), "start": np.tile(range(count), len(keys))})
    table = table.assign(outcome="ok", evaluations=100, mean_log10_gap=np.nan, mean_value=np.nan)
    table = table.assign(**dict.fromkeys(STEPS, np.nan), **{score: measures.ravel()})
    if score == "mean_log10_gap":
        table["steps_to_1e-3"] = np.where(measures.ravel() <= -2, 40.0, np.inf)
    return table


def shuffled(given: Tables, seed: int) -> Tables:
    """The same tables, their rows in another order."""
    first, *others = (table.sample(frac=1.0, random_state=seed + place) for place, table in enumerate(given))
    return (first, *others)  # type: ignore[return-value]


def chance(shape: tuple[int, int, int, int], seed: int, tuning: float = 0.3) -> Array:
    """Scores of equal optimizers, `shape`: starts that are hard for all, searches that go well or badly, and chance."""
    rng = np.random.default_rng(seed)
    objectives, optimizers, repeats, starts = shape
    hard = rng.normal(0.0, 1.0, (objectives, 1, repeats, starts))
    searched = rng.normal(0.0, tuning, (objectives, optimizers, repeats, 1))
    scores: Array = -3.0 + hard + searched + rng.normal(0.0, 0.7, shape)
    return scores


def reached(shape: tuple[int, int, int, int], seed: int, n_iter: int = 50, each: int = 1, hard: float = 0.4) -> Any:
    """The table of `start_rows` of optimizers that reach some targets, the smaller ones later or never.

    Args:
        shape: Objectives, optimizers, repeats, starts.
        seed: Seed of all that is drawn.
        n_iter: Iterations of each run.
        each: Evaluations of an iteration.
        hard: The share of starts that never get past some target; a tenth diverged.
    """
    rng = np.random.default_rng(seed)
    objective, optimizer, repeat, start = np.indices(shape).reshape(4, -1)
    steps = np.sort(rng.integers(0, n_iter + 1, (len(start), len(STEPS))), axis=1).astype(float)
    past = np.where(rng.random(len(start)) < hard, rng.integers(0, len(STEPS), len(start)), len(STEPS))
    lost = rng.random(len(start)) < 0.1
    steps[(np.arange(len(STEPS)) >= past[:, None]) | lost[:, None]] = np.inf
    table = pd.DataFrame({"objective": [f"f{row}" for row in objective], "optimizer": [NAMES[k] for k in optimizer]})
    table = table.assign(repeat=repeat, start=start, outcome=np.where(lost, "diverged", "ok"))
    return table.assign(n_iter=n_iter, evaluations=each * n_iter, **dict(zip(STEPS, steps.T, strict=True)))
