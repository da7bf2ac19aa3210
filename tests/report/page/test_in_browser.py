"""`report.html` in a real browser, opened from disk without a network. Needs Chromium, see `support.browsers`."""

import csv
import io
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.browsers import SCREENSHOTS, launched
from support.studies import study

from rmsprop_lab import Range, Search, Starts, run_study
from rmsprop_lab.base import Array, Bounds, Objective
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.optimizers import GD, RMSProp

pytestmark = pytest.mark.slow


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


AXE = "axe-core@4.14.1"
DRAWN = "html[data-drawn]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The report of a study, made once for all tests of this module."""
    folder, made = tmp_path_factory.mktemp("reports"), {}

    def report(name: str = "repeated") -> Path:
        if name not in made:
            run_study(STUDIES[name](name), output_dir=folder, tracking="none", figures=False, command=COMMAND)
            made[name] = folder / name / "report.html"
        return made[name]

    return report


COMMAND = """rmsprop-lab name='<script>alert("1")</script>' 'note=שלום עולם'"""


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


@pytest.mark.parametrize("width", [390, 1024, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_window_in_both_colours(window: Callable[..., Window], width: int, scheme: str) -> None:
    page = window(width=width, color_scheme=scheme).page
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.screenshot(path=SCREENSHOTS / f"report_{width}_{scheme}.png", full_page=True)


@pytest.mark.parametrize("name", [name for name in STUDIES if name != "repeated"])
def test_it_opens_for_studies_of_every_kind(window: Callable[..., Window], name: str) -> None:
    page = window(name, 1024).page
    assert page.evaluate("document.documentElement.scrollWidth") == 1024
    page.screenshot(path=SCREENSHOTS / f"report_{name}.png", full_page=True)
    plane = page.locator("#race .two .note").inner_text()
    assert ("slice" in plane) == (name in ("three-dimensions", "a-hundred"))


def until(happens: Callable[[], bool]) -> None:
    """Waits for something; the page forbids the `eval` that Playwright's own waiting takes."""
    for _ in range(600):
        if happens():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def test_the_race_plays_pauses_steps_and_scrubs(window: Callable[..., Window]) -> None:
    page = window().page
    place = "window.race.state.place"
    assert page.evaluate(place) == page.evaluate("window.race.state.length")  # whole paths, before anybody plays
    page.get_by_role("button", name="Play").click()
    until(lambda: page.evaluate(place) > 2)
    assert page.evaluate(f"{place} < window.race.state.length")
    page.get_by_role("button", name="Pause").click()
    there = page.evaluate(place)
    page.wait_for_timeout(200)
    assert page.evaluate(place) == there
    page.get_by_role("slider", name="Iteration").fill("10")
    assert page.evaluate(place) == 10
    before = page.locator("#race canvas").first.screenshot()
    page.get_by_role("button", name="One iteration on").click()
    assert page.evaluate(place) == 11
    assert page.locator("#race canvas").first.screenshot() != before
    assert "iteration 11" in page.locator("#race output").inner_text()


def test_a_click_on_the_plane_chooses_the_nearest_start(window: Callable[..., Window]) -> None:
    page = window().page
    where = """start => { const { objective, box } = window.race.state, paths = objective.runs[0].paths;
        const [x, y] = [paths[start], paths[paths.shape[2] + start]];
        return [box.left + (x - objective.plane.x[0]) / (objective.plane.x[1] - objective.plane.x[0]) * box.width,
            box.top + (objective.plane.y[1] - y) / (objective.plane.y[1] - objective.plane.y[0]) * box.height]; }"""
    for start in (3, 1):
        x, y = page.evaluate(where, start)
        page.locator("#race canvas").first.click(position={"x": x + 2, "y": y - 2})
        assert page.evaluate("window.race.state.start") == start
        assert page.locator("#race select").nth(1).input_value() == str(start)


def test_choosing_an_objective_changes_every_section(window: Callable[..., Window]) -> None:
    page = window().page
    for name in ("himmelblau", "bowl"):
        page.locator("#objective-place select").select_option(name)
        assert page.evaluate("window.race.state.objective.name") == name
        assert name in page.locator("#steps h3").inner_text()
        assert name in page.locator("#sensitivity canvas").get_attribute("aria-label")


def test_a_click_on_a_legend_hides_a_line(window: Callable[..., Window]) -> None:
    page = window().page
    chart = page.locator("#convergence .card").first
    button, canvas = chart.get_by_role("button").first, chart.locator("canvas")
    before = canvas.screenshot()
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert canvas.screenshot() != before
    button.click()
    assert button.get_attribute("aria-pressed") == "true"


def test_pointing_at_a_curve_and_at_a_run_gives_numbers(window: Callable[..., Window]) -> None:
    page = window().page
    chart = page.locator("#convergence .card").first
    chart.scroll_into_view_if_needed()
    chart.locator(".u-over").hover(position={"x": 120, "y": 60})
    assert re.fullmatch(r"[\de.-]+", chart.locator(".legend b").first.inner_text())
    canvas = page.locator("#sensitivity canvas")
    canvas.scroll_into_view_if_needed()
    x, y = page.evaluate(
        "(() => { const p = window.sensitivity.points.find(p => !p.of.lost); return [p.px, p.py]; })()"
    )
    canvas.hover(position={"x": x, "y": y})
    assert "step_size" in page.locator("#sensitivity .tip").inner_text()
    canvas.click(position={"x": x, "y": y})
    assert re.search(r"run_key [0-9a-f]{64}", page.locator("#sensitivity .kept").inner_text())


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def downloaded(page: Any, name: str) -> str:
    with page.expect_download() as found:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(found.value.path()).read_text()


def test_every_table_is_the_one_on_disk(window: Callable[..., Window], reports: Callable[..., Path]) -> None:
    page, tables = window().page, reports().parent / "tables"
    names = sorted(path.name for path in tables.glob("*.csv"))
    assert {"ranking.csv", "pairs.csv", "overall.csv", "searches.csv", "budget.csv"} <= {*names}
    for name in names:
        assert downloaded(page, name) == (tables / name).read_text()


def test_runs_sort_filter_and_save(window: Callable[..., Window]) -> None:
    page = window().page
    everything = rows_of(downloaded(page, "runs.csv"))
    assert page.locator("#runs-place [role=status]").inner_text() == f"100 of {len(everything) - 1} runs"
    page.get_by_role("button", name="score", exact=True).click()
    column = everything[0].index("score") + 1
    shown = page.locator(f"#runs-place tbody td:nth-child({column})").evaluate_all("cells => cells.map(c => c.title)")
    assert shown == [row[column - 1] for row in sorted(everything[1:], key=lambda row: float(row[column - 1]))][:100]
    page.get_by_role("searchbox").fill("rmsprop bowl evaluate")
    with page.expect_download() as found:
        page.get_by_role("button", name="these rows as CSV").click()
    saved = rows_of(Path(found.value.path()).read_text())
    wanted = [row for row in everything[1:] if all(word in " ".join(row) for word in ("rmsprop", "bowl", "evaluate"))]
    assert len(wanted) == 10
    assert sorted(saved[1:]) == sorted(wanted)


def test_what_a_command_says_is_text(window: Callable[..., Window]) -> None:
    page = window().page  # an alert would be a message in the console, or wait for ever
    assert page.locator(".command").inner_text() == COMMAND


def test_printing_shows_light_colours_and_every_figure(window: Callable[..., Window]) -> None:
    page = window(color_scheme="dark").page
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.emulate_media(media="print")
    blank = "canvas => { const c = canvas.getContext('2d'); const d = c.getImageData(0, 0, canvas.width, canvas.height)"
    blank += ".data; return new Set(d).size < 3; }"
    canvases = page.locator("canvas")
    assert canvases.count() >= 6
    for number in range(canvases.count()):
        assert canvases.nth(number).is_visible()
        assert not canvases.nth(number).evaluate(blank)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["repeated", "one-run", "all-diverged"])
def test_axe_finds_nothing_serious(window: Callable[..., Window], axe: str, name: str, scheme: str) -> None:
    page = window(name, color_scheme=scheme, bypass_csp=True).page
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious


def test_both_studies_stand_in_one_chart(browser: Any, tmp_path: Path) -> None:
    from rmsprop_lab.storage.folder import StudyFolder
    from rmsprop_lab.tasks.report import write_reports

    studies = [repeated("first"), repeated("second", n_iter=60)]
    for one in studies:
        run_study(one, output_dir=tmp_path, tracking="none", figures=False)
    path = write_reports([(StudyFolder(tmp_path, one.name), [one]) for one in studies])
    assert path == tmp_path / "first/report_with_second.html"
    shown = Window(browser, path)
    legends = shown.page.locator("#convergence .card").first.get_by_role("button").all_inner_texts()
    assert {text.strip() for text in legends} == {f"{s}: {o}" for s in ("first", "second") for o in ("gd", "rmsprop")}
    differences = shown.page.locator("#differences tbody tr").all_inner_texts()
    assert [re.split(r"\s*\t\s*", row) for row in differences] == [["iterations", "40", "60"]]
    assert shown.page.locator("#differences").bounding_box()["y"] < shown.page.locator("#race").bounding_box()["y"]
    shown.page.screenshot(path=SCREENSHOTS / "report_side_by_side.png", full_page=True)
    shown.context.close()
    assert not shown.said


def test_a_race_is_the_recorded_path(window: Callable[..., Window], reports: Callable[..., Path]) -> None:
    from rmsprop_lab import load_traces

    page, folder = window().page, reports().parent
    run = page.evaluate(
        "(() => { const r = window.race.state.objective.runs[0]; return [r.run_key, [...r.paths]]; })()"
    )
    trace = load_traces("repeated", [run[0]], output_dir=folder.parent)
    points = np.array(trace.sort_values(["iteration", "start"])["point"].tolist())
    np.testing.assert_array_equal(
        np.array(run[1]).reshape(41, 2, 6), points.reshape(41, 6, 2).swapaxes(1, 2).astype(np.float32)
    )
