"""The MLflow page in a real browser, on a real server: what a person sees who opens the address of a study.

Needs Chromium, see `support.browsers`.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from mlflow import MlflowClient
from support.browsers import SCREENSHOTS, launched
from support.servers import free_port, wait_until_up
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.tracking.addresses import study_address
from rmsprop_lab.tracking.page import OWN_RUNS, view_link
from rmsprop_lab.tracking.uri import default_uri

pytestmark = pytest.mark.slow

# What MLflow keeps in a browser once a person has closed the Assistant's panel and chosen the layout for training.
SETTLED = {
    "mlflow.assistant.panelOpen_v1": "false",
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
    "mlflow.workflowType_v1": '"machine_learning"',
}
PATIENCE = 60_000  # milliseconds for something to appear, on a machine that is busy
IMAGES = "images => images.filter(image => image.naturalWidth > 0 && image.src.includes('get-artifact')).length"


class Site(NamedTuple):
    """A server on a store with one study."""

    url: str
    runs: list[Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    run_study(study((0.003, 0.01, 0.03), name="page"), output_dir=folder / "outputs")
    client = MlflowClient(default_uri(folder / "outputs"))
    runs = list(client.search_runs([client.get_experiment_by_name("page").experiment_id], OWN_RUNS))
    assert len(runs) == 12
    port = free_port()
    output = folder / "server.log"
    with output.open("w") as log:
        command = [sys.executable, "-m", "rmsprop_lab.cli.ui", "--port", str(port)]
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", server)
        yield Site(f"http://127.0.0.1:{port}", runs)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture(params=["settled", "first visit"])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A window of a person who has used MLflow before, and of one who has not; left behind as a screenshot."""
    context = browser.new_context(viewport={"width": 1500, "height": 1900})
    context.set_default_timeout(PATIENCE)
    if request.param == "settled":
        items = "".join(f"localStorage.setItem('{key}', '{value}');" for key, value in SETTLED.items())
        context.add_init_script(items)
    page = context.new_page()
    yield page
    name = re.sub(r"\W+", "_", request.node.name).strip("_")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", timeout=PATIENCE)
    context.close()


def until(page: Any, expression: str) -> None:
    """Waits until a JavaScript expression is true of the page."""
    page.wait_for_function(expression, timeout=PATIENCE)


def lines_in_charts(*charts: set[str]) -> str:
    """The charts with lines show these runs, one line or more each, and no others."""
    lines = "[...document.querySelectorAll('.js-plotly-plot')].map(plot => (plot.data ?? []).filter("
    lines += "trace => trace.type === 'scatter' && trace.mode?.includes('lines') && trace.x?.length))"
    names = f"{lines}.map(traces => [...new Set(traces.map(trace => trace.name))].sort()).filter(n => n.length)"
    return f"JSON.stringify({names}) === {json.dumps(json.dumps([sorted(c) for c in charts], separators=(',', ':')))}"


def best_on(objective: str, site: Site) -> set[str]:
    best = [run for run in site.runs if "best" in run.data.tags and run.data.tags["objective"] == objective]
    assert len(best) == 2
    return {run.info.run_name for run in best}


def artifacts_shown(count: int) -> str:
    return f"({IMAGES})([...document.images]) === {count}"


def open_link(site: Site, page: Any, view: str = "best") -> None:
    page.goto(study_address(site.url, "page") if view == "best" else f"{site.url}/{view_link('1', view)}")


def test_the_address_of_a_study_opens_as_the_comparison(site: Site, page: Any) -> None:
    open_link(site, page)
    for name in best_on("bowl", site) | best_on("himmelblau", site):
        page.get_by_role("link", name=name, exact=True).first.wait_for()
    for title in ("bowl: log₁₀ gap", "himmelblau: log₁₀ gap", "contour", "final/steps_to_1e-3"):
        page.get_by_text(title, exact=True).first.wait_for()
    until(page, lines_in_charts(best_on("bowl", site), best_on("himmelblau", site)))
    page.get_by_text("contour", exact=True).scroll_into_view_if_needed()
    until(page, artifacts_shown(4 + 5))  # a contour plot each, and the note's pictures
    small = "[...document.images].filter(i => i.naturalWidth > 0 && i.src.includes('compressed'))"
    across = f"new Set({small}.map(image => Math.round(image.getBoundingClientRect().left))).size"
    until(page, f"{across} >= 2")  # side by side
    assert page.get_by_text("matching runs").inner_text().split() == ["4", "matching", "runs"]
    page.get_by_text(re.compile(r"^Hyperparameters")).scroll_into_view_if_needed()  # what is out of view is not there
    for title in ("Parallel Coordinates", "log10/step_size vs. final/mean_log10_gap"):
        page.get_by_text(title, exact=True).wait_for()


def test_the_view_on_one_objective_shows_its_runs_alone(site: Site, page: Any) -> None:
    open_link(site, page, "best-himmelblau")
    page.get_by_text("himmelblau: log₁₀ gap", exact=True).wait_for()
    until(page, lines_in_charts(best_on("himmelblau", site)))
    assert page.get_by_text("bowl: log₁₀ gap").count() == 0


def test_the_table_has_the_columns_in_order(site: Site, page: Any) -> None:
    # Columns out of view are not there.
    page.set_viewport_size({"width": 2000, "height": 1900})
    page.goto(f"{site.url}/{view_link('1', 'all').replace('&compareRunsMode=CHART', '')}")
    expected = ["Run Name", "objective", "optimizer", "step_size", "rho", "final/log10_gap", "final/steps_to_1e-3"]
    for name in expected:
        page.get_by_role("columnheader", name=name, exact=True).last.wait_for()
    places = [page.get_by_role("columnheader", name=name, exact=True).last.bounding_box() for name in expected]
    across = [place["x"] for place in places]
    assert across == sorted(across)
    assert len(set(across)) == len(expected)


def test_all_settings_of_an_optimizer_become_one_line(site: Site, page: Any) -> None:
    open_link(site, page, "optimizers-bowl")
    for optimizer in ("gd", "rmsprop"):
        page.get_by_text(f"Group: {optimizer}").wait_for()
    page.get_by_text("gd (curve/bowl/log10_gap)").wait_for()
    lines = "plot => (plot.data ?? []).filter(trace => trace.mode === 'lines').map(trace => trace.y.join())"
    until(page, f"[...document.querySelectorAll('.js-plotly-plot')].map({lines}).every(all => new Set(all).size === 2)")


def test_three_runs_side_by_side(site: Site, page: Any) -> None:
    three = [run for run in site.runs if run.data.tags["objective"] == "himmelblau"][:3]
    ids, experiments = quote(json.dumps([run.info.run_id for run in three])), quote(json.dumps(["1"]))
    page.goto(f"{site.url}/#/compare-runs?runs={ids}&experiments={experiments}")
    page.get_by_text("Comparing 3 Runs from 1 Experiment").wait_for()
    page.get_by_text("Show diff only").first.click()
    for run in three:
        page.get_by_text(run.data.params["step_size"], exact=True).first.wait_for()
    page.get_by_text("n_iter", exact=True).wait_for(state="detached")
    page.get_by_text("contour.png").dispatch_event("click")  # mlflow 3.17.2 hides the list of files behind its edge
    boxes = "[...document.images].filter(i => i.naturalWidth > 400).map(i => i.getBoundingClientRect())"
    boxes += ".filter(box => box.width > 0)"
    until(page, f"new Set({boxes}.map(box => Math.round(box.left))).size >= 3")
    places = [(round(box["left"]), round(box["top"])) for box in page.evaluate(boxes)]
    assert len({left for left, _ in places}) == 3
    assert len({top for _, top in places}) == 1


def test_a_run_has_its_note_with_its_picture(site: Site, page: Any) -> None:
    run = next(run for run in site.runs if run.data.tags["optimizer"] == "rmsprop")
    page.goto(f"{site.url}/#/experiments/1/runs/{run.info.run_id}")
    page.get_by_text("after 15 iterations (3 starts").wait_for()
    until(page, artifacts_shown(1))
    page.get_by_text("Show more").click()
    page.get_by_text("median over starts").wait_for()
