"""Loads a study's runs and traces as data frames: what people call from Python."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.base.names import check_name
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.folder import StudyFolder


def load(name: str, output_dir: str | Path = "outputs") -> pd.DataFrame:
    """Loads all runs of a study as a data frame.

    Args:
        name: The study's name.
        output_dir: The folder of all studies.

    Returns:
        One row per run: `run_key`, `objective`, `optimizer`, a column per hyperparameter, `outcome`, and the measures:
        medians over starts, with `_q25` and `_q75` for their quartiles, and means over starts as `mean_*`.

    Raises:
        InputError: There is no such study, or an argument has the wrong type.
        ResultsError: A table of the study cannot be read.

    >>> from tempfile import mkdtemp
    >>> from rmsprop_lab import Starts, Study, run_study
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> folder = mkdtemp()
    >>> study = Study("example", {"bowl": Bowl()}, {"gd": GD(step_size=0.1)}, Starts(count=5), n_iter=100)
    >>> summary = run_study(study, output_dir=folder, tracking="none", figures=False)
    >>> load("example", output_dir=folder)[["objective", "optimizer", "step_size", "outcome"]].to_dict("records")
    [{'objective': 'bowl', 'optimizer': 'gd', 'step_size': 0.1, 'outcome': 'ok'}]
    """
    return _existing(name, output_dir).runs()


def load_traces(name: str, run_keys: Iterable[str] | None = None, output_dir: str | Path = "outputs") -> pd.DataFrame:
    """Loads the traces of a study's runs as a data frame.

    Args:
        name: The study's name.
        run_keys: Keys of the runs, from the column `run_key` of `load`; None for all runs.
        output_dir: The folder of all studies.

    Returns:
        One row per run, start and kept iteration: `run_key`, `start`, `iteration`, `value`, `gradient_norm`, `point`.

    Raises:
        InputError: There is no such study, or an argument has the wrong type.
        ResultsError: A table of the study cannot be read.
    """
    if run_keys is not None:
        if isinstance(run_keys, str) or not isinstance(run_keys, Iterable):
            raise InputError("run_keys", "a list of run keys, such as load(name).run_key", run_keys)
        run_keys = list(run_keys)
        if strange := next((key for key in run_keys if not isinstance(key, str) or len(key) != 64), None):
            raise InputError("run_keys", "run keys, as in load(name).run_key", strange)
    return _existing(name, output_dir).traces(run_keys)


def _existing(name: object, output_dir: object) -> StudyFolder:
    parent = local_folder(output_dir)
    folder = StudyFolder(parent, check_name(name, "name"))
    if folder.version is None:
        studies = sorted(
            {path.parent.name for name in ("runs.parquet", "format.json") for path in parent.glob(f"*/{name}")}
        )
        has = Found(f"{name!r}, but {output_dir} has {', '.join(studies) or 'no studies'}")
        raise InputError("name", "the name of a study that has runs", has)
    return folder
