"""Whatever happens to a part of a table is noticed and set aside, and the same command makes the same tables."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from support.studies import assert_same, study, tables, tuned

from rmsprop_lab import Study, load, run_study
from rmsprop_lab.errors import DamageWarning, InputError, ResultsError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import SCHEMAS

TABLES = list(SCHEMAS)
SEEDED = 60
STUDIES = {"grid": study(), "tpe": tuned(trials=8, name="s")}


def done(given: Study, folder: Path) -> int:
    return run_study(given, output_dir=folder, tracking="none", figures=False).computed


def whole_tables(folder: Path) -> tuple[pd.DataFrame, ...]:
    starts = StudyFolder(folder, "s").starts()
    return (*tables(folder), starts.sort_values(["run_key", "start"], ignore_index=True))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each study, computed, in a folder of its own."""
    found = {name: tmp_path_factory.mktemp(name) for name in STUDIES}
    for name, folder in found.items():
        done(STUDIES[name], folder)
    return found


def cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def lose(path: Path, chance: random.Random) -> None:
    path.unlink()


def grow(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(1 + chance.randrange(100)))


def zero(path: Path, chance: random.Random) -> None:
    """A block that a power cut left empty."""
    content = bytearray(path.read_bytes())
    low = chance.randrange(len(content) - 8)
    content[low : low + 512] = bytes(len(content[low : low + 512]))
    path.write_bytes(content)


KINDS: list[Callable[[Path, random.Random], None]] = [cut, flip, flip, lose, grow, zero]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDED))
def test_damage_anywhere_is_noticed_and_heals(whole: dict[str, Path], tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    name, table, damage = ("grid", "tpe")[seed % 2], TABLES[seed // 2 % 4], KINDS[seed // 8 % len(KINDS)]
    shutil.copytree(whole[name] / "s", tmp_path / "s")
    part = chance.choice(sorted((tmp_path / "s" / f"{table}.parquet").iterdir()))
    before = part.read_bytes()
    damage(part, chance)
    with pytest.warns(DamageWarning, match=rf"{table}\.parquet.*{part.name}.*damaged") as told:
        done(STUDIES[name], tmp_path)
    assert len(told) == 1
    assert "\n" not in str(told[0].message)
    assert_same(whole_tables(tmp_path), whole_tables(whole[name]))
    aside = tmp_path / "s/damaged" / f"{table}.parquet" / part.name
    assert aside.exists() != (damage is lose)
    assert damage is lose or aside.read_bytes() != before
    assert done(STUDIES[name], tmp_path) == 0  # and nobody is warned again


@pytest.mark.parametrize("table", TABLES)
def test_a_bit_in_any_place_counts(whole: dict[str, Path], tmp_path: Path, table: str) -> None:
    shutil.copytree(whole["tpe"] / "s", tmp_path / "s")
    folder = StudyFolder(tmp_path, "s")
    part = sorted((folder.path / f"{table}.parquet").iterdir())[-1]
    content = part.read_bytes()
    for place in range(0, len(content), len(content) // 100):
        part.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        assert len(StudyFolder(tmp_path, "s")._own.damage()) == 1, place
    part.write_bytes(content)
    assert not folder._own.damage()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_gone_is_computed_again(whole: dict[str, Path], tmp_path: Path, table: str) -> None:
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    shutil.rmtree(tmp_path / "s" / f"{table}.parquet")
    with pytest.warns(DamageWarning, match="is missing"):
        assert done(STUDIES["grid"], tmp_path) == len(load("s", whole["grid"]))
    assert_same(whole_tables(tmp_path), whole_tables(whole["grid"]))


@pytest.mark.parametrize("table", TABLES)
def test_a_file_in_the_place_of_a_table_is_set_aside(whole: dict[str, Path], tmp_path: Path, table: str) -> None:
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    shutil.rmtree(tmp_path / "s" / f"{table}.parquet")
    (tmp_path / "s" / f"{table}.parquet").write_text("mine")
    with pytest.warns(DamageWarning) as told:
        assert done(STUDIES["grid"], tmp_path) == len(load("s", whole["grid"]))
    assert f"{table}.parquet is no folder; it is set aside" in str(told[0].message)
    assert (tmp_path / "s/damaged" / f"{table}.parquet").read_text() == "mine"
    assert_same(whole_tables(tmp_path), whole_tables(whole["grid"]))


@pytest.mark.parametrize("table", TABLES)
def test_no_reader_takes_damage_for_numbers(whole: dict[str, Path], tmp_path: Path, table: str) -> None:
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    for part in (tmp_path / "s" / f"{table}.parquet").iterdir():
        flip(part, random.Random(3))
    folder = StudyFolder(tmp_path, "s")
    readers = {"runs": folder.runs, "trials": folder.trials, "traces": folder.traces, "starts": folder.starts}
    with pytest.raises(ResultsError, match="damaged"):
        readers[table]()


def test_what_a_killed_command_left_is_no_damage(
    whole: dict[str, Path], tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """Its part has no file in `runs` yet, but a temporary one."""
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    name = sorted(part.name for part in (tmp_path / "s/runs.parquet").iterdir())[0]
    runs = tmp_path / "s/runs.parquet" / name
    runs.rename(runs.with_name(f".{name}.0123abcd"))
    assert done(STUDIES["grid"], tmp_path) > 0
    assert not recwarn.list
    assert_same(whole_tables(tmp_path), whole_tables(whole["grid"]))


def test_a_format_that_is_lost_is_told_by_the_tables(whole: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    (tmp_path / "s/format.json").unlink()
    assert StudyFolder(tmp_path, "s").version == 2
    assert done(STUDIES["grid"], tmp_path) == 0
    assert (tmp_path / "s/format.json").exists()


def test_a_format_that_is_lost_with_all_runs_is_told_by_the_other_tables(
    whole: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    (tmp_path / "s/format.json").unlink()
    for part in (tmp_path / "s/runs.parquet").iterdir():
        cut(part, random.Random(0))
    with pytest.warns(DamageWarning):
        done(STUDIES["grid"], tmp_path)
    assert_same(whole_tables(tmp_path), whole_tables(whole["grid"]))


def test_a_copy_under_another_name_is_neither_read_nor_removed(whole: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(whole["grid"] / "s", tmp_path / "s")
    copies = []
    for table in TABLES:
        part = next((tmp_path / "s" / f"{table}.parquet").iterdir())
        copies.append(part.with_name(f"part-copy of {part.name}"))
        shutil.copy(part, copies[-1])
    assert done(STUDIES["grid"], tmp_path) == 0
    assert_same(whole_tables(tmp_path), whole_tables(whole["grid"]))
    assert all(copy.exists() for copy in copies)


@pytest.mark.parametrize("table", TABLES)
def test_a_part_that_another_process_takes_away_is_left_out(
    whole: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """It set the part aside between our look at the folder and our reading."""
    shutil.copytree(whole["tpe"] / "s", tmp_path / "s")
    folder, other = StudyFolder(tmp_path, "s"), StudyFolder(tmp_path, "s")
    first, read = sorted(part.name for part in (tmp_path / "s/runs.parquet").iterdir())[0], Path.read_bytes

    def overtaken(path: Path) -> bytes:
        if path.name == first:
            other._own.set_aside([first])
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", overtaken)
    readers = {"runs": folder.runs, "trials": folder.trials, "traces": folder.traces, "starts": folder.starts}
    left = readers[table]()
    monkeypatch.undo()
    pd.testing.assert_frame_equal(left, getattr(StudyFolder(tmp_path, "s"), table)())


def test_a_file_where_the_folder_should_be_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("no folder")
    with pytest.raises(InputError, match=r"found a file at .*/s\. Choose another name"):
        done(study(), tmp_path)
    assert (tmp_path / "s").read_text() == "no folder"


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: StudyFolder) -> None:
        raise PermissionError(13, "Permission denied", str(self.path))

    monkeypatch.setattr(StudyFolder, "mend", refused)  # root may write everywhere
    with pytest.raises(ResultsError, match="Permission denied"):
        done(study(), tmp_path)
