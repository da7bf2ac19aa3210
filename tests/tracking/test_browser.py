"""A study's page in MLflow, for a person whose browser has never been there: a real mouse, nothing set beforehand.

Needs Chromium, see `support.browsers`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from mlflow import MlflowClient
from support.browsers import SCREENSHOTS, launched
from support.studies import study
from support.ui import started_ui
from support.waiting import until

from rmsprop_lab import run_study
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp
from rmsprop_lab.tracking.addresses import study_address
from rmsprop_lab.tracking.page import OWN_RUNS, view_link
from rmsprop_lab.tracking.uri import default_uri

pytestmark = pytest.mark.slow

SIZES = {"small": (1366, 768), "middle": (1440, 900), "large": (1920, 1080)}
PATIENCE = 60_000  # milliseconds for something to appear, on a machine that is busy
PICTURES = "[...document.images].filter(i => i.naturalWidth > 0 && i.src.includes('compressed'))"


class Site(NamedTuple):
    """A server on a store with one study, whose optimizers are in the order of their mean ranks."""

    url: str
    runs: list[Any]
    optimizers: list[str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    optimizers = {"gd": GD(0.05), "rmsprop": RMSProp(0.05, 0.9), "adagrad": AdaGrad(0.05)}
    given = study((0.003, 0.01, 0.03), name="page", optimizers=optimizers)
    made = run_study(given, output_dir=folder / "outputs", figures=False)
    client = MlflowClient(default_uri(folder / "outputs"))
    runs = list(client.search_runs([client.get_experiment_by_name("page").experiment_id], OWN_RUNS))
    assert len(runs) == 18
    places = made.best.groupby("objective").cumcount().groupby(made.best["optimizer"]).mean()
    with started_ui(folder, "--no-browser") as ui:
        yield Site(ui.url, runs, list(places.sort_values().index))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture(params=["small"])
def page(browser: Any, request: pytest.FixtureRequest, site: Site) -> Iterator[Any]:
    """A window of a new browser that has come by the study's address; left behind as a screenshot."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(study_address(site.url, "page"))
    page.get_by_text("Image grid", exact=True).wait_for()
    yield page
    name = re.sub(r"\W+", "_", request.node.name).strip("_")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", timeout=PATIENCE)
    context.close()


def becomes(page: Any, expression: str) -> bool:
    """Whether a JavaScript expression is true of the page, or comes to be in time."""
    return until(lambda: page.evaluate(expression))


def scroll_to(page: Any, text: str) -> None:
    """Turns the mouse's wheel until a heading is in view: what is out of view is not there."""
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    page.mouse.move(width * 0.7, height * 0.7)
    heading = page.get_by_text(text, exact=True).first
    for _ in range(40):
        box = heading.bounding_box() if heading.count() else None
        if box and box["y"] < height * 0.6:
            return
        page.mouse.wheel(0, 150)
        page.wait_for_timeout(100)
    raise AssertionError(f"{text} is not on the page")


def lines_in_charts(*charts: set[str]) -> str:
    """The charts with lines show these runs, one line or more each, and no others."""
    lines = "[...document.querySelectorAll('.js-plotly-plot')].map(plot => (plot.data ?? []).filter("
    lines += "trace => trace.type === 'scatter' && trace.mode?.includes('lines') && trace.x?.length))"
    names = f"{lines}.map(traces => [...new Set(traces.map(trace => trace.name))].sort()).filter(n => n.length)"
    return f"JSON.stringify({names}) === {json.dumps(json.dumps([sorted(c) for c in charts], separators=(',', ':')))}"


def of(objective: str, site: Site, best: bool = True) -> list[Any]:
    on = [run for run in site.runs if run.data.tags["objective"] == objective]
    return [run for run in on if "best" in run.data.tags] if best else on


def names(runs: list[Any]) -> set[str]:
    return {run.info.run_name for run in runs}


def open_view(site: Site, page: Any, view: str) -> None:
    page.goto(f"{site.url}/{view_link('1', view)}")


@pytest.mark.parametrize("page", SIZES, indirect=True)
def test_a_study_opens_as_a_matrix_of_pictures_with_the_best_optimizer_first(site: Site, page: Any) -> None:
    assert becomes(page, f"{PICTURES}.length === 6")
    headings = [page.get_by_text(name, exact=True).first.bounding_box() for name in site.optimizers]
    across = [box["x"] for box in headings]
    assert across == sorted(across)
    boxes = page.evaluate(f"{PICTURES}.map(image => image.getBoundingClientRect().toJSON())")
    assert len({round(box["x"]) for box in boxes}) == 3
    assert max(box["right"] for box in boxes) < page.viewport_size["width"]
    assert page.evaluate("document.body.innerText.includes('How can I help')") is False  # MLflow's Assistant
    scroll_to(page, "Convergence, medians over starts")
    for title in ("bowl: log₁₀ gap", "himmelblau: log₁₀ gap"):
        page.get_by_text(title, exact=True).first.wait_for()
    assert becomes(page, lines_in_charts(set(site.optimizers), set(site.optimizers)))
    scroll_to(page, "Scores, the lower the better")
    page.get_by_text("score/bowl", exact=True).first.wait_for()


@pytest.mark.parametrize("page", SIZES, indirect=True)
def test_the_view_on_one_objective_shows_its_best_runs_side_by_side(site: Site, page: Any) -> None:
    open_view(site, page, "best-himmelblau")
    page.get_by_text("himmelblau: log₁₀ gap", exact=True).wait_for()
    assert becomes(page, lines_in_charts(names(of("himmelblau", site))))
    assert page.get_by_text("bowl: log₁₀ gap").count() == 0
    scroll_to(page, "Paths, the median one bold")
    assert becomes(page, f"{PICTURES}.length === 3")
    boxes = page.evaluate(f"{PICTURES}.map(image => image.getBoundingClientRect().toJSON())")
    assert len({round(box["y"]) for box in boxes}) == 1


@pytest.mark.parametrize("page", ["large"], indirect=True)
def test_the_table_has_the_columns_in_order(site: Site, page: Any) -> None:
    page.set_viewport_size({"width": 2000, "height": 1900})  # columns out of view are not there
    page.goto(f"{site.url}/{view_link('1', 'all').replace('&compareRunsMode=CHART', '')}")
    expected = ["Run Name", "objective", "optimizer", "step_size", "rho", "final/mean_log10_gap", "final/log10_gap"]
    for name in expected:
        page.get_by_role("columnheader", name=name, exact=True).last.wait_for()
    places = [page.get_by_role("columnheader", name=name, exact=True).last.bounding_box() for name in expected]
    across = [place["x"] for place in places]
    assert across == sorted(across)
    assert len(set(across)) == len(expected)


def test_all_settings_of_an_optimizer_become_one_line(site: Site, page: Any) -> None:
    open_view(site, page, "optimizers-bowl")
    for optimizer in site.optimizers:
        page.get_by_text(f"Group: {optimizer}").wait_for()
    page.get_by_text("gd (curve/bowl/log10_gap)").wait_for()
    lines = "plot => (plot.data ?? []).filter(trace => trace.mode === 'lines').map(trace => trace.y.join())"
    assert becomes(
        page, f"[...document.querySelectorAll('.js-plotly-plot')].map({lines}).every(all => new Set(all).size === 3)"
    )


@pytest.mark.parametrize("page", SIZES, indirect=True)
def test_three_runs_side_by_side_as_the_note_says(site: Site, page: Any) -> None:
    open_view(site, page, "all-himmelblau")
    page.get_by_text("himmelblau: log₁₀ gap", exact=True).wait_for()
    page.get_by_label("Toggle visibility of runs").click()
    page.get_by_role("menuitemradio", name="Hide all runs").click()
    assert becomes(page, lines_in_charts())
    chosen = sorted(of("himmelblau", site, best=False), key=lambda run: run.data.metrics["final/mean_log10_gap"])[1:4]
    for run in chosen:
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=run.info.run_name, exact=True))
        row.locator("label", has_text="Unhide run").click()
    assert becomes(page, lines_in_charts(names(chosen)))
    scroll_to(page, "Paths, the median one bold")
    assert becomes(page, f"{PICTURES}.length === 3")


def test_a_run_has_its_note_with_its_picture(site: Site, page: Any) -> None:
    run = next(run for run in site.runs if run.data.tags["optimizer"] == "rmsprop")
    page.goto(f"{site.url}/#/experiments/1/runs/{run.info.run_id}")
    page.get_by_text("after 15 iterations (3 starts").wait_for()
    assert becomes(page, "[...document.images].some(i => i.naturalWidth > 0 && i.src.includes('get-artifact'))")
    page.get_by_text("Show more").click()
    page.get_by_text("median over starts").wait_for()
