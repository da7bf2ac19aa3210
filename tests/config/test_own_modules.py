"""Files of a user: where they may be, that they run only for a class of theirs, and what they can import."""

import importlib
import os
import py_compile
import sys
from pathlib import Path

import numpy as np
import pytest
from support.own import QUARTIC, own

from rmsprop_lab.base import Objective
from rmsprop_lab.config.own_modules import module_of
from rmsprop_lab.config.targets import find_class
from rmsprop_lab.errors import InputError

RUN = ("--config-dir", "mine", "objective=quartic", "optimizer=gd", "n_iter=3", "tracking=none", "figures=false")
LEAVES_A_TRACE = f"from pathlib import Path\nPath(__file__).with_name('ran').touch()\n{QUARTIC}"


def ran(folder: Path) -> bool:
    return bool(list(folder.rglob("ran")))


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("target", ["../../../else/quartic.py", "{}/else/quartic.py", "link.py", "linked/quartic.py"])
def test_a_file_outside_of_both_folders_is_refused_and_does_not_run(
    lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    own(tmp_path / "here", "objective", "quartic", QUARTIC, f"_target_: {target.format(tmp_path)}:Quartic")
    written(tmp_path / "else/quartic.py", LEAVES_A_TRACE)
    (tmp_path / "here/mine/objective/link.py").symlink_to(tmp_path / "else/quartic.py")
    (tmp_path / "here/mine/objective/linked").symlink_to(tmp_path / "else")
    monkeypatch.chdir(tmp_path / "here")
    ended = lab(*RUN)
    assert ended.status == 2
    assert "objective.quartic._target_: expected a Python file below the folder of the YAML" in ended.err
    assert not ran(tmp_path)
    assert not (tmp_path / "here/outputs").exists()
    own(tmp_path / "here", "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    given = lab(*RUN, f"objective.quartic._target_='{tmp_path}/else/quartic.py:Quartic'")
    assert given.status == 2
    assert not ran(tmp_path)


def test_a_file_below_the_current_folder_may_be_named(lab, tmp_path: Path) -> None:
    written(tmp_path / "code/deep/quartic.py", QUARTIC)
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: code/deep/quartic.py:Quartic")
    assert lab(*RUN).status == 0
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: ../../code/deep/quartic.py:Quartic")
    assert lab(*RUN).status == 0


def test_an_objective_within_another_is_confined_too(lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "else/quartic.py", LEAVES_A_TRACE)
    inner = "{_target_: ../../../else/quartic.py:Quartic}"
    own(tmp_path / "here", "objective", "quartic", "", f"_target_: rmsprop_lab.wrappers.Rotated\n  objective: {inner}")
    monkeypatch.chdir(tmp_path / "here")
    ended = lab(*RUN)
    assert ended.status == 2
    assert "objective.quartic.objective._target_" in ended.err
    assert not ran(tmp_path)


@pytest.mark.parametrize("path", ["a\\0b.py", "x" * 5000 + ".py", "loop.py"])
def test_a_path_that_is_none_is_refused_in_words(lab, tmp_path: Path, path: str) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, f'_target_: "{path}:Quartic"')
    (tmp_path / "mine/objective/loop.py").symlink_to("loop.py")
    ended = lab(*RUN)
    assert ended.status == 2
    assert "objective.quartic._target_" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "code",
    [
        LEAVES_A_TRACE.replace("class Quartic", "class Other"),
        LEAVES_A_TRACE.replace("class Quartic", "class Other") + "\nQuartic = Other\n",
        "from pathlib import Path\nPath(__file__).with_name('ran').touch()\nfrom helper import Quartic\n",
        LEAVES_A_TRACE.replace("class Quartic", "def make():\n  class Quartic").replace("\n    ", "\n      "),
        LEAVES_A_TRACE + "\nx = (\n",
        LEAVES_A_TRACE + "\0",
    ],
    ids=["other", "assigned", "imported", "in a function", "syntax", "null"],
)
def test_a_file_that_does_not_define_the_class_does_not_run(lab, tmp_path: Path, code: str) -> None:
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab(*RUN)
    assert ended.status == 2
    assert "objective.quartic._target_" in ended.err
    assert not ran(tmp_path)


def test_a_class_may_be_defined_in_a_branch(tmp_path: Path) -> None:
    body = QUARTIC.replace("\n", "\n    ")
    written(tmp_path / "quartic.py", f"try:\n    import fast_one\nexcept ImportError:\n    {body}\n")
    assert find_class(f"{tmp_path}/quartic.py:Quartic", Objective, "key").__name__ == "Quartic"


HELPED = QUARTIC.replace("import numpy as np", "import helper\nimport numpy as np").replace("+ y * y", "+ helper.A * y")


def test_a_helper_beside_the_file_is_its_own(lab, tmp_path: Path) -> None:
    before, path = set(sys.modules), list(sys.path)
    for folder, number in (("one", 2.0), ("two", 3.0)):
        own(tmp_path / folder, "objective", "quartic", HELPED, "_target_: quartic.py:Quartic")
        written(tmp_path / folder / "mine/objective/helper.py", "from numbers_of_mine import A\n")
        written(tmp_path / folder / "mine/objective/numbers_of_mine.py", f"A = {number}\n")
        found = find_class(f"{tmp_path / folder}/mine/objective/quartic.py:Quartic", Objective, "key")
        assert found().value(np.array([0.0, 1.0])) == number
        ended = lab("--config-dir", f"{folder}/mine", *RUN[2:], f"name={folder}")
        assert ended.status == 0, ended.err
    assert {name for name in set(sys.modules) - before if name.endswith(("helper.py", "of_mine.py"))} == {
        f"{tmp_path}/{folder}/mine/objective/{name}.py"
        for folder in ("one", "two")
        for name in ("helper", "numbers_of_mine")
    }
    assert sys.path == path
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("helper")


def test_a_helper_comes_before_a_module_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # as `python -m rmsprop_lab` has it
    written(tmp_path / "helper.py", "A = 5.0\n")
    written(tmp_path / "mine/helper.py", "A = 7.0\n")
    written(tmp_path / "mine/quartic.py", HELPED)
    found = find_class("mine/quartic.py:Quartic", Objective, "key")
    assert found().value(np.array([0.0, 1.0])) == 7.0


@pytest.mark.parametrize("name", ["json", "numpy", "yaml", "rmsprop_lab", "random"])
def test_nothing_beside_the_file_shadows_what_is_installed(tmp_path: Path, name: str) -> None:
    written(tmp_path / f"{name}.py", LEAVES_A_TRACE)
    written(tmp_path / "user.py", f"import {name}\n")
    assert vars(module_of(tmp_path / "user.py"))[name] is importlib.import_module(name)
    assert not ran(tmp_path)


def test_a_helper_may_be_imported_later_and_may_fail(tmp_path: Path) -> None:
    written(tmp_path / "late.py", "def value():\n    import helper\n    return helper.A\n")
    with pytest.raises(ModuleNotFoundError):
        module_of(tmp_path / "late.py").value()
    written(tmp_path / "helper.py", "1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        module_of(tmp_path / "late.py").value()
    written(tmp_path / "helper.py", "A = 7\n")
    assert module_of(tmp_path / "late.py").value() == 7


def test_a_helper_that_is_a_link_to_elsewhere_does_not_run(tmp_path: Path) -> None:
    written(tmp_path / "else/evil.py", LEAVES_A_TRACE)
    written(tmp_path / "mine/quartic.py", HELPED)
    (tmp_path / "mine/helper.py").symlink_to(tmp_path / "else/evil.py")
    with pytest.raises(InputError, match="a link to a file outside of its folder"):
        find_class(f"{tmp_path}/mine/quartic.py:Quartic", Objective, "key")
    assert not ran(tmp_path)


def test_what_pycache_holds_does_not_run(tmp_path: Path) -> None:
    file = written(tmp_path / "quartic.py", QUARTIC + "evil = True\n")
    kept = Path(py_compile.compile(str(file)))
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    written(file, QUARTIC + "good = True\n")  # of the same size and time
    os.utime(file, ns=times)
    before = kept.read_bytes()
    assert hasattr(module_of(file), "good")
    assert kept.read_bytes() == before
