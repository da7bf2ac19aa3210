"""What a page says where it cannot compute a run, or not bit for bit; what it prints; two studies side by side."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.reports import Window, alone
from support.waiting import wait_for_frames

from rmsprop_lab import run_study
from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.objectives import Rastrigin
from rmsprop_lab.optimizers import RMSProp

pytestmark = pytest.mark.slow

WORDS = {
    "branching": r"recorded only: Branching: a branch on a number .* \(rules.py:\d+: if np.ravel",
    "drawing": "recorded only: Drawing: its program computes other numbers: it draws random ones",
    "calling": r"recorded only: Calling: np.interp \(rules.py:\d+: return",
    "whole": "recorded only: Whole: a rule that is not elementwise",
    "long": "recorded only: Long: more than 4,000 operations",
    "gd": "✓ computed here again, bit for bit the study's run",
}


def choose(page: Any, objective: str) -> None:
    page.locator("#objective-place select").select_option(objective)


def test_each_rule_says_why(window: Callable[..., Window]) -> None:
    page = window("limits").page
    choose(page, "bowl")
    labels = page.locator(".racer legend").all_inner_texts()
    told = dict(zip(labels, page.locator(".racer .mark").all_inner_texts(), strict=True))
    assert told.keys() == WORDS.keys()
    assert [name for name in WORDS if not re.match(WORDS[name], told[name])] == []
    page.get_by_label("gd step_size, as a number").fill("0.4")
    wait_for_frames(page)
    assert page.evaluate("window.race.state.objective.runs.map(run => run.label)") == ["gd"]


@pytest.mark.parametrize(
    ("objective", "told"),
    [
        ("noisy", "Recorded only: Noisy: noise is drawn for each iteration."),
        ("deep", "Recorded only: Bowl has 5 dimensions, the page computes paths in two."),
    ],
)
def test_an_objective_that_is_recorded_only_says_so_in_a_line(
    window: Callable[..., Window], objective: str, told: str
) -> None:
    page = window("limits").page
    choose(page, objective)
    assert page.locator(".try").inner_text().strip() == told
    assert page.locator(".racer").count() == 0
    assert not page.get_by_role("button", name="Arrow keys move it").is_visible()
    choose(page, "bowl")
    assert page.locator(".racer").count() == 6


def test_what_is_recorded_only_is_missed_and_what_was_set_is_kept(window: Callable[..., Window]) -> None:
    page = window("limits").page
    choose(page, "bowl")
    page.get_by_label("gd step_size, as a number").fill("0.3")
    page.get_by_label("n_iter, as a number").fill("3")
    wait_for_frames(page)
    told = page.locator(".yours.own").inner_text()
    assert told.startswith("Yours, not the study's: n_iter 3, gd step_size, without ") and "without drawing" in told
    choose(page, "noisy")
    assert page.locator(".yours.own").count() == 0
    choose(page, "rastrigin")
    assert page.get_by_label("gd step_size, as a number").input_value() == "0.3"
    assert page.evaluate("window.race.state.n") == 3


def test_transcendental_functions_are_not_bit_for_bit(browser: Any, tmp_path: Path) -> None:
    given = alone("s", objectives={"rastrigin": Rastrigin()}, optimizers={"rmsprop": RMSProp(0.05, 0.9)}, n_iter=2000)
    run_study(given, output_dir=tmp_path, tracking="none", figures=False)
    shown = Window(browser, tmp_path / "s/report.html")
    told = shown.page.locator(".racer .mark").inner_text()
    why = shown.page.locator(".try").inner_text()
    shown.context.close()
    assert "Not bit for bit: cos, sin round otherwise in browsers" in why or told.startswith("✓")
    assert not shown.said


def test_the_words_of_a_page_without_the_same_bits(window: Callable[..., Window]) -> None:
    page = window("limits").page
    choose(page, "rastrigin")
    page.evaluate("window.race.state.racers.find(one => one.label === 'gd').run.live.agrees = false, 0")
    page.get_by_label("gd step_size, as a number").fill("0.4")
    page.get_by_role("button", name="Back to the study's run").click()
    wait_for_frames(page)
    marks = page.locator(".racer .mark").all_inner_texts()
    assert marks.count("computed here as well, not bit for bit") == 1
    told = page.locator(".try").inner_text()
    assert told.count("Not bit for bit: cos, sin round otherwise in browsers") == 1 and "may part slowly" in told


def test_studies_side_by_side_are_as_recorded(browser: Any, tmp_path: Path) -> None:
    from rmsprop_lab.storage.folder import StudyFolder
    from rmsprop_lab.tasks.report import write_reports

    studies = [alone("first"), alone("second", n_iter=20)]
    for one in studies:
        run_study(one, output_dir=tmp_path, tracking="none", figures=False)
    shown = Window(
        browser, write_reports([(StudyFolder(tmp_path, one.name), [Recorded(one, False)]) for one in studies], [])
    )
    told = shown.page.locator(".try").inner_text()
    shown.context.close()
    assert told == "Recorded only: studies side by side are not computed again, each study's own report is live."


def test_what_moves_is_not_printed(window: Callable[..., Window]) -> None:
    page = window().page
    page.emulate_media(media="print")
    assert not page.locator(".try").is_visible() and not page.locator(".yours").is_visible()
    assert page.locator("#race canvas").first.is_visible()
