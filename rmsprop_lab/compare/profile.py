"""How far from the best an optimizer is, over many problems: performance profiles."""

import numpy as np
import pandas as pd

from rmsprop_lab.compare.ecdf import shared_objectives
from rmsprop_lab.compare.repeats import names_in
from rmsprop_lab.compare.success import success_table
from rmsprop_lab.plan.scores import TARGETS


def cost_ratios(starts: pd.DataFrame) -> pd.DataFrame:
    """How many times the cost of the best optimizer each one has, on every problem.

    A problem is a target on an objective, and its cost the expected running time, ERT of `success_table`. A single
    start would not do as a problem: who reaches a target first from one start is luck. One target would not do either:
    it favours the optimizers that happen to be fast down to it.

    Args:
        starts: The table of `start_rows`.

    Returns:
        A row per problem, indexed by `objective` and `success_target`, and a column per optimizer: ERT over the
        lowest ERT of all; +inf for one that never reaches the target, so for all on a problem that none solves.
        Objectives without a known minimum, and those that an optimizer lacks, have no rows.

    >>> starts = pd.DataFrame({"optimizer": ["gd", "adam"], "outcome": "ok", "n_iter": 10, "evaluations": 10})
    >>> starts = starts.assign(objective="bowl", **{f"steps_to_1e-{k}": [k, 3.0 * k] for k in range(1, 8)})
    >>> cost_ratios(starts).iloc[0].to_dict()
    {'gd': 1.0, 'adam': 3.0}
    """
    starts = starts[starts[f"steps_to_{TARGETS[0]}"].notna()]
    names = pd.MultiIndex.from_product([shared_objectives(starts), TARGETS], names=["objective", "success_target"])
    tables = [success_table(starts, target) for target in TARGETS]
    problems = pd.concat(tables).pivot(index=names.names, columns="optimizer", values="ert").reindex(names)
    costs = problems[names_in(starts, "optimizer")].to_numpy(dtype=np.float64)
    best = costs.min(axis=1, keepdims=True, initial=np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where((costs == best) & np.isfinite(costs), 1.0, costs / best)  # 0 / 0: from the minimum itself
    ratios[np.isinf(costs)] = np.inf
    return pd.DataFrame(ratios, names, names_in(starts, "optimizer"))


def profile_table(ratios: pd.DataFrame) -> pd.DataFrame:
    """The share of problems that each optimizer solves within a factor of the best: its performance profile.

    ρ(τ) = |{problem : cost / lowest cost ≤ τ}| / |{problem}|: at τ = 1 the share of problems on which the optimizer is
    the best, for large τ the share that it solves at all (Dolan & Moré 2002, *Benchmarking optimization software with
    performance profiles*, Math. Program. 91).

    Args:
        ratios: The table of `cost_ratios`.

    Returns:
        The profiles as staircases, `share` holding from its `factor` to that of the next row: `optimizer`, `factor`,
        `share`. Each begins at a factor of 1; its other rows are its steps.

    >>> profile_table(pd.DataFrame({"gd": [1.0, 1.0], "adam": [4.0, np.inf]})).to_numpy().tolist()
    [['gd', 1.0, 1.0], ['adam', 1.0, 0.0], ['adam', 4.0, 0.5]]
    """
    curves = []
    for optimizer in ratios.columns:
        ordered = np.sort(ratios[optimizer].to_numpy(dtype=np.float64))
        factors = np.unique(np.append(ordered[np.isfinite(ordered)], 1.0))
        share = np.searchsorted(ordered, factors, side="right") / max(len(ordered), 1)
        curves.append(pd.DataFrame({"optimizer": optimizer, "factor": factors, "share": share}))
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=["optimizer", "factor", "share"])
