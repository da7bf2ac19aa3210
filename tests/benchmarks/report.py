"""The page that stands alone: how long it takes to write, its size, and what it costs a browser."""

import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from support.browsers import started

from benchmarks.harness import Row
from rmsprop_lab.objectives import Bowl, Ellipsoid, Rosenbrock, Zakharov
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.page.content import Findings
from rmsprop_lab.report.page.written import write_report
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.report import findings_in
from rmsprop_lab.tasks.run import run_study

TITLE = "The report"
ABOUT = """The page of the demo's study (2,592 runs of three optimizers on four objectives) and of a grid of 10,000
runs. Written: seconds at the end of a command, when the study is judged and its tables are on disk. Script: Chromium's
own measure of the time that scripts take until all is drawn. Frame and movement: the mean of 100 frames of the race and
of 100 movements of the mouse over the chart of all runs, without a display to wait for."""
ROUNDS = 5
OBJECTIVES = {"bowl": Bowl(), "ellipsoid": Ellipsoid(), "rosenbrock": Rosenbrock(), "zakharov": Zakharov()}
STEPS, RHO = Range(1e-4, 1.0, "log", 50), Range(0.9, 0.999, "log_complement", 50)
EACH = "for (let i = 0; i < 100; i++)"
FRAME = f"{EACH} {{ window.race.state.place = (7 * i) % window.race.state.length; window.race.paint(); }}"
HOVER = f"""const chart = document.querySelector("#sensitivity canvas");
{EACH} chart.dispatchEvent(new MouseEvent("mousemove", {{ clientX: 100 + 8 * i, clientY: 200 + 3 * i }}));"""


def demo() -> Study:
    return Study(
        "demo",
        OBJECTIVES,
        {"gd": GD(0.01), "adagrad": AdaGrad(0.01), "rmsprop": RMSProp(0.01, 0.99)},
        Starts(count=10),
        n_iter=200,
        search=Search("tpe", trials=24, repeats=8),
        spaces={
            "gd": {"step_size": STEPS},
            "adagrad": {"step_size": Range(1e-3, 10.0, "log")},
            "rmsprop": {"step_size": STEPS, "rho": RHO},
        },
        evaluation=Starts("fresh", count=32),
    )


def grid() -> Study:
    space = {"rmsprop": {"step_size": STEPS, "rho": RHO}}
    return Study(
        "grid", OBJECTIVES, {"rmsprop": RMSProp(0.01, 0.99)}, Starts(count=3), 50, search=Search("grid"), spaces=space
    )


def rows() -> list[Row]:
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as output, started() as browser:
        for study, megabytes, script in ((demo(), 3, 300), (grid(), 10, 1500)):
            run_study(study, output_dir=output, tracking="none", figures=False, report=False)
            folder = StudyFolder(output, study.name)
            found_there = findings_in(folder, [study], "name")
            written = tuple(_written(folder, found_there) for _ in range(1 + ROUNDS))[1:]
            page = folder.path / "report.html"
            seen = [_seen(browser, page) for _ in range(1 + ROUNDS)][1:]
            scripts, frames, hovers = zip(*seen, strict=True)
            found += [
                Row(f"{study.name}: written", written, at_most=2 if study.name == "demo" else 20, unit="s"),
                Row(f"{study.name}: size", (page.stat().st_size / 1e6,), at_most=megabytes, unit="MB"),
                Row(f"{study.name}: script until drawn", scripts, at_most=script, unit="ms"),
                Row(f"{study.name}: a frame of the race", frames, at_most=8, unit="ms"),
                Row(f"{study.name}: a movement of the mouse", hovers, at_most=8, unit="ms"),
            ]
    return found


def _written(folder: StudyFolder, found: Findings) -> float:
    (folder.path / "report.html").unlink(missing_ok=True)
    began = perf_counter()
    write_report(folder, found)
    return perf_counter() - began


def _seen(browser: Any, page: Path) -> tuple[float, float, float]:
    """Milliseconds of script until the page is drawn, of a frame, and of a movement of the mouse."""
    window = browser.new_page(viewport={"width": 1366, "height": 900})
    measures = window.context.new_cdp_session(window)
    measures.send("Performance.enable")
    window.goto(page.as_uri())
    window.wait_for_selector("html[data-drawn]")
    all_of = {one["name"]: one["value"] for one in measures.send("Performance.getMetrics")["metrics"]}
    each = [
        window.evaluate(
            f"(() => {{ const began = performance.now(); {what} return (performance.now() - began) / 100; }})()"
        )
        for what in (FRAME, HOVER)
    ]
    window.close()
    return 1000 * all_of["ScriptDuration"], each[0], each[1]
