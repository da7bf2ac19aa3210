"""A browser, reports that are made once for the tests of a module, and windows that show them."""

import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browsers import launched
from support.reports import Window, maker

AXE = "axe-core@4.14.1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The report of a study, made once for all tests of this module."""
    return maker(tmp_path_factory.mktemp("reports"))


@pytest.fixture
def window(browser: Any, reports: Callable[..., Path]) -> Iterator[Callable[..., Window]]:
    opened = []

    def open_one(name: str = "repeated", width: int = 1366, **given: Any) -> Window:
        opened.append(Window(browser, reports(name), width, **given))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()
        assert not one.said


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, from npm."""
    folder = tmp_path_factory.mktemp("axe")
    if shutil.which("npm") is None:
        pytest.skip("no npm here")
    got = subprocess.run(["npm", "pack", "--silent", AXE], cwd=folder, capture_output=True, text=True, timeout=120)
    if got.returncode:
        pytest.skip(f"npm gives no {AXE}: {got.stderr[-200:]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()
