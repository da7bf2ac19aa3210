"""Compiled loops are kept for the next process, by their code."""

import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from support.engines import Powers, compare, needs_numba
from support.points import starts_on

from rmsprop_lab import base
from rmsprop_lab.base import rotation
from rmsprop_lab.descent import caching, compiled, loading
from rmsprop_lab.objectives import Bowl, Himmelblau, RotatedEllipsoid
from rmsprop_lab.optimizers import GD

pytestmark = pytest.mark.usefixtures("own_cache")


@needs_numba
def test_what_is_compiled_is_kept_for_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    misses = []
    for _ in range(2):  # nothing in memory is as in another process
        monkeypatch.setattr(compiled, "_KERNELS", {})
        compare(Himmelblau(), GD(0.01), starts_on(Himmelblau(), 5), 5)
        (kernel,) = compiled._KERNELS.values()
        misses.append(sum(kernel.stats.cache_misses.values()))
    assert misses[1] == 0


@needs_numba
def test_classes_of_others_are_compiled_in_every_process() -> None:
    assert caching.copy_for([Bowl.value, GD.update], "") is not None
    assert caching.copy_for([Powers.gradient, GD.update], "") is None


@needs_numba
def test_the_cache_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert caching._folder() == tmp_path / "rmsprop-lab"
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "numba"))
    assert caching._folder() == tmp_path / "numba" / "rmsprop-lab"


@needs_numba
def test_nothing_is_kept_without_platformdirs(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    monkeypatch.setattr(compiled, "_KERNELS", {})
    assert caching.copy_for([Bowl.value, GD.update], "") is None
    compare(Himmelblau(), GD(0.01), starts_on(Himmelblau(), 5), 5)


MODULE = '''
"""A module of functions that are compiled."""
import numpy as np

HALF = 0.5
TABLE = np.arange(2000.0)

def inner(x):
    """Twice x."""
    return 2.0 * x

def outer(x):
    return inner(x) + HALF + TABLE[1000]  # a comment

def stranger(x):
    return x
'''


@needs_numba
@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("Twice x.", "Double x.", True),
        ("A module", "Some module", True),
        ("# a comment", "# another", True),
        ("return inner(x)", "\n    return inner(x)", True),
        ("return x\n", "return -x\n", True),  # not called
        ("2.0 * x", "3.0 * x", False),
        ("inner(x) +", "inner(x) -", False),
        ("HALF = 0.5", "HALF = 0.25", False),
        ("np.arange(2000.0)", "np.arange(2000.0) + (np.arange(2000.0) == 1000.0)", False),
    ],
)
def test_what_is_compiled_is_discarded_when_what_it_is_made_from_changes(
    old: str, new: str, kept: bool, tmp_path: Path
) -> None:
    def copy_for(text: str, name: str) -> Path | None:
        path = tmp_path / name
        path.write_text(text)
        spec = importlib.util.spec_from_file_location("rmsprop_lab.probe", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return caching.copy_for(list(loading._with_helpers([module.outer])), "layout")

    assert MODULE.count(old) == 1
    before, after = copy_for(MODULE, "before.py"), copy_for(MODULE.replace(old, new), "after.py")
    assert before is not None
    assert (before == after) is kept


@needs_numba
@pytest.mark.parametrize(
    ("file", "old", "new", "kept"),
    [
        ("kernels.py", "The step of a block whose", "The step of those whose", True),
        ("kernels.py", "x[j] -= delta", "x[j] -= 2.0 * delta", False),
        ("loading.py", "Lets compiled code call", "Makes compiled code call", True),
        ("loading.py", "result[j] += terms[i, j]", "result[j] -= terms[i, j]", False),
        ("engines.py", "return trace", "return None", True),
    ],
)
def test_what_is_compiled_depends_on_two_files_of_the_engine(
    file: str, old: str, new: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = caching.copy_for([Bowl.gradient, GD.update], "layout")
    shutil.copytree(caching._HERE, tmp_path / "descent")
    text = (tmp_path / "descent" / file).read_text()
    assert old in text
    (tmp_path / "descent" / file).write_text(text.replace(old, new))
    monkeypatch.setattr(caching, "_HERE", tmp_path / "descent")
    assert (caching.copy_for([Bowl.gradient, GD.update], "layout") == before) is kept


@needs_numba
def test_what_is_compiled_depends_on_fields_and_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    found = {caching.copy_for([Bowl.gradient, GD.update], layout) for layout in ("a", "b")}
    for package in (numba, np):
        with monkeypatch.context() as patch:
            patch.setattr(package, "__version__", "0")
            found.add(caching.copy_for([Bowl.gradient, GD.update], "a"))
    assert len(found) == 4
    assert caching.copy_for([GD.update, Bowl.gradient], "a") in found


@needs_numba
def test_helpers_are_found_through_others() -> None:
    called = set(loading._with_helpers([RotatedEllipsoid.value, GD.update]))
    assert called == {RotatedEllipsoid.value, GD.update, base.total, rotation.rotate}
