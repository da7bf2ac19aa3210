"""What several test files share: every class that is there, and the command run inside the test."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rmsprop_lab import Study
from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.cli import main
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts

OBJECTIVES = classes_in("rmsprop_lab.objectives", Objective)
OPTIMIZERS = classes_in("rmsprop_lab.optimizers", Optimizer)
CONF = Path(__file__).parents[1] / "conf"
collect_ignore = ["benchmarks"]  # programs, not tests: `make bench`


def study(steps: tuple[float, ...] = (0.01, 0.1), method: str = "grid", name: str = "s", **changes: Any) -> Study:
    """A small study: two objectives, two optimizers, three starts."""
    given = {
        "objectives": {"bowl": Bowl(), "himmelblau": Himmelblau()},
        "optimizers": {"gd": GD(0.05), "rmsprop": RMSProp(0.05, 0.9)},
        "starts": Starts(count=3),
        "n_iter": 15,
        "search": Search(method),
        "spaces": {name: {"step_size": Range(values=steps)} for name in ("gd", "rmsprop")},
        **changes,
    }
    return Study(name, **given)


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
