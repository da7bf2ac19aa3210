"""The lists of unfinished runs: what they name is removed only where it is a run's folder below the artifact root."""

import json
import os
from pathlib import Path

import pytest
from support.writing import contents, open_study

from rmsprop_lab.tracking.owners import owner_of
from rmsprop_lab.tracking.uri import default_uri
from rmsprop_lab.tracking.writers.artifacts import UnfinishedFiles
from rmsprop_lab.tracking.writers.run_ids import is_run_id, new_run_id

OWNER = "0123456789abcdef"
FORGED = [
    ["../../precious"],
    [""],
    ["."],
    [".."],
    ["kept"],
    ["kept/.."],
    ["A" * 32],
    ["a" * 31],
    ["a" * 32 + "\n"],
    ["/" + "a" * 31],
    [None, 7, ["../../precious"], {"../../precious": 1}],
    {"../../precious": "kept"},
    "kept",
    7,
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An artifact root with files in it, and files beside it."""
    for path in ("outputs/artifacts/kept/file", "outputs/artifacts/.unfinished/other", "precious/file"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path / "outputs/artifacts"


def all_files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("listed", FORGED, ids=str)
def test_what_is_no_run_id_is_never_taken_for_a_path(root: Path, tmp_path: Path, listed: object) -> None:
    before = all_files(tmp_path)
    (root / f".unfinished/{OWNER}-1").write_text(json.dumps(listed))
    asked: list[str] = []
    UnfinishedFiles(root, OWNER).sweep(lambda ids: asked.extend(ids) or ())
    assert all_files(tmp_path) == before
    assert asked == []


@pytest.mark.parametrize("text", [b"", b"[", b"\xff\xfe", b"[" * 100_000], ids=["empty", "cut", "binary", "deep"])
def test_a_list_that_cannot_be_read_is_put_away(root: Path, tmp_path: Path, text: bytes) -> None:
    before = all_files(tmp_path)
    (root / f".unfinished/{OWNER}-1").write_bytes(text)
    UnfinishedFiles(root, OWNER).sweep(lambda ids: ())
    assert all_files(tmp_path) == before


def test_a_pipe_or_a_folder_in_place_of_a_list_is_passed_over(root: Path) -> None:
    os.mkfifo(root / f".unfinished/{OWNER}-1")
    (root / f".unfinished/{OWNER}-2").mkdir()
    UnfinishedFiles(root, OWNER).sweep(lambda ids: ())
    assert len(list((root / ".unfinished").iterdir())) == 3


def test_the_files_of_runs_that_were_never_inserted_are_removed(root: Path) -> None:
    lost, there = new_run_id(), new_run_id()
    for run_id in (lost, there):
        (root / run_id / "artifacts").mkdir(parents=True)
    unfinished = UnfinishedFiles(root, OWNER)
    unfinished.announce([lost, there])
    unfinished.sweep(lambda ids: {there})
    assert not (root / lost).exists()
    assert (root / there).is_dir()


def test_a_link_in_place_of_a_runs_folder_is_not_followed(root: Path, tmp_path: Path) -> None:
    run_id = new_run_id()
    (root / run_id).symlink_to(tmp_path / "precious")
    unfinished = UnfinishedFiles(root, OWNER)
    unfinished.announce([run_id])
    unfinished.sweep(lambda ids: ())
    assert (tmp_path / "precious/file").exists()


def test_the_next_command_removes_nothing_else(outputs: Path) -> None:
    precious = outputs.parent / "precious"
    precious.mkdir()
    study = open_study(default_uri(outputs), outputs, "s", "bulk")
    study.log_all(contents()[:2])
    before = all_files(outputs / "artifacts")
    notes = outputs / "artifacts/.unfinished"
    notes.mkdir()
    (notes / f"{owner_of(outputs, 's')}-1").write_text('["../../precious", "", ".."]')
    assert len(open_study(default_uri(outputs), outputs, "s", "bulk").run_ids()) == 2
    assert precious.is_dir()
    assert all_files(outputs / "artifacts") == before


def test_new_ids_have_the_form() -> None:
    assert all(is_run_id(new_run_id()) for _ in range(100))
