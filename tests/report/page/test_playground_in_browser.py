"""`playground.html` in a browser: the tutorial's function, and a user's own two files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.browsers import SCREENSHOTS
from support.own import HEAD, QUARTIC, own
from support.reports import Window, serious
from support.waiting import wait_for_frames

from rmsprop_lab import Starts, descend
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD

pytestmark = pytest.mark.slow

AGREES = "✓ computed here again, bit for bit what rmsprop-lab computes"
SIGN = (
    HEAD
    + """class Sign(Optimizer):
    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        return self.step_size * np.sign(gradient), state
"""
)
HOSTILE = (
    HEAD
    + """class Hostile(Optimizer):
    step_size: Positive

    def update(self, gradient: Array, state: State) -> tuple[Array, State]:
        if np.ravel(gradient)[0] > 1e9: step = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
        return self.step_size * gradient, state
"""
)


@pytest.fixture
def playground(lab: Any, browser: Any) -> Iterator[Callable[..., Any]]:
    """Makes a page by the command, and opens it."""
    opened = []

    def open_one(*options: str, **given: Any) -> Any:
        ended = lab("task=playground", *options)
        assert ended.status == 0, ended.err
        opened.append(
            Window(browser, Path("outputs/playground/playground.html").resolve(), reduced_motion="reduce", **given)
        )
        return opened[-1].page

    yield open_one
    for one in opened:
        one.context.close()
        assert not one.said


def test_it_opens_on_the_tutorials_bowl(playground: Callable[..., Any]) -> None:
    page = playground()
    assert page.locator(".racer legend").all_inner_texts() == ["gd", "adagrad", "rmsprop"]
    assert page.locator(".racer .mark").all_inner_texts() == [AGREES] * 3
    assert page.get_by_label("n_iter, as a number").input_value() == "50"
    assert page.evaluate("window.race.state.base.runs[0].live.starts") == Starts("tutorial", 1, 1).at(Bowl()).T.tolist()
    values = {
        label: page.get_by_label(f"{label}, as a number").input_value() for label in ("gd step_size", "rmsprop rho")
    }
    assert values == {"gd step_size": "0.01", "rmsprop rho": "0.99"}
    picture = page.locator("#race canvas").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    for number, share in enumerate((0.3, 0.5, 0.7)):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.3 * box["height"])
        if not number:
            page.mouse.down()
    page.mouse.up()
    wait_for_frames(page)
    point = page.evaluate("window.race.state.point")
    path = page.evaluate("[...window.race.state.objective.runs[0].paths]")
    np.testing.assert_array_equal(
        np.reshape(path, (-1, 2)), descend(Bowl(), GD(0.01), point, n_iter=50).points[:, :, 0]
    )
    page.get_by_role("button", name="Back to the beginning").click()
    wait_for_frames(page)
    assert page.locator(".racer .mark").all_inner_texts() == [AGREES] * 3


def test_ones_own_function_and_rule_play(playground: Callable[..., Any], tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    own(tmp_path, "optimizer", "sign", SIGN, "{_target_: sign.py:Sign, step_size: 0.01}")
    own(tmp_path, "optimizer", "hostile", HOSTILE, "{_target_: hostile.py:Hostile, step_size: 0.01}")
    chosen = ("objective=[quartic,logistic]", "optimizer=[sign,hostile,rmsprop]", "starts=uniform")
    page = playground(*chosen, "--config-dir", "mine")
    assert page.locator(".racer legend").all_inner_texts() == ["sign", "rmsprop"]
    assert page.locator(".racer .mark").all_inner_texts() == [AGREES] * 2
    told = page.locator("#details .warnings").inner_text()
    assert "objective logistic: Logistic has 5 dimensions, the page computes paths in two" in told
    assert "optimizer hostile: Hostile: a branch on a number" in told and "hostile.py:" in told
    assert "</script><script>alert(1)" in told
    page.get_by_label("sign step_size, as a number").fill("0.02")
    wait_for_frames(page)
    assert page.evaluate("window.race.state.isMoved()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing_serious(playground: Callable[..., Any], axe: str, scheme: str) -> None:
    page = playground("optimizer=[gd,adam,rmsprop_graves]", color_scheme=scheme, bypass_csp=True)
    page.get_by_label("rmsprop_graves centered").check()
    page.get_by_label("An optimizer to add").select_option(label="adam")
    page.get_by_role("button", name="Add", exact=True).click()
    wait_for_frames(page)
    assert not serious(page, axe)
    for width in (390, 1024, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        wait_for_frames(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.screenshot(path=SCREENSHOTS / f"playground_{width}_{scheme}.png", full_page=True)
