"""The order of the trials of a search, the best first, and the names of columns that tables are joined by."""

import pandas as pd

TIE_BREAKERS = ("steps_to_1e-7", "steps_to_1e-3", "steps_to_1e-1", "final_value")
LABELS = ["objective", "optimizer"]
PROBLEM = ("dim", "n_iter", "starts", "start_seed")
"""The columns that distinguish the problems on one objective within a study."""


def ordered(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Joins trials with their runs and sorts them, the best first.

    The lowest score comes first. Ties are broken by `TIE_BREAKERS` (steps to the smallest target, then to larger ones,
    then the final value), and last by the trial's number.

    Args:
        trials: Rows of `trials.parquet`.
        runs: Rows of `runs.parquet`, at least those that the trials name.

    Returns:
        One row per trial, with the columns of both tables.
    """
    merged = trials.merge(runs.drop(columns=LABELS), on="run_key", validate="many_to_one")
    return merged.sort_values(["score", *TIE_BREAKERS, "trial"], kind="stable", ignore_index=True)


def first_uses(trials: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Maps each run key to the phase and regime of its first trial, which become MLflow tags."""
    first = trials.drop_duplicates("run_key")
    return {key: (phase, regime) for key, phase, regime in first[["run_key", "phase", "regime"]].to_numpy()}
