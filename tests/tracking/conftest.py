"""Stores for runs: one on SQLite for each test, one on PostgreSQL for all of them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.postgresql import server
from support.writing import Store, contents, open_study

from rmsprop_lab.tracking.uri import default_uri


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as uri:
        yield uri


@pytest.fixture
def sqlite(empty_store: Path, tmp_path: Path) -> str:
    shutil.copy(empty_store, tmp_path)
    return default_uri(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def uri(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of an experiment: the tests share a PostgreSQL server."""
    return re.sub(r"\W+", "-", request.node.name)


@pytest.fixture(params=["bulk sqlite", "client sqlite", pytest.param("bulk postgres", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    writer, kind = request.param.split()
    return Store(request.getfixturevalue(kind), writer)


@pytest.fixture(params=["bulk", "client"])
def writer(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(empty_store: Path, tmp_path: Path, writer: str) -> Path:
    """A store with three runs of the study s, beside its folder."""
    folder = tmp_path / "öld/outputs"
    (folder / "s").mkdir(parents=True)
    shutil.copy(empty_store, folder)
    open_study(default_uri(folder), folder, "s", writer).log_all(contents(3))
    return folder
