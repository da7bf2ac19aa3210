"""The rule for names of studies, objectives, optimizers and hyperparameters.

Names become folders, files, tags, columns and filters. What the rule lets through needs no escaping in any of them.
"""

import re
from collections.abc import Iterable
from typing import Any

from rmsprop_lab.errors import Found, InputError

_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
RULE = "up to 100 letters, digits, '.', '_' and '-', starting with a letter or digit"
IN_QUOTES = "YAML reads some words (on, off, yes, no, true, false, null, 2024, 1e5) as other values: put it in quotes."

_COLUMNS = frozenset(
    [
        "best_gap",
        "cell",
        "default_key",
        "default_score",
        "dim",
        "distance",
        "diverged",
        "edges",
        "engine",
        "evaluations",
        "final_gap",
        "final_value",
        "first_bad_iteration",
        "gap_floor",
        "gradient",
        "gradient_norm",
        "hyperparameters",
        "iteration",
        "mean_log10_best_gap",
        "mean_log10_final_gap",
        "mean_log10_gap",
        "mean_value",
        "message",
        "minimizer",
        "n_iter",
        "objective",
        "optimizer",
        "outcome",
        "phase",
        "point",
        "rank",
        "regime",
        "repeat",
        "repeats",
        "run_key",
        "score",
        "score_high",
        "score_low",
        "score_name",
        "searched_key",
        "searched_score",
        "space",
        "start",
        "start_seed",
        "starts",
        "trial",
        "trials",
        "trials_diverged",
        "value",
    ]
)
"""The columns of our tables and the params of our runs in MLflow; and `space`, a key of an optimizer's config."""
_OURS = re.compile(r".*_q25|.*_q75|(mean_)?steps_to_.*")


def is_name(value: object) -> bool:
    """Whether a value is a name by the rule.

    >>> is_name("rmsprop_0.9"), is_name("../evil"), is_name(2024)
    (True, False, False)
    """
    return isinstance(value, str) and _FORM.fullmatch(value) is not None


def check_name(value: Any, key: str, change: str = "") -> str:
    """Returns a name.

    Args:
        value: What was given as a name.
        key: Names the value in the error.
        change: What to do about another one.

    Raises:
        InputError: It is no name.
    """
    if is_name(value):
        return str(value)
    raise InputError(key, RULE, value, change if isinstance(value, str | list | dict) else IN_QUOTES)


def check_hyperparameters(names: Iterable[str], key: str) -> None:
    """Checks the fields of an optimizer, which become columns beside ours.

    Raises:
        InputError: A field is no name, or one of our columns (key `<key>.<field>`).
    """
    for name in names:
        check_name(name, key, "Rename the field.")
        if is_column(name):
            change = f"Rename the field, as in {name}_factor."
            raise InputError(f"{key}.{name}", "a hyperparameter named unlike our columns", Found(name), change)


def is_column(name: str) -> bool:
    """Whether a table of ours has a column of this name.

    >>> is_column("score"), is_column("final_gap_q25"), is_column("step_size")
    (True, True, False)
    """
    return name in _COLUMNS or _OURS.fullmatch(name) is not None
