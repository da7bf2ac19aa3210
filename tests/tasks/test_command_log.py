"""What a study remembers of its commands."""

from pathlib import Path

import pytest
import yaml
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.tasks.command_log import record_command

URI = "postgresql://lab:s3cret@db.example.org/mlflow"


def test_passwords_are_not_remembered(tmp_path: Path) -> None:
    summary = run_study(study(method="none"), output_dir=tmp_path, tracking="none", figures=False)
    record_command(summary, f"rmsprop-lab tracking.uri={URI}", f"tracking:\n  uri: {URI}\n", "done, 0.1 s")
    kept = [
        path.read_text(encoding="utf-8") for path in (tmp_path / "s").rglob("*") if path.suffix in (".yaml", ".log")
    ]
    assert len(kept) == 2
    for text in kept:
        assert "s3cret" not in text
        assert "db.example.org" in text


def test_the_config_is_remembered_as_data(tmp_path: Path) -> None:
    summary = run_study(study(method="none"), output_dir=tmp_path, tracking="none", figures=False)
    record_command(summary, "rmsprop-lab", "n_iter: ${oc.env:SECRET}\n", "done, 0.1 s")
    (path,) = (tmp_path / "s/commands").iterdir()
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["config"] == {"n_iter": "${oc.env:SECRET}"}


@pytest.mark.parametrize("command", [["experiment=tutorial", "tracking.uri=sqlite:///{folder}/x.db"]])
def test_a_command_leaves_one_record(lab, tmp_path: Path, command: list[str]) -> None:
    ended = lab(*(part.format(folder=tmp_path) for part in command))
    assert ended.status == 0, ended.err
    (path,) = (tmp_path / "outputs/tutorial/commands").iterdir()
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert record["runs_computed"] == record["runs_logged"] == 1
    assert record["ended"].startswith("done, ")
