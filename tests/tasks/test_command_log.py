"""What a study remembers of its commands."""

from collections.abc import Callable
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


@pytest.mark.slow
@pytest.mark.parametrize("command", [["experiment=tutorial", "tracking.uri=sqlite:///{folder}/x.db"]])
def test_a_command_leaves_one_record(lab, tmp_path: Path, command: list[str]) -> None:
    ended = lab(*(part.format(folder=tmp_path) for part in command))
    assert ended.status == 0, ended.err
    (path,) = (tmp_path / "outputs/tutorial/commands").iterdir()
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert record["runs_computed"] == record["runs_logged"] == 1
    assert record["ended"].startswith("done, ")


GIVEN = ("objective=bowl", "optimizer=gd", "search=random", "search.trials=4", "n_iter=10", "name=s")
QUIET = (*GIVEN, "figures=false", "tracking=none")
DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "lost": lambda content: None,
    "empty": lambda content: b"",
    "junk": lambda content: b"\xff\xfe\x00" + content,
    "null": lambda content: b"null",
    "a list": lambda content: b"[1]",
    "no config": lambda content: b"format: 2\n",
    "a config of text": lambda content: b"format: 2\nconfig: text\n",
    "cut in the config": lambda content: content[: content.index(b"  n_iter")],
    "cut amid a key": lambda content: content[: content.index(b"  limits") + 5],
    "cut after the study": lambda content: content[: content.index(b"versions")],
    "another config": lambda content: content.replace(b"n_iter: 10", b"n_iter: 11"),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_record_that_is_damaged_is_written_again_by_the_same_command(lab, tmp_path: Path, damage: str) -> None:
    lab(*QUIET)
    commands = tmp_path / "outputs/s/commands"
    (record,) = commands.iterdir()
    content = DAMAGES[damage](record.read_bytes())
    if content is None:
        record.unlink()
    else:
        record.write_bytes(content)
    for _ in range(2):
        ended = lab(*QUIET)
        assert ended.status == 0, ended.err
        assert "nothing to compute" in ended.out
        assert len({*commands.iterdir()} - {record}) == 1  # once: the second time it is there
    found = lab("task=optuna", "name=s", "tracking=none")
    assert found.status == 0, found.err
    assert "1 search with 4 trials" in found.out
    for line in found.err.splitlines():
        assert record.name in line
        assert not {"NoneType", "subscriptable", "Error"} & set(line.replace("'", " ").split())


@pytest.mark.slow
@pytest.mark.parametrize("change", ["figures=true", "print_trace=true", "limits.wait=5", "target=1e-3"])
def test_what_does_not_change_the_study_needs_no_new_record(lab, tmp_path: Path, change: str) -> None:
    lab(*QUIET)
    assert lab(*QUIET, change).status == 0
    assert len([*(tmp_path / "outputs/s/commands").iterdir()]) == 1


def test_a_study_whose_runs_others_computed_is_recorded(lab, tmp_path: Path) -> None:
    lab(*QUIET)
    lab(*QUIET, "search.trials=3")
    assert len([*(tmp_path / "outputs/s/commands").iterdir()]) == 2
