"""What `report.html` holds: its data equal the study's tables and traces, and a script can read them."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.catalogue import ROOT
from support.studies import study

from rmsprop_lab import Range, Search, Starts, descend, load_traces, run_study
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.report.page.document import differences
from rmsprop_lab.report.page.effective import MOST_ITERATIONS, effective_steps
from rmsprop_lab.report.page.packing import unpacked
from rmsprop_lab.report.page.plane import plane


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study with repeats that is judged from fresh starts."""
    folder = tmp_path_factory.mktemp("made")
    given = study(search=Search("random", trials=4, repeats=5), evaluation=Starts("fresh", count=10), n_iter=30)
    run_study(given, output_dir=folder, tracking="none", figures=False, command="rmsprop-lab --secret=no")
    return folder


def test_its_tables_are_those_on_disk(made: Path) -> None:
    (content,) = data_of(made / "s/report.html")["studies"]
    texts = {name: unpacked(part) for name, part in content["tables"].items()}
    assert {name: texts[name] for name in texts if name != "runs.csv"} == {
        path.name: path.read_text() for path in (made / "s/tables").glob("*.csv")
    }


def test_every_run_is_in_it_with_its_score(made: Path) -> None:
    (content,) = data_of(made / "s/report.html")["studies"]
    runs = pd.read_csv(io.StringIO(unpacked(content["tables"]["runs.csv"])))
    trials = pd.read_parquet(made / "s/trials.parquet")
    on = ["objective", "optimizer", "phase", "regime", "repeat", "trial", "run_key"]
    both = runs.merge(trials, on=on, suffixes=("", "_on_disk"), validate="one_to_one")
    assert len(both) == len(runs) == len(trials)
    pd.testing.assert_series_equal(both["score"], both["score_on_disk"], check_names=False, check_exact=True)


def test_paths_and_curves_are_those_of_the_traces(made: Path) -> None:
    (content,) = data_of(made / "s/report.html")["studies"]
    traces = load_traces("s", output_dir=made)
    for objective in content["objectives"]:
        assert [run["optimizer"] for run in objective["runs"]]
        for run in objective["runs"]:
            mine = traces[traces["run_key"] == run["run_key"]].sort_values(["iteration", "start"])
            points = np.array(mine["point"].tolist()).reshape(31, 10, 2)
            np.testing.assert_array_equal(unpacked(run["paths"]), points[:, :8].swapaxes(1, 2).astype(np.float32))
            gaps = mine["value"].to_numpy().reshape(31, 10) - objective["minimum"]
            middle = np.sort(np.log10(np.maximum(gaps, objective["floor"])), axis=1)[:, [2, 4, 7]]
            np.testing.assert_allclose(unpacked(run["quartiles"]).T, middle, rtol=1e-6)


@pytest.mark.slow
def test_a_second_time_nothing_is_written_unless_something_changed(made: Path) -> None:
    given = study(search=Search("random", trials=4, repeats=5), evaluation=Starts("fresh", count=10), n_iter=30)
    page = made / "s/report.html"
    before = page.stat().st_mtime_ns

    def again(**changes: Any) -> int:
        run_study(
            given, output_dir=made, tracking="none", figures=False, **{"command": "rmsprop-lab --secret=no", **changes}
        )
        return page.stat().st_mtime_ns if page.exists() else 0

    assert again() == before
    page.write_text("changed")
    with pytest.warns(UserWarning, match="changed or damaged"):
        assert again() != before
    assert page.read_text() != "changed"
    page.unlink()
    again(report=False)
    assert not page.exists()
    again()
    assert page.exists()


def run_of(optimizer: Any, objective: Any, count: int = 50, starts: Any = ((0.5, -0.3), (0.7, 0.9))) -> Run:
    return Run(Problem("f", objective, Starts(points=starts), count), "o", optimizer)


def test_the_effective_step_of_gradient_descent_is_its_step_size() -> None:
    iterations, sizes = effective_steps(run_of(GD(0.001), Rosenbrock()), 1)
    assert iterations.tolist() == list(range(50))
    np.testing.assert_allclose(sizes, 0.001, rtol=1e-9)


@pytest.mark.parametrize("start", [0, 1])
def test_effective_steps_are_those_of_the_formulas(start: int) -> None:
    """AdaGrad's is step_size / sqrt(sum of g²), RMSProp's step_size / sqrt(its mean): Duchi 2011, the tutorial."""
    run = run_of(AdaGrad(0.1), Bowl(), 40)
    points = descend(Bowl(), AdaGrad(0.1), run.problem.points[:, start], n_iter=40).points[:-1, :, 0]
    gradients = 2 * points
    expected = 0.1 / (1e-8 + np.sqrt(np.cumsum(gradients**2, axis=0)))
    np.testing.assert_allclose(effective_steps(run, start)[1], expected, rtol=1e-6)
    assert (np.diff(effective_steps(run, start)[1], axis=0) <= 1e-12).all()


def test_effective_steps_of_many_iterations_and_coordinates_are_few() -> None:
    starts = np.full((1, 9), 0.5)
    iterations, sizes = effective_steps(run_of(RMSProp(1e-5, 0.9), Bowl(dim=9), 30_000, starts), 0)
    assert iterations[-1] == MOST_ITERATIONS - 1
    assert sizes.shape == (len(iterations), 4) and len(iterations) < 320


def test_effective_steps_at_a_gradient_of_zero_are_unknown() -> None:
    _, sizes = effective_steps(run_of(GD(0.1), Bowl(), 5, ((0.0, 0.5),)), 0)
    assert np.isnan(sizes[:, 0]).all() and np.isfinite(sizes[:, 1]).all()


def test_heights_of_a_plane_are_even_in_the_log_of_the_gap() -> None:
    found = plane(Bowl(), np.array([[0.5], [0.5]]))
    heights, (low, high) = unpacked(found["heights"]).astype(float) / 65535, found["decades"]
    x = np.linspace(*found["x"], heights.shape[1])
    y = np.linspace(*found["y"], heights.shape[0])
    gaps = np.log10(np.maximum(y[:, None] ** 2 + x**2, 1e-300))
    found_there, there = low + heights * (high - low), gaps > -2
    np.testing.assert_allclose(found_there[there], np.clip(gaps, low, high)[there], atol=0.01)
    assert (found_there[~there] < -1.9).all()
    assert found["minimizers"] == [[0.0, 0.0]]


def test_a_valley_narrower_than_the_mesh_is_whole() -> None:
    found = plane(Rosenbrock(), np.array([[-4.0, 9.0], [4.0, 9.0]]))
    heights = unpacked(found["heights"])
    y = np.linspace(*found["y"], len(heights))
    rows = heights[(y > 1.5) & (y < 6)].min(axis=1) / 65535.0  # along the valley
    assert np.abs(np.diff(rows)).max() < 0.03  # of the range; 0.08, beads, where only single points are looked at


@pytest.mark.parametrize("values", [np.nan, np.inf, 3.0])
def test_a_plane_without_any_shape_is_drawn(values: float) -> None:
    class Flat(Bowl):
        def value(self, point: Any) -> Any:
            return np.full(np.shape(point)[1:], values)

    low, high = plane(Flat(), np.array([[0.5], [0.5]]))["decades"]
    assert low == high


def test_pictures_that_are_drawn_later_come_onto_the_tutorials_page(tmp_path: Path) -> None:
    given = study(
        objectives={"bowl": Bowl()},
        optimizers={"gd": GD(0.1)},
        spaces={},
        search=Search(),
        starts=Starts("tutorial", 1, 1),
    )
    page = tmp_path / "s/report.html"
    for figures in (False, True):
        run_study(given, output_dir=tmp_path, tracking="none", figures=figures)
        assert page.read_text(encoding="utf-8").count("data:image/png") == 3 * figures


def test_given_starts_are_told_apart(tmp_path: Path) -> None:
    told = []
    for name, points in (("a", [[0.5, -0.5]]), ("b", [[0.5, -0.25], [1.0, 1.0]])):
        run_study(study(name=name, starts=points), output_dir=tmp_path, tracking="none", figures=False)
        (content,) = data_of(tmp_path / name / "report.html")["studies"]
        told.append(content["settings"]["starts of the search"])
    assert told == ["(0.5, -0.5)", "(0.5, -0.25), (1, 1)"]


def test_only_what_differs_is_listed() -> None:
    one = {"settings": {"a": "1", "b": "2"}, "versions": {"numpy": "2"}, "optimizers": []}
    other = {**one, "settings": {"a": "1", "b": "3"}}
    assert differences([one, other]) == [("b", ["2", "3"])]
    searched = [{"name": "gd", "configured": "step_size 0.1", "space": {"step_size": "1 to 2"}}]
    assert differences([one, {**one, "optimizers": searched}]) == [
        ("gd: as configured", ["", "step_size 0.1"]),
        ("gd: step_size", ["", "1 to 2"]),
    ]


def test_the_documented_script_reads_a_page(made: Path) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs/report.md").read_text(), re.S)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1].replace("outputs/compare/report.html", str(made / "s/report.html")), names)
    assert len(names["ranking"]) == 4 and names["paths"].shape == (31, 2, 8)
    documented = (ROOT / "docs/report.md").read_text()
    (content,) = names["data"]["studies"]
    keys = [*content, *content["objectives"][0], *content["objectives"][0]["runs"][0]]
    assert [key for key in keys if f"`{key}`" not in documented] == []


CASES: dict[str, Callable[[], Any]] = {
    "failed": lambda: study(objectives={"bad": Raising()}),
    "one start": lambda: study(starts=Starts(count=1), search=Search(), spaces={}),
    "a value": lambda: study(spaces={n: {"step_size": Range(values=(0.1,))} for n in ("gd", "rmsprop")}),
}


class Raising(Bowl):
    """Raises an error wherever a descent has come below 0.5."""

    def gradient(self, point: Any) -> Any:
        if np.ndim(point) == 2 and np.shape(point)[1] > 1 and (np.abs(point) < 0.5).any():
            raise ValueError("</script><script>alert(1)")
        return 2 * point


@pytest.mark.parametrize("case", CASES)
def test_every_study_has_a_page(tmp_path: Path, case: str) -> None:
    summary = run_study(CASES[case](), output_dir=tmp_path, tracking="none", figures=False)
    assert not summary.undrawn
    page = (tmp_path / "s/report.html").read_text()
    assert page.count("<script") == page.count("</script>") == 2
    assert data_of(tmp_path / "s/report.html")["studies"][0]["name"] == "s"
