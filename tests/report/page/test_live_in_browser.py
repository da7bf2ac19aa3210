"""The live race in a browser: what a person drags is computed as Python does, and marks compare bits."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.reports import Window
from support.waiting import wait_for_frames

from rmsprop_lab import descend
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import GD, RMSProp

pytestmark = pytest.mark.slow

AGREES = "✓ computed here again, bit for bit the study's run"
YOURS = "yours, computed here"
PIXEL = """([x, y]) => { const { box, base } = window.race.state, [x0, x1] = base.plane.x, [y0, y1] = base.plane.y;
    return [box.left + (x - x0) / (x1 - x0) * box.width, box.top + (y1 - y) / (y1 - y0) * box.height]; }"""


@pytest.fixture
def page(window: Callable[..., Window]) -> Any:
    """A study of two optimizers, opened on Himmelblau's function."""
    found = window(reduced_motion="reduce").page  # else it scrolls on while the mouse is aimed
    found.locator("#objective-place select").select_option("himmelblau")
    found.locator("#race").scroll_into_view_if_needed()
    return found


def marks(page: Any) -> list[str]:
    wait_for_frames(page)
    return list(page.locator(".racer .mark").all_inner_texts())


def shown(page: Any) -> dict[str, Any]:
    """What is drawn of each optimizer: its hyperparameters, and its path, the first two coordinates."""
    runs: list[Any] = page.evaluate("""(() => { const { objective, racers } = window.race.state;
        return objective.runs.map((run, at) => [run.label, racers[at].values, [...run.paths]]); })()""")
    return {label: (values, np.array(path).reshape(-1, 2)) for label, values, path in runs}


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Presses the mouse at a point of the plane, and lets it go at another one."""
    corner = page.locator("#race canvas").first.bounding_box()
    pixels = [page.evaluate(PIXEL, list(point)) for point in (start, end)]
    (x0, y0), (x1, y1) = [(corner["x"] + x, corner["y"] + y) for x, y in pixels]
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def recorded_start(page: Any) -> Any:
    return page.evaluate(
        "(() => { const { base, start } = window.race.state; return base.runs[0].live.starts[start]; })()"
    )


def test_a_dragged_start_is_computed_as_python_does(page: Any) -> None:
    assert marks(page) == [AGREES] * 2
    picture = page.locator("#race canvas").first
    before = picture.screenshot()
    drag(page, recorded_start(page), (1.0, 2.0))
    assert marks(page) == [YOURS] * 2
    point = page.evaluate("window.race.state.point")
    np.testing.assert_allclose(point, (1.0, 2.0), atol=0.03)
    assert picture.screenshot() != before
    paths = shown(page)
    for rule, label in ((GD, "gd"), (RMSProp, "rmsprop")):
        values, path = paths[label]
        expected = descend(Himmelblau(), rule(*values), point, n_iter=40).points[:, :, 0]
        np.testing.assert_array_equal(path, expected)
    assert page.locator("#race select").nth(1).input_value() == "yours"


def test_a_slider_moves_by_keys_and_by_mouse(page: Any) -> None:
    slider = page.get_by_role("slider", name="rmsprop step_size")
    number = page.get_by_label("rmsprop step_size, as a number")
    before = shown(page)["rmsprop"][0][0]
    slider.focus()
    page.keyboard.press("ArrowRight")
    by_key = float(number.input_value())
    assert by_key > before
    assert slider.get_attribute("aria-valuetext") == number.input_value()
    labels = page.locator(".racer legend").all_inner_texts()
    assert dict(zip(labels, marks(page), strict=True)) == {"rmsprop": YOURS, "gd": AGREES}
    box = slider.bounding_box()
    slider.click(position={"x": 0.25 * box["width"], "y": box["height"] / 2})
    by_mouse = float(number.input_value())
    assert 1e-4 < by_mouse < 3e-3  # a quarter of the way along four decades
    marks(page)
    values, path = shown(page)["rmsprop"]
    assert values[0] == by_mouse
    start = recorded_start(page)
    np.testing.assert_array_equal(path, descend(Himmelblau(), RMSProp(*values), start, n_iter=40).points[:, :, 0])
    named = re.search(r"rmsprop step_size (\S+),", page.locator("#race .card .legend").inner_text())
    assert named is not None and float(named[1]) == by_mouse


def test_a_number_takes_what_is_valid(page: Any) -> None:
    number = page.get_by_label("rmsprop rho, as a number")
    number.fill("0.5")
    assert shown(page)["rmsprop"][0][1] == 0.5
    number.fill("1")
    assert number.get_attribute("aria-invalid") == "true"
    assert shown(page)["rmsprop"][0][1] == 0.5
    number.blur()
    assert (number.input_value(), number.get_attribute("aria-invalid")) == ("0.5", "false")
    page.get_by_label("n_iter, as a number").fill("10000")
    marks(page)
    assert page.evaluate("window.race.state.objective.runs[0].iterations.at(-1)") == 10_000
    page.get_by_label("n_iter, as a number").fill("10001")
    assert page.evaluate("window.race.state.n") == 10_000


def test_arrow_keys_and_numbers_move_the_start(page: Any) -> None:
    before = recorded_start(page)
    handle = page.get_by_role("button", name="Arrow keys move it")
    handle.focus()
    page.keyboard.press("ArrowRight")
    marks(page)
    moved = page.evaluate("window.race.state.point")
    assert moved[0] > before[0] and moved[1] == pytest.approx(before[1], abs=0.01)
    assert f"x {moved[0]:.3g}"[:4] in handle.get_attribute("aria-label")
    page.get_by_label("start y").fill("1.25")
    marks(page)
    assert page.evaluate("window.race.state.point") == [moved[0], 1.25]


def test_a_finger_drags_the_start_and_taps_the_plane(window: Callable[..., Window]) -> None:
    opened = window(width=390, has_touch=True, is_mobile=True)
    page = opened.page
    handle = page.get_by_role("button", name="Arrow keys move it")
    handle.scroll_into_view_if_needed()
    page.wait_for_timeout(600)  # it scrolls smoothly
    box, scrolled = handle.bounding_box(), page.evaluate("scrollY")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = opened.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        to = {"x": x - 4 * step, "y": y + 5 * step}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [to]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    marks(page)
    dragged = page.evaluate("window.race.state.point")
    assert dragged is not None and page.evaluate("scrollY") == scrolled
    page.wait_for_timeout(500)  # Chromium takes a sooner tap for the end of a fling
    page.touchscreen.tap(x + 5, y - 60)
    page.wait_for_timeout(300)  # the click comes after the tap
    assert page.evaluate("window.race.state.point") != dragged


def test_hidden_added_removed_and_back(page: Any) -> None:
    recorded = shown(page)
    page.get_by_role("checkbox", name="gd", exact=True).uncheck()
    marks(page)
    assert page.evaluate("window.race.state.chart.shown") == [label != "gd" for label in recorded]
    assert page.locator("#race .card .legend button", has_text="gd").get_attribute("aria-pressed") == "false"
    page.locator("#race .card .legend button", has_text="gd").click()
    assert page.get_by_role("checkbox", name="gd", exact=True).is_checked()
    page.get_by_label("An optimizer to add").select_option(label="rmsprop")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("rmsprop 2 rho, as a number").fill("0.1")
    assert YOURS in marks(page)
    assert shown(page)["rmsprop 2"][0][1] == 0.1
    page.get_by_role("button", name="Remove rmsprop 2").click()
    assert marks(page) == [AGREES] * 2
    drag(page, recorded_start(page), (0.0, 0.0))
    page.get_by_label("n_iter, as a number").fill("7")
    page.get_by_label("rmsprop step_size, as a number").fill("0.3")
    assert marks(page) == [YOURS] * 2
    page.get_by_role("button", name="Back to the study's run").click()
    assert marks(page) == [AGREES] * 2
    assert page.get_by_role("button", name="Back to the study's run").is_disabled()
    again = shown(page)
    for label, (values, path) in recorded.items():
        assert again[label][0] == values
        np.testing.assert_array_equal(again[label][1], path)


def test_a_hundred_paths_at_once_are_as_python_computes_them(page: Any) -> None:
    page.locator("#race select").nth(1).select_option("-1")
    page.get_by_label("n_iter, as a number").fill("200")
    page.get_by_label("An optimizer to add").select_option(label="rmsprop")
    page.get_by_role("button", name="Add", exact=True).evaluate("add => { for (let k = 0; k < 15; k++) add.click(); }")
    marks(page)
    assert "medians over the starts" in page.locator(".try").inner_text()
    starts = np.transpose(page.evaluate("window.race.state.base.runs[0].live.starts"))
    paths = shown(page)
    assert len(paths) * starts.shape[1] >= 100
    for label, (values, path) in paths.items():
        rule = GD if label == "gd" else RMSProp
        expected = descend(Himmelblau(), rule(*values), starts, n_iter=200).points
        np.testing.assert_array_equal(path.reshape(expected.shape), expected)


def altered(path: Path, folder: Path, change: Callable[[Any], None]) -> Path:
    """The page with other data."""
    text = path.read_text()
    found = re.search(r'(<script type="application/json" id="data">)(.*?)(</script>)', text, re.S)
    assert found is not None
    data = json.loads(found[2])
    for objective in data["studies"][0]["objectives"]:
        change(objective["runs"][0])
    target = folder / "altered.html"
    target.write_text(text.replace(found[2], json.dumps(data).replace("<", "\\u003c")))
    return target


def one_bit_of_a_path(run: Any) -> None:
    from rmsprop_lab.report.page.packing import packed, unpacked

    path = unpacked(run["paths"]).copy()
    path[3, 1, 2] = np.nextafter(path[3, 1, 2], np.float32(9))
    run["paths"] = packed(path)


def one_bit_of_a_start(run: Any) -> None:
    run["live"]["starts"][0][1] = float(np.nextafter(run["live"]["starts"][0][1], 9))


def one_bit_of_a_step(run: Any) -> None:
    run["live"]["parameters"][0]["value"] = float(np.nextafter(run["live"]["parameters"][0]["value"], 9))


def one_bit_of_a_digest(run: Any) -> None:
    run["live"]["digests"][2][0] ^= 1


@pytest.mark.parametrize("change", [one_bit_of_a_path, one_bit_of_a_start, one_bit_of_a_step, one_bit_of_a_digest])
def test_one_altered_bit_is_noticed(
    browser: Any, reports: Callable[..., Path], tmp_path: Path, change: Callable[[Any], None]
) -> None:
    shown = Window(browser, altered(reports(), tmp_path, change))
    told = marks(shown.page)
    shown.context.close()
    assert [text[0] for text in told] == ["✗", "✓"]
    assert "its numbers were changed, or its code was" in told[0]
    assert not shown.said


def test_runs_that_diverged_agree_too(window: Callable[..., Window]) -> None:
    assert marks(window("all-diverged").page) == [AGREES] * 2
