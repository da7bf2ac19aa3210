"""A race that differs from the study's says so, on the screen and on paper, and has a way back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.reports import Window
from support.waiting import wait_for_frames

pytestmark = pytest.mark.slow

START = "window.race.changed({ point: [0.5, 0.25] })"


def own(page: Any) -> str:
    """What the line above the race calls the reader's own; empty if it is no such line."""
    wait_for_frames(page)
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


def objective(page: Any, name: str) -> None:
    page.locator("#objective-place select").select_option(name)


def values(page: Any) -> dict[str, list[float]]:
    wait_for_frames(page)
    told: list[Any] = page.evaluate("window.race.state.racers.map(one => [one.label, [...one.values]])")
    return dict(told)


def test_settings_outlive_another_objective(window: Callable[..., Window]) -> None:
    page = window().page
    objective(page, "himmelblau")
    recorded = values(page)
    objective(page, "bowl")
    page.evaluate(START)
    page.get_by_label("rmsprop step_size, as a number").fill("0.3")
    page.get_by_label("n_iter, as a number").fill("7")
    page.get_by_label("An optimizer to add").select_option(label="gd")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("checkbox", name="gd", exact=True).uncheck()
    objective(page, "himmelblau")
    moved = "n_iter 7, rmsprop step_size, gd hidden, gd 2 added"
    assert set(own(page)[:-1].split(": ")[1].split(", ")) == set(moved.split(", "))  # the best optimizer is first
    found = values(page)
    assert found["rmsprop"] == [0.3, *recorded["rmsprop"][1:]]
    assert found["gd"] == recorded["gd"]
    assert page.evaluate("window.race.state.n") == 7
    assert page.evaluate("window.race.state.point") is None
    objective(page, "bowl")
    assert page.evaluate("window.race.state.point") == [0.5, 0.25] and "start" in own(page)
    back(page).click()
    objective(page, "himmelblau")
    assert own(page) == "" and values(page) == recorded


def test_copies_differ_and_the_keyboard_adds_and_removes_them(window: Callable[..., Window]) -> None:
    page = window().page
    which, add = page.get_by_label("An optimizer to add"), page.get_by_role("button", name="Add", exact=True)
    which.focus()
    page.keyboard.press("ArrowDown")
    assert len(values(page)) == 2
    which.select_option(label="rmsprop")
    add.focus()
    for _ in range(2):
        page.keyboard.press("Enter")
        wait_for_frames(page)
    found = values(page)
    assert found["rmsprop 2"][0] == pytest.approx(found["rmsprop"][0] / 2, rel=1e-2)
    dashes = page.evaluate("window.race.state.objective.runs.filter(run => run.label[0] === 'r').map(run => run.dash)")
    assert sorted(dashes) == [0, 1, 2]
    signs = page.locator(".racer legend .line").evaluate_all("signs => signs.map(sign => sign.style.background)")
    assert len(set(signs)) == 4
    page.get_by_role("button", name="Remove rmsprop 3").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.racer').innerText").startswith("rmsprop 2")


def test_ten_optimizers_have_ten_lines(lab: Any, browser: Any) -> None:
    names = "gd,adagrad,rmsprop,momentum,adam,nesterov,adadelta,rmsprop_centered,rmsprop_graves,rmsprop_momentum"
    assert lab("task=playground", f"optimizer=[{names}]").status == 0
    shown = Window(browser, Path("outputs/playground/playground.html").resolve())
    lines = shown.page.evaluate("window.race.state.objective.runs.map(run => `${run.colour} ${run.dash}`)")
    shown.context.close()
    assert len(set(lines)) == 10
    assert not shown.said


def test_what_is_not_valid_and_what_diverges_says_so(window: Callable[..., Window]) -> None:
    page = window().page
    for label, text, told in (
        ("rmsprop rho", "1", "rho must be a number in [0, 1)"),
        ("n_iter", "20000", "n_iter must be a whole number from 1 to 10,000"),
    ):
        number = page.get_by_label(f"{label}, as a number")
        number.fill(text)
        assert page.locator(".wrong:visible").all_inner_texts() == [told]
        number.blur()
        assert page.locator(".wrong:visible").count() == 0
    page.get_by_label("gd step_size, as a number").fill("1e300")
    wait_for_frames(page)
    (told,) = [text for text in page.locator(".loss").all_inner_texts() if text]
    lost = page.evaluate("window.race.state.objective.runs.find(run => run.label === 'gd').lost[0]")
    assert told == f"diverged at iteration {lost}" and lost > 0
    page.locator("#race select").nth(1).select_option("-1")
    wait_for_frames(page)
    assert "6 of 6 paths diverged" in page.locator(".racers").inner_text()


def test_arrow_keys_move_by_an_iteration(window: Callable[..., Window]) -> None:
    page = window().page
    scrub, told = page.get_by_role("slider", name="Iteration"), page.locator("#race output")
    for n in (40, 1000):
        page.get_by_label("n_iter, as a number").fill(str(n))
        wait_for_frames(page)
        scrub.focus()
        page.keyboard.press("End")
        for left in range(1, 4):
            page.keyboard.press("ArrowLeft")
            assert told.inner_text() == f"iteration {n - left}"


def test_a_function_without_a_minimum_has_no_star(window: Callable[..., Window]) -> None:
    page = window("no-minimum").page
    objective(page, "unknown")
    told = page.locator("#race .sheet").inner_text()
    assert "the star" not in told and "gap" not in told
    assert "the value above the lowest one here" in told
    objective(page, "bowl")
    assert "the star is the minimizer" in page.locator("#race .sheet").inner_text()
