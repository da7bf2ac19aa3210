"""The command, run inside a test."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

from rmsprop_lab.cli import main

hypothesis.settings.register_profile("lab", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("lab")
os.environ.pop("MLFLOW_TRACKING_URI", None)  # a developer's own store is no test's
collect_ignore = ["benchmarks"]  # programs, not tests: `make bench`


class Ended(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`lab("experiment=tutorial", ...)` runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["rmsprop-lab", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return Ended(int(exit_.value.code or 0), out, err)

    return run


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new MLflow database, to be copied: MLflow takes seconds to make one."""
    from rmsprop_lab.tracking.tracker import MlflowTracker

    folder = tmp_path_factory.mktemp("empty")
    MlflowTracker(None, folder)
    return folder / "mlflow.db"


@pytest.fixture
def outputs(empty_store: Path, tmp_path: Path) -> Path:
    """The folder that the command writes to, with a store in it."""
    folder = tmp_path / "outputs"
    folder.mkdir()
    shutil.copy(empty_store, folder)
    return folder
