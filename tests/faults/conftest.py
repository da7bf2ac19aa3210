"""The ground on which studies are interrupted, and the figures of a run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.ground import Ground
from faults.tally import write


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--share", type=float, default=1.0, help="share of the faults of a full run, see faults.storm")
    group.addoption("--guarantees", action="store_true", help="write docs/guarantees.md")


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Ground]:
    made = Ground(tmp_path_factory.mktemp("ground"), empty_store)
    yield made
    made.close()


@pytest.fixture(scope="session")
def share(request: pytest.FixtureRequest) -> float:
    return float(request.config.getoption("--share", 1.0))


_TALLIES: dict[str, Counter[str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        for kind, numbers in dict(report.user_properties).items():
            _TALLIES.setdefault(kind, Counter()).update(numbers)


def pytest_sessionfinish(session: pytest.Session) -> None:
    of_a_worker = hasattr(session.config, "workerinput")  # pytest-xdist: the reports of all reach the controller
    if _TALLIES and not of_a_worker and session.config.getoption("--guarantees", False):
        write(_TALLIES)
