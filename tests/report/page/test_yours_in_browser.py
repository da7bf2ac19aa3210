"""A race that differs from the study's says so, on the screen and on paper, and has a way back."""

from collections.abc import Callable
from typing import Any

import pytest
from support.reports import Window

pytestmark = pytest.mark.slow

START = "window.race.changed({ point: [0.5, 0.25] })"


def own(page: Any) -> str:
    """What the line above the race calls the reader's own; empty if it is no such line."""
    page.wait_for_timeout(60)
    line = page.locator(".yours.own span")
    return str(line.inner_text()) if line.count() else ""


def back(page: Any) -> Any:
    return page.get_by_role("button", name="Back to the study's run")


def test_what_differs_from_the_study_is_said_above_the_race_and_printed(window: Callable[..., Window]) -> None:
    page = window().page
    assert own(page) == "" and back(page).is_disabled()
    page.evaluate(START)
    page.get_by_label("rmsprop step_size, as a number").fill("0.3")
    assert own(page) == "Yours, not the study's: start, rmsprop step_size."
    line, plane = page.locator(".yours"), page.locator("#race .plane")
    assert line.bounding_box()["y"] < plane.bounding_box()["y"]
    page.emulate_media(media="print")
    assert page.locator(".yours span").is_visible() and not back(page).is_visible()
    page.emulate_media(media="screen")
    back(page).click()
    assert own(page) == ""
    page.emulate_media(media="print")
    assert not page.locator(".yours").is_visible()


def test_each_kind_of_difference_is_named(window: Callable[..., Window]) -> None:
    page = window().page
    page.get_by_label("n_iter, as a number").fill("7")
    assert own(page) == "Yours, not the study's: n_iter 7."
    back(page).click()
    for label in ("gd", "rmsprop"):
        page.get_by_role("checkbox", name=label, exact=True).uncheck()
    assert "gd hidden" in own(page) and "rmsprop hidden" in own(page)
    back(page).click()
    assert own(page) == "" and page.get_by_role("checkbox", name="gd", exact=True).is_checked()
    page.locator("#race select").nth(1).select_option("2")
    assert own(page) == ""  # another recorded start is the study's
    page.locator("#objective-place select").select_option("himmelblau")
    assert own(page) == ""


def test_runs_that_are_recorded_only_are_missed(window: Callable[..., Window]) -> None:
    page = window("limits").page
    page.locator("#objective-place select").select_option("bowl")
    page.evaluate(START)
    assert own(page).startswith("Yours, not the study's: start, without ") and "without drawing" in own(page)
