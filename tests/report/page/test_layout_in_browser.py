"""Where the race stands: plane, curve and sliders on one screen, and whole on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.reports import Window
from support.waiting import wait_for_frames

pytestmark = pytest.mark.slow

DRAWN = ("#race .plane canvas", "#race .card canvas")
PAPER = {"A4": (794, 1123), "A4 landscape": (1123, 794), "Letter": (816, 1056)}


@pytest.fixture
def opened(window: Callable[..., Window], lab: Any, browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a report, or the playground."""
    windows: list[Window] = []

    def open_one(kind: str, width: int, height: int) -> Any:
        if kind == "report":
            page = window(width=width, reduced_motion="reduce").page
        else:
            assert lab("task=playground").status == 0
            path = Path("outputs/playground/playground.html").resolve()
            windows.append(Window(browser, path, width, reduced_motion="reduce"))
            page = windows[-1].page
        page.set_viewport_size({"width": width, "height": height})
        wait_for_frames(page)
        return page

    yield open_one
    for one in windows:
        one.context.close()
        assert not one.said


def boxes(page: Any) -> list[dict[str, float]]:
    return [page.locator(name).first.bounding_box() for name in DRAWN]


@pytest.mark.parametrize("kind", ["report", "playground"])
def test_it_is_printed_whole_and_circles_stay_round(opened: Callable[..., Any], kind: str) -> None:
    page = opened(kind, 1366, 768)
    page.emulate_media(media="print")
    for width, height in PAPER.values():
        page.evaluate(f"document.body.style.width = '{width}px'")  # the window stays: paper makes nothing draw again
        for name, box in zip(DRAWN, boxes(page), strict=True):
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            across, up = page.locator(name).first.evaluate("canvas => [canvas.width, canvas.height]")
            assert box["width"] / box["height"] == pytest.approx(across / up, rel=0.01)
            assert kind == "report" or box["y"] + box["height"] < height  # on the first page


@pytest.mark.parametrize("kind", ["report", "playground"])
def test_plane_and_curve_stay_in_view_beside_the_sliders(opened: Callable[..., Any], kind: str) -> None:
    page = opened(kind, 1366, 768)
    for width, height in ((1366, 768), (1920, 1080), (1100, 700)):
        page.set_viewport_size({"width": width, "height": height})
        wait_for_frames(page)
        page.locator("#race").evaluate("race => race.scrollIntoView()" if kind == "report" else "() => scrollTo(0, 0)")
        for step in ("opened", "scrolled"):
            for box in boxes(page):
                assert box["y"] >= 0 and box["y"] + box["height"] <= height, (width, step)
            page.locator(".racer input").last.evaluate("input => input.scrollIntoView({ block: 'nearest' })")
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_a_phone_the_curve_comes_before_the_sliders(opened: Callable[..., Any]) -> None:
    page = opened("playground", 390, 844)
    plane, curve = boxes(page)
    assert plane["y"] + plane["height"] <= 844
    assert plane["y"] < curve["y"] < page.locator(".racer").first.bounding_box()["y"]


@pytest.mark.parametrize("width", [1100, 1366, 1920])
def test_all_sections_begin_at_one_edge(window: Callable[..., Window], width: int) -> None:
    starts = "nodes => nodes.map(node => Math.round(node.getBoundingClientRect().left))"
    places = "h1, h2, nav a:first-child, #race .stage, #race .plane, #runs-place"
    assert len(set(window(width=width).page.locator(places).evaluate_all(starts))) == 1


@pytest.mark.parametrize("width", [360, 400])
def test_on_a_phone_every_section_has_its_link_in_view_and_the_plane_stays_below(
    window: Callable[..., Window], width: int
) -> None:
    page = window(width=width, reduced_motion="reduce").page
    links = [link.bounding_box() for link in page.locator("nav a").all()]
    assert len(links) == 6
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in links)
    page.locator(".racer input").first.evaluate("input => input.scrollIntoView({ block: 'center' })")
    wait_for_frames(page)
    bar, plane = page.locator("nav").bounding_box(), page.locator("#race .plane").bounding_box()
    assert bar["y"] == 0
    assert plane["y"] == pytest.approx(bar["height"], abs=1)


def test_nothing_moves_while_it_opens(browser: Any, reports: Callable[..., Path]) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.add_init_script("""window.shifts = [];
        new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(one => one.value)))
            .observe({ type: "layout-shift", buffered: true });""")
    page.goto(reports().as_uri())
    page.wait_for_selector("html[data-drawn]")
    page.wait_for_timeout(200)
    shifts = page.evaluate("window.shifts")
    context.close()
    assert sum(shifts) < 0.01
