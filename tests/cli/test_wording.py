"""What the command says fits what it did: numbers of things, the first words of the bar, one line for a failed job."""

import re
from pathlib import Path

import pytest

from rmsprop_lab.cli import computing, progress

ONE = ("objective=bowl", "optimizer=gd", "n_iter=1", "figures=false")


def test_one_of_a_thing_is_in_the_singular(lab, outputs: Path) -> None:
    shown = [lab(*ONE), lab(*ONE), lab("task=refill"), lab(*ONE, "name=t", "search=random", "search.trials=1")]
    shown += [lab("task=optuna", "name=t"), lab("task=merge", "name=m", "from=outputs/study")]
    text = "\n".join(ended.out + ended.err for ended in shown)
    assert [ended.status for ended in shown] == len(shown) * [0], text
    assert "1 of 1 run computed" in text
    assert "nothing to compute, the run was on disk" in text
    assert "1 run added" in text
    assert "1 search with 1 trial:" in text
    assert not re.findall(r"(?<![\d.,-])1 (?:runs|iterations|searches|trials|folders|shards|starts|processes)\b", text)


@pytest.mark.parametrize(("tracking", "says"), [("none", "reading what is on disk"), ("mlflow", "opening the MLflow")])
def test_the_bar_says_what_is_done_first(lab, outputs: Path, monkeypatch, tracking: str, says: str) -> None:
    first = []

    class Bar(progress.ProgressBar):
        def __init__(self, doing: str, what: str) -> None:
            first.append(doing)
            super().__init__(doing, what)

    monkeypatch.setattr(computing, "ProgressBar", Bar)
    assert lab(*ONE, f"tracking={tracking}").status == 0
    (text,) = first
    assert text.startswith(says)


BROKEN = """
from dataclasses import dataclass
from rmsprop_lab.base import Optimizer

@dataclass(frozen=True, eq=False)
class Broken(Optimizer):
    step_size: float = 0.1

    def update(self, gradient, state):
        if abs(gradient).max() < 1e-3:
            raise ValueError("it broke")
        return self.step_size * gradient, state
"""


def test_a_job_of_a_multirun_that_fails_is_told_once(lab, tmp_path: Path) -> None:
    (tmp_path / "mine/optimizer").mkdir(parents=True)
    (tmp_path / "mine/optimizer/broken.yaml").write_text("broken:\n  _target_: broken.py:Broken\n")
    (tmp_path / "mine/optimizer/broken.py").write_text(BROKEN)
    given = ("objective=bowl", "optimizer=broken", "n_iter=200", "tracking=none", "figures=false")
    ended = lab("-m", "--config-dir", "mine", *given, "name=a,b")
    assert ended.status == 1
    assert "Error executing job" not in ended.err
    (line,) = [line for line in ended.err.splitlines() if not line.startswith("plan:")]
    assert line.startswith("rmsprop-lab: 1 of 1 run failed; the first, broken on bowl")


def test_a_store_with_words_that_sqlite_does_not_read_shows_no_warning(lab, outputs: Path) -> None:
    ended = lab(*ONE, f"tracking.uri='sqlite:///{outputs}/mlflow.db?password=Zq7secret'")
    assert ended.status == 0
    (line,) = ended.err.splitlines()
    assert line.startswith("plan:")
