"""A study's folder from somebody else: nothing that it names runs unasked, it is named, and `trust=true` allows it."""

import shutil
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient
from support.own import QUARTIC, own
from support.version_1 import unpack

from rmsprop_lab import load
from rmsprop_lab.tracking.uri import default_uri

MARKED = f"from pathlib import Path\nPath('ran').touch()\n{QUARTIC}"
FEW = ("name=s", "n_iter=3", "starts.count=2", "figures=false", "tracking=none")


@pytest.fixture
def received(lab, tmp_path: Path, outputs: Path) -> Path:
    """A folder with runs of our classes and of one of its sender's; `ran` appears if that one is imported."""
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    search = ("search=random", "search.trials=3", "evaluation.count=0")
    assert lab("--config-dir", "mine", "objective=[bowl,quartic]", "optimizer=gd", *search, *FEW).status == 0
    file = (tmp_path / "mine").rename(tmp_path / "theirs") / "objective/quartic.py"
    file.write_text(MARKED)
    for record in (outputs / "s/commands").glob("*.yaml"):
        record.write_text(record.read_text(encoding="utf-8").replace("/mine/", "/theirs/"))
    return file


def test_refill_does_without_it_and_names_it(lab, received: Path) -> None:
    ended = lab("task=refill", "name=s")
    assert ended.status == 0, ended.err
    assert "6 of 6 runs added" in ended.out
    assert "3 of them without a contour plot" in ended.out
    assert f"commands: not run, as this command does not name it: {received}; if you trust it, trust=true" in ended.err
    assert not Path("ran").exists()


def test_trust_lets_it_run(lab, received: Path) -> None:
    ended = lab("task=refill", "name=s", "trust=true")
    assert ended.status == 0, ended.err
    assert "6 of 6 runs added" in ended.out
    assert Path("ran").exists()
    assert "not run" not in ended.err


def test_optuna_does_without_it_and_names_it(lab, received: Path) -> None:
    ended = lab("task=optuna", "name=s")
    assert ended.status == 0, ended.err
    assert "1 search with 3 trials" in ended.out
    assert str(received) in ended.err
    assert not Path("ran").exists()
    lab("task=optuna", "name=s", "trust=true")
    assert Path("ran").exists()


def test_report_needs_it_as_a_part_is_not_the_study(lab, received: Path, outputs: Path) -> None:
    assert lab("objective=bowl", "optimizer=gd", *FEW, "name=t").status == 0
    before = {path: path.read_bytes() for path in (outputs / "s").rglob("*") if path.is_file()}
    for names in ("name=s", "studies=[t,s]"):
        ended = lab("task=report", names)
        assert ended.status == 2, ended.out
        assert f"does not name it: {received}; if you trust it, trust=true runs it" in ended.err
        assert "The command that began it" not in ended.err
    assert not Path("ran").exists()
    assert before == {path: path.read_bytes() for path in before}
    lab("task=report", "name=s", "trust=true")
    assert Path("ran").exists()


def test_report_neither_goes_back_to_an_older_study(lab, tmp_path: Path, outputs: Path) -> None:
    assert lab("objective=bowl", "optimizer=gd", *FEW).status == 0
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    assert lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", *FEW).status == 0
    page = (outputs / "s/report.html").read_bytes()
    ended = lab("task=report", "name=s")
    assert ended.status == 2
    assert "quartic.py; if you trust it" in ended.err
    assert (outputs / "s/report.html").read_bytes() == page
    assert lab("--config-dir", "mine", "task=report", "name=s").status == 0


def test_refill_judges_no_part(lab, received: Path) -> None:
    assert lab("task=refill", "name=s", "trust=true").status == 0
    note = _note()
    assert "quartic" in note
    assert lab("task=refill", "name=s").status == 0
    assert _note() == note


def _note() -> str:
    found = MlflowClient(default_uri("outputs")).search_experiments(filter_string="name = 's'")
    return str(found[0].tags["mlflow.note.content"])


def test_a_record_cannot_trust_itself(lab, received: Path, outputs: Path) -> None:
    for path in (outputs / "s/commands").glob("*.yaml"):
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
        record["config"]["trust"] = True
        path.write_text(yaml.safe_dump(record), encoding="utf-8")
    assert str(received) in lab("task=refill", "name=s").err
    assert not Path("ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize("options", [("objective=quartic",), ()], ids=["chosen", "in the folder"])
def test_the_very_file_that_this_command_names_is_trusted(lab, received: Path, options: tuple[str, ...]) -> None:
    ended = lab("--config-dir", "theirs", "task=refill", "name=s", "optimizer=gd", *options)
    assert ended.status == 0, ended.err
    assert "not run" not in ended.err
    assert Path("ran").exists()


def test_another_file_of_the_same_name_is_not(lab, received: Path, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "task=refill", "name=s", "objective=quartic", "optimizer=gd")
    assert str(received) in ended.err
    assert not Path("ran").exists()


TARGETS = [
    "{}/theirs.py:Quartic",
    "theirs.py:Quartic",
    "theirs.Quartic",
    "rmsprop_lab/../theirs.py:Quartic",
    "rmsprop_lab.objectives.bowl.py:Quartic",
    "${{oc.decode:theirs.Quartic}}",
]


@pytest.mark.slow
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("target", TARGETS)
def test_no_way_to_name_it_runs_it(
    lab, outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, nested: bool
) -> None:
    assert lab("objective=[bowl,matyas]", "optimizer=gd", *FEW).status == 0
    for place in ("theirs.py", "rmsprop_lab.objectives.bowl.py"):
        (tmp_path / place).write_text(MARKED)
    (tmp_path / "rmsprop_lab").mkdir()
    monkeypatch.syspath_prepend(tmp_path)  # as `python -m rmsprop_lab` has it
    (path,) = (outputs / "s/commands").glob("*.yaml")
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = {"_target_": target.format(tmp_path)}
    wrapped = {"_target_": "rmsprop_lab.wrappers.Rotated", "objective": entry}
    record["config"]["objective"]["bowl"] = wrapped if nested else entry
    path.write_text(yaml.safe_dump(record), encoding="utf-8")
    for task in ("refill", "optuna"):
        ended = lab(f"task={task}", "name=s")
        assert "not run, as this command does not name it: " in ended.err
        assert "theirs" in ended.err or "bowl.py" in ended.err
        assert "Traceback" not in ended.err
        assert not (tmp_path / "ran").exists()


def test_a_folder_of_version_1_is_measured_without_it(lab, tmp_path: Path) -> None:
    outputs = unpack(tmp_path)
    file = tmp_path / "mine/quartic.py"
    file.write_text("from pathlib import Path\nPath('ran').touch()\n" + file.read_text(encoding="utf-8"))
    options = ("optimizer=gd", "n_iter=3", "tracking=none", "figures=false")
    ended = lab("name=first", *options)
    assert ended.status == 0, ended.err
    assert "11 runs were measured again" in ended.err
    assert f"1 run of rmsprop on quartic cannot be measured again (not run, as this command does not name it: {file}"
    assert "trust=true" in ended.err
    assert not Path("ran").exists()
    assert "quartic" not in set(load("first", outputs)["objective"])
    refused = lab("name=own", *options)
    assert refused.status == 2
    assert f"{file}; if you trust it, trust=true runs it" in refused.err
    assert not Path("ran").exists()


def test_a_folder_of_which_nothing_may_run_is_refilled(lab, outputs: Path, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    assert lab("--config-dir", "mine", "objective=quartic", "optimizer=gd", *FEW).status == 0
    ended = lab("task=refill", "name=s")
    assert ended.status == 0, ended.err
    assert "1 of 1 run added" in ended.out
    assert "quartic.py; if you trust it" in ended.err


@pytest.mark.slow
@pytest.mark.usefixtures("outputs")
def test_a_class_that_has_gone_is_named_too(lab, received: Path) -> None:
    shutil.rmtree(received.parent)
    ended = lab("task=refill", "name=s", "trust=true")
    assert ended.status == 0, ended.err
    assert f"There is no Python file {received}" in ended.err


def test_trust_is_true_or_false(lab) -> None:
    ended = lab("trust=all", "optimizer=gd", "tracking=none")
    assert ended.status == 2
    assert "trust: expected" in ended.err
