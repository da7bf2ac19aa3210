"""Compiled loops are kept for the next process, by their source."""

import sys
from pathlib import Path

import numpy as np
import pytest
from support.engines import Differences, compare, needs_numba
from support.points import starts_on

from rmsprop_lab.descent import caching, compiled
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD

pytestmark = pytest.mark.usefixtures("own_cache")
SOURCE = "def run(a):\n    return 2.0 * a\n"


@needs_numba
@pytest.mark.parametrize("objective", [Himmelblau(), Differences()], ids=["ours", "a user's"])
def test_what_is_compiled_is_kept_for_the_next_process(objective, monkeypatch: pytest.MonkeyPatch) -> None:
    misses = []
    for _ in range(2):  # nothing in memory is as in another process
        monkeypatch.setattr(compiled, "_KERNELS", {})
        compare(objective, GD(0.01), starts_on(objective, 5), 5)
        (kernel,) = compiled._KERNELS.values()
        misses.append(sum(kernel.stats.cache_misses.values()))
    assert misses[1] == 0


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
@pytest.mark.parametrize("why", ["no platformdirs", "no folder"])
def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(
    why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import numba

    (tmp_path / "file").touch()
    monkeypatch.setattr(numba.config, "CACHE_DIR", "" if why == "no platformdirs" else str(tmp_path / "file"))
    if why == "no platformdirs":
        monkeypatch.setitem(sys.modules, "platformdirs", None)
    monkeypatch.setattr(compiled, "_KERNELS", {})
    assert caching._kept(SOURCE) is None
    compare(Himmelblau(), GD(0.01), starts_on(Himmelblau(), 5), 5)


@needs_numba
def test_a_kept_file_is_written_once_and_mended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert caching._kept(SOURCE)(3.0) == 6.0
    (path,) = (tmp_path / "rmsprop-lab").iterdir()
    before = path.stat().st_mtime_ns
    caching._kept(SOURCE)
    assert path.stat().st_mtime_ns == before
    path.write_text("def run(a):\n    return 0.0\n")
    assert caching._kept(SOURCE)(3.0) == 6.0


@needs_numba
def test_what_is_kept_depends_on_source_and_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    found = {caching._digest(source) for source in (SOURCE, SOURCE.replace("2.0", "3.0"))}
    for package in (numba, np):
        with monkeypatch.context() as patch:
            patch.setattr(package, "__version__", "0")
            found.add(caching._digest(SOURCE))
    assert len(found) == 4


@needs_numba
def test_the_source_depends_on_the_programs_alone() -> None:
    def source(objective, optimizer) -> str:
        return compiled._source(objective, optimizer)[0]

    assert source(Bowl(), GD(0.1)) == source(Bowl(bounds=(-3.0, 3.0)), GD(np.array([0.1, 0.2])))
    assert source(Bowl(), GD(0.1)) != source(Bowl(dim=3), GD(0.1))
