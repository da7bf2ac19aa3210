"""A real browser: Chromium, driven with Playwright, which downloads nothing.

`.ci/run` sets RMSPROP_LAB_BROWSER=1: there these tests must run. Elsewhere they are skipped where there is no Chromium.
Screenshots go to outputs/screenshots/.
"""

import importlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from support.catalogue import ROOT

SCREENSHOTS = ROOT / "outputs" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launched() -> Iterator[Any]:
    """A started Chromium, until it is closed; a fixture."""
    with started() as browser:
        yield browser


@contextmanager
def started() -> Iterator[Any]:
    """A started Chromium; without one the test is skipped, or fails where it is required."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    required = os.environ.get("RMSPROP_LAB_BROWSER")
    if executable is None:
        assert not required, "RMSPROP_LAB_BROWSER is set, and there is no Chromium"
        pytest.skip("no Chromium here: apt-get install chromium")
    name = "playwright.sync_api"
    playwright = importlib.import_module(name) if required else pytest.importorskip(name)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield found
        found.close()
