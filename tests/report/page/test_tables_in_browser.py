"""The tables of `report.html` in a browser, two studies in one page, and what a screen reader finds there."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.browsers import SCREENSHOTS
from support.reports import Window, repeated, serious

from rmsprop_lab import run_study
from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.objectives import Booth, Bowl, Matyas, Rosenbrock

pytestmark = pytest.mark.slow


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def downloaded(page: Any, name: str) -> str:
    with page.expect_download() as found:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(found.value.path()).read_text()


def test_every_table_is_the_one_on_disk(window: Callable[..., Window], reports: Callable[..., Path]) -> None:
    page, tables = window().page, reports().parent / "tables"
    names = sorted(path.name for path in tables.glob("*.csv"))
    assert {"ranking.csv", "pairs.csv", "overall.csv", "searches.csv", "budget.csv"} <= {*names}
    for name in names:
        assert downloaded(page, name) == (tables / name).read_text()


def test_runs_sort_filter_and_save(window: Callable[..., Window]) -> None:
    page = window().page
    everything = rows_of(downloaded(page, "runs.csv"))
    assert page.locator("#runs-place [role=status]").inner_text() == f"100 of {len(everything) - 1} runs"
    page.get_by_role("button", name="score", exact=True).click()
    column = everything[0].index("score") + 1
    shown = page.locator(f"#runs-place tbody td:nth-child({column})").evaluate_all("cells => cells.map(c => c.title)")
    assert shown == [row[column - 1] for row in sorted(everything[1:], key=lambda row: float(row[column - 1]))][:100]
    page.get_by_role("searchbox").fill("rmsprop bowl evaluate")
    with page.expect_download() as found:
        page.get_by_role("button", name="these rows as CSV").click()
    saved = rows_of(Path(found.value.path()).read_text())
    wanted = [row for row in everything[1:] if all(word in " ".join(row) for word in ("rmsprop", "bowl", "evaluate"))]
    assert len(wanted) == 10
    assert sorted(saved[1:]) == sorted(wanted)


@pytest.mark.parametrize("width", [400, 1366])
def test_numbers_stand_in_one_line_and_end_at_one_edge(window: Callable[..., Window], width: int) -> None:
    page = window(width=width).page
    cells = page.locator(
        ".ranking td:nth-child(n+4), #runs-place td:not(:has(button)), #ranking-place td:nth-child(n+5)"
    )
    texts = cells.evaluate_all("""cells => cells.map(cell => { const range = document.createRange();
        range.selectNodeContents(cell);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        return [cell.textContent, lines.size, getComputedStyle(cell).textAlign]; })""")
    numbers = [(text, lines, side) for text, lines, side in texts if re.fullmatch(r"[-≤]?\d[\d.e-]*( ±.*| %)?", text)]
    assert len({text for text, *_ in numbers}) > 100
    assert any("e-" in text for text, *_ in numbers)
    assert {(lines, side) for _, lines, side in numbers} == {(1, "right")}


def test_a_key_shows_the_command_that_computes_its_run_again(window: Callable[..., Window]) -> None:
    page = window().page
    key = page.locator("#runs-place tbody tr:nth-child(3) td").last
    digits = key.get_attribute("title")
    key.get_by_role("button").click()
    shown = page.locator("#runs-place code").inner_text()
    assert re.fullmatch(rf"rmsprop-lab task=rerun name=[\w.-]+ run_key={digits[:12]}", shown)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["repeated", "one-run", "all-diverged", "limits"])
def test_axe_finds_nothing_serious(window: Callable[..., Window], axe: str, name: str, scheme: str) -> None:
    assert not serious(window(name, color_scheme=scheme, bypass_csp=True).page, axe)


def side_by_side(folder: Path, *studies: Any) -> Path:
    from rmsprop_lab.storage.folder import StudyFolder
    from rmsprop_lab.tasks.report import write_reports

    for one in studies:
        run_study(one, output_dir=folder, tracking="none", figures=False)
    return write_reports([(StudyFolder(folder, one.name), [Recorded(one, False)]) for one in studies], [])


def test_the_page_opens_on_an_objective_that_all_studies_have(browser: Any, tmp_path: Path) -> None:
    first = repeated("first", objectives={"bowl": Bowl(), "booth": Booth(), "rosenbrock": Rosenbrock()})
    path = side_by_side(tmp_path, first, repeated("second", objectives={"matyas": Matyas(), "booth": Booth()}))
    shown = Window(browser, path)
    chosen = shown.page.locator("#objective-place select").input_value()
    raced = shown.page.evaluate("window.race.state.base.runs.map(run => run.label.split(':')[0])")
    shown.context.close()
    assert chosen == "booth"
    assert {*raced} == {"first", "second"}


def test_both_studies_stand_in_one_chart(browser: Any, tmp_path: Path) -> None:
    path = side_by_side(tmp_path, repeated("first"), repeated("second", n_iter=60))
    assert path == tmp_path / "first/report_with_second.html"
    shown = Window(browser, path)
    legends = shown.page.locator("#convergence .card").first.get_by_role("button").all_inner_texts()
    assert {text.strip() for text in legends} == {f"{s}: {o}" for s in ("first", "second") for o in ("gd", "rmsprop")}
    differences = shown.page.locator("#differences tbody tr").all_inner_texts()
    assert [re.split(r"\s*\t\s*", row) for row in differences] == [["iterations", "40", "60"]]
    assert shown.page.locator("#differences").bounding_box()["y"] < shown.page.locator("#race").bounding_box()["y"]
    shown.page.screenshot(path=SCREENSHOTS / "report_side_by_side.png", full_page=True)
    shown.context.close()
    assert not shown.said
