"""`report.html` in a real browser, opened from disk without a network. Needs Chromium, see `support.browsers`."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.browsers import SCREENSHOTS
from support.reports import COMMAND, STUDIES, Window
from support.waiting import until, wait_for_frames

pytestmark = pytest.mark.slow


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
    plane = page.locator("#race .two .note:not(.how)").inner_text()
    assert plane == "" or plane[0].isupper()
    assert ("Slice" in plane) == (name in ("three-dimensions", "a-hundred"))


def test_the_race_plays_pauses_steps_and_scrubs(window: Callable[..., Window]) -> None:
    page = window().page
    place = "window.race.state.place"
    assert page.evaluate(place) == page.evaluate("window.race.state.length")  # whole paths, before anybody plays
    page.get_by_role("button", name="Play").click()
    assert until(lambda: page.evaluate(place) > 2)
    assert page.evaluate(f"{place} < window.race.state.length")
    page.get_by_role("button", name="Pause").click()
    there = page.evaluate(place)
    wait_for_frames(page)
    assert page.evaluate(place) == there
    page.get_by_role("slider", name="Iteration").fill("1")
    assert page.evaluate(place) == 1
    before = page.locator("#race canvas").first.screenshot()
    page.get_by_role("button", name="One iteration on").click()
    assert page.evaluate(place) == 2
    assert page.locator("#race canvas").first.screenshot() != before
    assert "iteration 2" in page.locator("#race output").inner_text()


def test_a_click_on_the_plane_chooses_the_nearest_start(window: Callable[..., Window]) -> None:
    page = window().page
    where = """start => { const { objective, box } = window.race.state, paths = objective.runs[0].paths;
        const [x, y] = [paths[start], paths[paths.shape[2] + start]];
        return [box.left + (x - objective.plane.x[0]) / (objective.plane.x[1] - objective.plane.x[0]) * box.width,
            box.top + (objective.plane.y[1] - y) / (objective.plane.y[1] - objective.plane.y[0]) * box.height]; }"""
    for start in (3, 1):
        x, y = page.evaluate(where, start)
        page.locator("#race canvas").first.click(position={"x": x + 2, "y": y - 2})
        wait_for_frames(page)
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


def test_every_button_of_a_legend_has_a_sign_in_a_colour_of_its_own(window: Callable[..., Window]) -> None:
    signs = """legend => [...legend.querySelectorAll("button")].map(button => {
        const sign = button.querySelector("i"), { width, height } = sign.getBoundingClientRect();
        return width * height > 0 ? getComputedStyle(sign).background : ""; })"""
    page = window().page
    legends = page.locator(".legend").evaluate_all(f"legends => legends.map({signs})")
    assert len(legends) >= 6
    for found in legends:
        assert len(set(found)) == len(found) >= 2 and all(found)
    (there,) = page.locator("#sensitivity .legend").evaluate_all(f"legends => legends.map({signs})")
    page.get_by_role("button", name="Dark colours").click()
    (dark,) = page.locator("#sensitivity .legend").evaluate_all(f"legends => legends.map({signs})")
    assert not {*there} & {*dark}


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
