"""Our pages on a real server, for a person whose browser has never been there: a real mouse, nothing set beforehand.

Needs Chromium, see `support.browsers`.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from mlflow import MlflowClient
from support.browsers import SCREENSHOTS, launched
from support.installed import with_entry_points
from support.studies import study
from support.ui import Ui, started_ui
from support.waiting import until

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.tracking.listing import VIEW_TAG
from rmsprop_lab.tracking.uri import default_uri

pytestmark = pytest.mark.slow

PATIENCE = 60_000  # milliseconds for something to appear, on a machine that is busy
STRANGE = "a/b <script>alert(1)</script> ü?#%2F"  # an experiment that another program named


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    folder = tmp_path_factory.mktemp("front")
    run_study(study((0.003, 0.01, 0.03), name="first"), output_dir=folder / "outputs")
    run_study(study(method="none", name="bare"), output_dir=folder / "outputs", figures=False, report=False)
    client = MlflowClient(default_uri(folder / "outputs"))
    view = client.get_experiment_by_name("bare").tags[VIEW_TAG]
    client.create_experiment(STRANGE, tags={VIEW_TAG: view})
    client.create_experiment("no study")
    run_study(study((0.01, 0.03), name="single", objectives={"bowl": Bowl()}), output_dir=folder / "outputs")
    with started_ui(folder, "--no-browser") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A window of a new browser; left behind as a screenshot."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png", timeout=PATIENCE)
    context.close()


def click(page: Any, link: Any) -> None:
    """A click of the mouse, where the link is."""
    link.wait_for()
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def fetched(url: str, **headers: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


def has_assistant(page: Any) -> bool:
    """Whether MLflow's Assistant has opened by itself; on a page that has just loaded it takes a moment to."""
    page.wait_for_timeout(2000)
    return bool(page.get_by_placeholder("Ask a question").count())


def wait_for_charts(page: Any) -> None:
    """Until pictures of runs, or curves, stand side by side."""
    page.get_by_text("Add chart").first.wait_for()
    shown = "[...document.querySelectorAll('.js-plotly-plot, img[src*=get-artifact]')]"
    columns = f"new Set({shown}.map(e => Math.round(e.getBoundingClientRect().left))).size"
    assert until(lambda: page.evaluate(columns) >= 2)


def assert_charts_are_open(page: Any) -> None:
    """The charts stand there, side by side, with no Assistant over them and no overview for language models."""
    wait_for_charts(page)
    assert not has_assistant(page)
    assert "/runs?" in page.url


def test_a_first_visit_opens_the_list_of_studies_and_a_click_its_charts(ui: Ui, page: Any) -> None:
    page.goto(ui.url)
    page.get_by_role("heading", name="Studies").wait_for()
    assert page.get_by_role("article").count() == 4
    card = page.get_by_role("article").filter(has=page.get_by_role("heading", name="first"))
    assert "repeat" in card.locator(".sentence").inner_text()
    assert str(ui.output.parent / "outputs/first") in card.inner_text()
    assert until(lambda: page.evaluate("[...document.images].some(image => image.naturalWidth > 300)"))
    assert page.evaluate("document.scripts.length") == 0  # what a name has in it is text
    assert page.said == []
    click(page, card.get_by_role("link", name="Charts of first"))
    assert_charts_are_open(page)
    page.go_back()
    page.get_by_role("heading", name="Studies").wait_for()


def test_the_address_that_is_printed_opens_the_charts(ui: Ui, page: Any) -> None:
    assert f"{ui.url}/study/first" in ui.text
    assert "/#/" not in ui.text
    page.goto(f"{ui.url}/study/first")
    assert_charts_are_open(page)


APPS = {"not there": "", "no module": "rmsprop-lab = rmsprop_lab.nowhere:app", "failing": "rmsprop-lab = failing:app"}


@pytest.mark.parametrize("apps", APPS.values(), ids=list(APPS))
def test_without_our_pages_the_links_open_the_charts_all_the_same(ui: Ui, page: Any, tmp_path: Path, apps: str) -> None:
    folder = ui.output.parent
    (tmp_path / "failing.py").write_text("def app():\n    raise RuntimeError('another MLflow')\n")
    with started_ui(folder, "--no-browser", environment=with_entry_points(tmp_path, apps)) as plain:
        assert plain.text.count("This is MLflow's page alone") == 1
        (link,) = re.findall(r"^  first +(\S+)", plain.text, re.M)
        page.goto(link)
        wait_for_charts(page)
        assert "/runs?" in page.url
        assert has_assistant(page)  # which is what our pages prevent


def test_a_study_chosen_among_mlflows_experiments_opens_on_its_runs(ui: Ui, page: Any) -> None:
    page.goto(ui.url)
    click(page, page.get_by_role("link", name="All experiments in MLflow"))
    click(page, page.get_by_role("link", name="first", exact=True).first)
    page.get_by_text("matching runs").wait_for()
    assert not has_assistant(page)


def test_what_a_person_has_chosen_stays(ui: Ui, page: Any) -> None:
    page.goto(f"{ui.url}/studies")
    key = "mlflow.assistant.panelOpen_v1"
    page.evaluate(f"localStorage.setItem('{key}', 'true')")
    page.goto(f"{ui.url}/study/first")
    wait_for_charts(page)
    assert page.evaluate(f"localStorage.getItem('{key}')") == "true"


def test_the_report_shows_and_reaches_nothing_else(ui: Ui, page: Any) -> None:
    page.goto(f"{ui.url}/studies")
    click(page, page.get_by_role("link", name="Report of first"))
    page.wait_for_url("**/report/first")
    click(page, page.get_by_role("button", name="Play").first)
    assert until(lambda: page.locator("canvas").count() >= 3)
    assert page.said == []
    assert page.evaluate("origin") == "null"  # it belongs to no site: what it runs cannot ask MLflow
    asked = f"fetch('{ui.url}/api/2.0/mlflow/experiments/get?experiment_id=1').then(() => 'answered', () => 'refused')"
    assert page.evaluate(asked) == "refused"
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").or_(page.get_by_role("link", name="CSV")).first.click()
    assert Path(download.value.path()).stat().st_size > 100


def test_a_strange_name_leads_to_its_experiment(ui: Ui, page: Any) -> None:
    page.goto(f"{ui.url}/studies")
    click(page, page.get_by_role("link", name=f"Charts of {STRANGE}"))
    page.wait_for_url("**/#/experiments/3/runs?**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_fits_a_telephone(ui: Ui, browser: Any, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{ui.url}/studies")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.screenshot(path=SCREENSHOTS / f"studies_{scheme}_390.png", full_page=True)
    contrast = """() => {
      const light = text => { const c = text.match(/\\d+/g).slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 :
        ((v + .055) / 1.055) ** 2.4); return .2126 * c[0] + .7152 * c[1] + .0722 * c[2]; };
      const paper = light(getComputedStyle(document.body).backgroundColor);
      return [...document.querySelectorAll('p, h1, h2 a, footer a')].map(e => light(getComputedStyle(e).color))
        .map(ink => (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05)); }"""
    assert min(page.evaluate(contrast)) >= 4.5
    context.close()


@pytest.mark.parametrize("width", [390, 1366])
def test_a_picture_fills_its_box_and_is_large_enough_to_read(ui: Ui, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{ui.url}/studies")
    pictures = page.locator(".picture img")
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
    assert until(lambda: page.evaluate("[...document.images].every(image => image.naturalWidth)"))
    sizes = pictures.evaluate_all("images => images.map(i => [i.width, i.height, i.naturalWidth, i.naturalHeight])")
    boxes = page.locator(".picture").evaluate_all("boxes => boxes.map(box => [box.clientWidth, box.clientHeight])")
    assert len(sizes) == 2
    assert max(high / wide for wide, high, *_ in sizes) > 1.2  # of a single function it is tall
    for (wide, high, *natural), box in zip(sizes, boxes, strict=True):
        assert box == [wide, high]
        assert wide / high == pytest.approx(natural[0] / natural[1], rel=0.02)
        assert wide >= min(270, natural[0])


@pytest.mark.parametrize(
    "path", ["/", "/studies", "/study/first", "/report/first", f"/study/{quote(STRANGE, safe='')}"]
)
def test_requests_of_other_sites_are_refused(ui: Ui, path: str) -> None:
    assert fetched(f"{ui.url}{path}")[0] == 200
    assert fetched(f"{ui.url}{path}", Host="elsewhere.example")[0] == 403
    assert fetched(f"{ui.url}{path}", Origin="http://elsewhere.example")[0] == 403
    headers = fetched(f"{ui.url}{path}")[1]
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert policy is None if path == "/" else "default-src 'none'" in policy


@pytest.mark.parametrize("path", ["/report/bare", "/study/no%20study", "/study/none", "/report/none"])
def test_what_is_not_there_is_said(ui: Ui, path: str) -> None:
    assert fetched(f"{ui.url}{path}")[0] == 404


def test_what_is_logged_to_it_lies_beside_the_store(ui: Ui) -> None:
    client, folder = MlflowClient(ui.url), ui.output.parent
    run = client.create_run(client.create_experiment("over http"))
    client.log_text(run.info.run_id, "text", "a.txt")
    (found,) = folder.rglob("a.txt")
    assert found.is_relative_to(folder / "outputs/artifacts")


def test_nothing_is_written(ui: Ui) -> None:
    def all_files() -> dict[Path, int]:
        files = (ui.output.parent / "outputs").rglob("*")
        return {path: path.stat().st_mtime_ns for path in files if path.is_file() and ".db" not in path.name}

    before = all_files()
    client = MlflowClient(default_uri(ui.output.parent / "outputs"))
    tags = json.dumps([experiment.tags for experiment in client.search_experiments()], sort_keys=True)
    for path in ("/", "/studies", "/study/first", "/report/first"):
        fetched(f"{ui.url}{path}")
    assert all_files() == before
    assert json.dumps([experiment.tags for experiment in client.search_experiments()], sort_keys=True) == tags
