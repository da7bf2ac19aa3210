"""Reports of studies of every kind, and a window of a browser that shows one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rmsprop_lab import Range, Search, Starts, run_study
from rmsprop_lab.base import Array, Bounds, Objective
from rmsprop_lab.objectives import Bowl, Rastrigin, Rosenbrock
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.wrappers import Noisy
from support.rules import LIMITS
from support.studies import study

DRAWN = "html[data-drawn]"


COMMAND = """rmsprop-lab name='<script>alert("1")</script>' 'note=שלום עולם'"""


@dataclass(frozen=True, eq=False)
class Unknown(Objective):
    """A bowl whose minimum nobody knows."""

    dim: int = 2
    bounds: Bounds = (-1.0, 1.0)

    def value(self, point: Array) -> Array:
        x, y = point
        return x * x + y * y - 3.0

    def gradient(self, point: Array) -> Array:
        return 2.0 * point


def repeated(name: str, **changes: Any) -> Any:
    """Two optimizers, two objectives, a search of three repeats, judged from fresh starts."""
    given = {
        "spaces": {
            "gd": {"step_size": Range(1e-4, 1.0, "log")},
            "rmsprop": {"step_size": Range(1e-4, 1.0, "log"), "rho": Range(0.9, 0.999, "log_complement")},
        },
        "search": Search("random", trials=8, repeats=5),
        "evaluation": Starts("fresh", count=6),
        "n_iter": 40,
    }
    return study(name=name, **{**given, **changes})


def alone(name: str, **changes: Any) -> Any:
    given = {"objectives": {"bowl": Bowl()}, "optimizers": {"gd": GD(0.1)}, "spaces": {}, "search": Search()}
    return study(name=name, **{**given, **changes})


STUDIES: dict[str, Callable[[str], Any]] = {
    "repeated": repeated,
    "one-run": alone,
    "all-diverged": lambda name: repeated(
        name,
        spaces={n: {"step_size": Range(1e9, 1e12, "log")} for n in ("gd",)}
        | {"rmsprop": {"step_size": Range(1e200, 1e250, "log")}},
    ),
    "one-dimension": lambda name: repeated(name, objectives={"bowl": Bowl(dim=1)}),
    "three-dimensions": lambda name: repeated(name, objectives={"rosenbrock": Rosenbrock(dim=3)}),
    "a-hundred": lambda name: repeated(name, objectives={"bowl": Bowl(dim=100)}),
    "no-minimum": lambda name: repeated(name, objectives={"unknown": Unknown(), "bowl": Bowl()}),
    "long": lambda name: repeated(
        name,
        objectives={"o" * 60: Bowl(), "bowl": Bowl()},
        optimizers={"g" * 60: GD(0.05), "r" * 60: RMSProp(0.05, 0.9)},
        spaces={n: {"step_size": Range(1e-4, 1.0, "log")} for n in ("g" * 60, "r" * 60)},
        n_iter=3000,
    ),
}


def limits(name: str) -> Any:
    """What a page can compute, bit for bit and otherwise, and what it cannot."""
    objectives = {"bowl": Bowl(), "rastrigin": Rastrigin(), "noisy": Noisy(Bowl(), 0.1), "deep": Bowl(dim=5)}
    optimizers = {"gd": GD(0.1), **LIMITS}
    return study(name=name, objectives=objectives, optimizers=optimizers, spaces={}, search=Search(), n_iter=5)


STUDIES_OF_LIMITS = {"limits": limits}


class Window:
    """A window with one report, and what its console said."""

    def __init__(self, browser: Any, path: Path, width: int = 1366, **given: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **given)
        self.page, self.said = self.context.new_page(), []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.said.extend([request.url] * request.url.startswith("http")))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector(DRAWN, timeout=60_000)


def serious(page: Any, axe: str) -> list[tuple[str, ...]]:
    """What axe-core finds wrong with a page, as a script of its own tells it; the page is opened without its CSP."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def maker(folder: Path) -> Callable[..., Path]:
    """Makes the report of a study, once each."""
    made: dict[str, Path] = {}

    def report(name: str = "repeated") -> Path:
        if name not in made:
            given = {**STUDIES, **STUDIES_OF_LIMITS}[name](name)
            run_study(given, output_dir=folder, tracking="none", figures=False, command=COMMAND)
            made[name] = folder / name / "report.html"
        return made[name]

    return report
