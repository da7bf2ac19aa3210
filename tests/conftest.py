"""The command, run inside a test."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from rmsprop_lab.cli import main

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
