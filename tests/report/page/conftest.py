"""A browser, reports that are made once for the tests of a module, and windows that show them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browsers import launched
from support.reports import Window, maker


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
