"""Where compiled loops are kept while the tests of the engines run."""

from collections.abc import Iterator

import pytest

from rmsprop_lab.descent import compiled


@pytest.fixture(scope="session")
def compiled_loops(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("numba"))


@pytest.fixture(scope="module")
def own_cache(compiled_loops: str) -> Iterator[None]:
    """What is compiled is kept in a folder of this test run."""
    if not compiled.installed():
        yield
        return
    import numba

    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, compiled_loops
    yield
    numba.config.CACHE_DIR = before
