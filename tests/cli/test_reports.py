"""`task=report` and `report=`: what they write, say and refuse."""

import os
import re
from pathlib import Path

import pytest
from support.own import QUARTIC, own
from support.version_1 import unpack

SMALL = (
    "objective=bowl",
    "optimizer=[gd,rmsprop]",
    "n_iter=10",
    "starts.count=2",
    "evaluation.count=0",
    "tracking=none",
)


def made(lab, name: str, *options: str) -> Path:
    ended = lab(*SMALL, "figures=false", f"name={name}", *options)
    assert ended.status == 0, ended.err
    return Path("outputs", name)


def test_a_command_ends_with_its_report(lab) -> None:
    ended = lab(*SMALL, "figures=false", "name=a")
    assert "report   outputs/a/report.html" in ended.out
    page = Path("outputs/a/report.html").read_text(encoding="utf-8")
    assert f"rmsprop-lab {' '.join(SMALL[:1])}" in page
    assert "name=a" in page and "&#39;a&#39;" not in page


def test_without_it_there_is_none_until_it_is_asked_for(lab) -> None:
    folder = made(lab, "a", "report=false")
    assert not (folder / "report.html").exists()
    ended = lab("task=report", "name=a")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "report   outputs/a/report.html"
    assert "search=none" not in (folder / "report.html").read_text()


def test_two_studies_stand_side_by_side(lab) -> None:
    made(lab, "a")
    made(lab, "b", "n_iter=20")
    ended = lab("task=report", "studies=[a,b]")
    assert ended.status == 0, ended.err
    assert ended.out.splitlines()[0] == "report   outputs/a/report_with_b.html"
    page = Path("outputs/a/report_with_b.html").read_text(encoding="utf-8")
    assert re.search(r'<th scope="row">iterations</th><td>10</td><td>20</td>', page)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["task=report", "name=nope"], "name: expected the name of a study that has runs, found none in outputs/nope"),
        (["task=report", "studies=[a,nope]"], "studies: expected names of studies that have runs, found none in"),
        (["task=report", "studies=[a]"], "studies: expected a list of two or more different studies, found ['a']"),
        (["task=report", "studies=[a,a]"], "studies: expected a list of two or more different studies"),
        (["task=report", "studies=[]"], "studies: expected a list of two or more different studies"),
        (["task=report", "studies=a"], "studies: expected a list of two or more different studies"),
        (["task=report", "studies=[a,../x]"], "studies: expected up to 100 letters"),
        (["task=report", "studies=[a,[b]]"], "studies: expected up to 100 letters"),
        (["studies=[a,b]"], "studies: expected null, as task=run does not read it"),
        (["report=2"], "report: expected true or false, found 2"),
        (["task=report", "name=a", "shards=2"], "shards: expected 1, as task=report is not split"),
    ],
)
def test_what_it_refuses(lab, options: list[str], told: str) -> None:
    made(lab, "a", "report=false")
    before = sorted(Path("outputs").rglob("*"))
    ended = lab(*options)
    assert ended.status == 2
    assert ended.err.startswith(f"rmsprop-lab: {told}")
    assert sorted(Path("outputs").rglob("*")) == before


WRITING = {
    "report": (),
    "refill": (),
    "optuna": (),
    "rerun": ("run_key=a",),
    "merge": ("from=outputs/b",),
    "landscape": ("optimizer=rmsprop",),
    "playground": (),
}


@pytest.mark.parametrize("task", WRITING)
def test_a_folder_that_cannot_be_written_is_refused(lab, monkeypatch, task: str) -> None:
    made(lab, "a", "report=false")
    made(lab, "b", "report=false")
    before = sorted(Path("outputs").rglob("*"))
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "a")  # root may write anything
    ended = lab(f"task={task}", "name=a", *WRITING[task])
    told = "expected a study whose folder can be written, found outputs/a, in which nothing can be written."
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"rmsprop-lab: name: {told} Give yourself the right to, as by chmod u+rwx outputs/a, ")
    assert ended.err.count("\n") == 1
    if task == "report":
        assert lab("task=report", "studies=[b,a]").err.startswith(f"rmsprop-lab: studies: {told}")
    assert sorted(Path("outputs").rglob("*")) == before


def test_a_class_that_is_gone_is_told_in_whole_sentences(lab, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    made(lab, "a", "--config-dir", "mine", "objective=quartic", "report=false")
    (tmp_path / "mine/objective/quartic.py").unlink()
    ended = lab("task=report", "name=a", "trust=true")
    assert ended.err.endswith("mine/objective/quartic.py.\n")
    assert ".." not in ended.err


def test_a_study_that_is_not_finished_is_refused(lab) -> None:
    folder = made(lab, "a", "report=false", "search=random", "search.trials=4", "optimizer=gd")
    for path in folder.glob("commands/*.yaml"):  # as if it had been stopped
        path.write_text(path.read_text(encoding="utf-8").replace("trials: 4", "trials: 8"), encoding="utf-8")
    ended = lab("task=report", "name=a")
    assert ended.status == 2
    assert (
        "name: expected a study all of whose searches are finished and can be read, found none in outputs/a"
        in ended.err
    )


def test_studies_of_different_formats_are_refused(lab, tmp_path: Path) -> None:
    made(lab, "a")
    unpack(tmp_path)
    ended = lab("task=report", "studies=[a,first]")
    assert ended.status == 2
    found = "found outputs/first of format 1. rmsprop-lab task=report name=first measures its runs again."
    assert f"studies: expected studies of one format, {found}" in ended.err
