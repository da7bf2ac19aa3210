"""Tables and figures are made again whenever something that they show has changed, and only then."""

import os
import shutil
import signal
import warnings
from pathlib import Path

import pytest

from rmsprop_lab.errors import DamageWarning
from rmsprop_lab.storage.aside import set_aside
from rmsprop_lab.storage.stamp import Stamp

GIVEN = ("objective=bowl", "optimizer=gd", "search=random", "search.trials=5", "n_iter=30", "name=s", "tracking=none")
RANKED, SEARCHED, BUDGET = "tables/ranking.csv", "tables/searches.csv", "tables/budget.csv"


def shown(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Time and content of each table and figure."""
    files = [*folder.glob("tables/*.csv"), *folder.glob("figures/*.png")]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("search.score=steps_to_1e-3",), {RANKED, SEARCHED, BUDGET, "figures/budget.png", "figures/sensitivity.png"}),
        (("search.score=final_gap",), {RANKED, SEARCHED, BUDGET, "figures/budget.png", "figures/bowl_gd_trials.png"}),
        (("optimizer.gd.step_size=0.3",), {SEARCHED}),
        pytest.param(("evaluation.seed=3",), {RANKED, SEARCHED, "figures/comparison.png"}, marks=pytest.mark.slow),
        pytest.param(("evaluation.count=5",), {RANKED, SEARCHED, "figures/comparison.png"}, marks=pytest.mark.slow),
        pytest.param(("search.trials=6",), {RANKED, SEARCHED, BUDGET, "figures/budget.png"}, marks=pytest.mark.slow),
        pytest.param(("search.repeats=2",), {RANKED, SEARCHED, "figures/comparison.png"}, marks=pytest.mark.slow),
        pytest.param(("search.seed=1",), {RANKED, SEARCHED, BUDGET}, marks=pytest.mark.slow),
        pytest.param(
            ("optimizer.gd.space.step_size.high=2",), {SEARCHED, "figures/bowl_gd_trials.png"}, marks=pytest.mark.slow
        ),
    ],
)
def test_what_a_change_shows_in_is_made_again(lab, tmp_path: Path, change: tuple[str, ...], changed: set[str]) -> None:
    lab(*GIVEN)
    folder = tmp_path / "outputs" / "s"
    before = shown(folder)
    lab(*GIVEN)
    assert shown(folder) == before
    assert lab(*GIVEN, *change).status == 0
    after = shown(folder)
    assert not {name for name in changed if after[name][1] == before[name][1]}
    lab(*GIVEN)
    assert {name: content for name, (_, content) in shown(folder).items()} == {
        name: content for name, (_, content) in before.items()
    }


def told(lab, *arguments: str) -> list[str]:
    """The damage that a command tells of; it must end well."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert lab(*arguments).status == 0
    assert {warning.category for warning in caught} <= {DamageWarning}
    return [str(warning.message) for warning in caught]


@pytest.fixture
def folder(lab, tmp_path: Path) -> Path:
    assert lab(*GIVEN).status == 0
    return tmp_path / "outputs" / "s"


@pytest.mark.slow
@pytest.mark.parametrize("junk", [b"\xff\xfe\x00", b"", b"null", b"[" * 100_000, b"{}x", b'{"shows": 1, "x": 2}'])
def test_a_stamp_that_is_junk_is_told_and_written_again(lab, folder: Path, junk: bytes) -> None:
    stamps = [folder / "tables/.shows", folder / "figures/.shows"]
    whole = [stamp.read_bytes() for stamp in stamps]
    for stamp in stamps:
        stamp.write_bytes(junk)
    lines = [f"outputs/s/{name}/.shows was changed or damaged; it is made again" for name in ("tables", "figures")]
    assert told(lab, *GIVEN) == lines
    assert [stamp.read_bytes() for stamp in stamps] == whole
    assert not told(lab, *GIVEN)


def test_a_flipped_bit_of_a_stamp_is_noticed_in_any_place(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "tables/.shows", "a")
    stamp.write([stamp.put("x.csv", b"1")])
    content = stamp.path.read_bytes()
    for place in range(len(content)):
        stamp.path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        assert not stamp.is_current(), place
        with pytest.warns(DamageWarning, match=r"tables/\.shows was changed or damaged"):
            stamp.begin()


def damaged(path: Path, way: str) -> None:
    content = path.read_bytes()
    flipped = content[:9] + bytes([content[9] ^ 1]) + content[10:]
    path.write_bytes({"cut": content[:-7], "flipped": flipped, "emptied": b"", "edited": content + b"mine"}[way])


@pytest.mark.slow
@pytest.mark.parametrize("way", ["cut", "flipped", "emptied", "edited"])
def test_changed_files_are_told_in_a_line_for_each_folder(lab, folder: Path, way: str) -> None:
    before = {name: content for name, (_, content) in shown(folder).items()}
    names = [RANKED, SEARCHED, "figures/comparison.png"]
    for name in names:
        damaged(folder / name, way)
    assert told(lab, *GIVEN) == [
        f"outputs/s/{RANKED} and 1 more were changed or damaged; they are made again",
        "outputs/s/figures/comparison.png was changed or damaged; it is made again",
    ]
    assert {name: content for name, (_, content) in shown(folder).items()} == before
    assert not told(lab, *GIVEN)


@pytest.mark.slow
def test_what_is_missing_or_was_made_for_another_study_is_no_damage(lab, folder: Path) -> None:
    (folder / RANKED).unlink()
    (folder / "figures/comparison.png").unlink()
    assert not told(lab, *GIVEN)
    (folder / "tables/.shows").unlink()
    (folder / "figures/.shows").write_bytes(b"0" * 64)  # of version 1
    assert not told(lab, *GIVEN)
    assert not told(lab, *GIVEN, "search.score=final_gap")
    assert not told(lab, *GIVEN)


@pytest.mark.slow
def test_neither_is_what_a_failed_or_killed_command_left(lab, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> bytes:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr("rmsprop_lab.report.figures.comparison_png", fails)
        assert not told(lab, *GIVEN, "search.score=final_gap")
    assert not told(lab, *GIVEN)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
    with monkeypatch.context() as patch:
        patch.setattr("rmsprop_lab.report.figures.comparison_png", lambda *arguments: signal.raise_signal(2))
        assert lab(*GIVEN, "search.score=final_gap").status == 130
    signal.signal(signal.SIGINT, before)
    assert not told(lab, *GIVEN)


PLACES = [RANKED, SEARCHED, "tables/.shows", "figures/comparison.png", "figures/.shows", "study.log"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_stands_in_a_files_place_is_set_aside(lab, folder: Path, kind: str) -> None:
    before = {name: content for name, (_, content) in shown(folder).items()}
    for name in PLACES:
        (folder / name).unlink()
        (folder / name).mkdir() if kind == "folder" else os.mkfifo(folder / name)
    next((folder / "commands").iterdir()).unlink()  # so that a line is added to study.log
    lines = told(lab, *GIVEN)
    assert len(lines) == len(PLACES)
    for name in PLACES:
        place = (folder / "damaged" / name).parent.relative_to(folder.parents[1])
        assert f"outputs/s/{name} is no file; it is set aside in {place}" in lines
        assert (folder / "damaged" / name).is_dir() == (kind == "folder")
    assert {name: content for name, (_, content) in shown(folder).items()} == before
    assert not told(lab, *GIVEN)


@pytest.mark.slow
def test_so_is_a_file_in_a_folders_place(lab, folder: Path) -> None:
    names = ["tables", "figures", "commands"]
    for name in names:
        shutil.rmtree(folder / name)
        (folder / name).write_text("mine")
    lines = told(lab, *GIVEN)
    assert lines == [f"outputs/s/{name} is no folder; it is set aside in outputs/s/damaged" for name in names]
    assert [(folder / "damaged" / name).read_text() for name in names] == ["mine"] * 3


def test_nothing_that_was_set_aside_is_lost(tmp_path: Path) -> None:
    (tmp_path / "damaged").write_text("a file of the user's")
    for number in range(3):
        (tmp_path / "x").write_text(str(number))
        set_aside(tmp_path / "x", tmp_path)
    assert sorted(path.read_text() for path in (tmp_path / "damaged").iterdir()) == ["0", "1", "2"]
    assert (tmp_path / "damaged.2").read_text() == "a file of the user's"


def test_a_picture_of_a_landscape_is_told_too(lab, tmp_path: Path) -> None:
    given = ("task=landscape", "objective=bowl", "optimizer=gd", "landscape.resolution=3", "n_iter=5", "tracking=none")
    assert not told(lab, *given, "name=l")
    figures = tmp_path / "outputs/l/figures"
    (picture,) = figures.glob("*.png")
    whole = picture.read_bytes()
    damaged(picture, "cut")
    assert told(lab, *given, "name=l") == [f"outputs/l/figures/{picture.name} was changed or damaged; it is made again"]
    assert picture.read_bytes() == whole
