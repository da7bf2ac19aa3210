"""No text lies over another, leaves its picture or is too small, with short names and with long ones."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from support.pictures import drawing_of

from rmsprop_lab import descend, plots
from rmsprop_lab.base import Objective
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots import race
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.comparison import Panel, comparison_png
from rmsprop_lab.plots.figure import png_of
from rmsprop_lab.plots.maps import basins_png, map_png
from rmsprop_lab.plots.objective import contour_png, surface_png
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.search.budget import budget_png
from rmsprop_lab.plots.search.importance import importance_png
from rmsprop_lab.plots.search.sensitivity import sensitivity_png
from rmsprop_lab.plots.search.trials import trials_png
from rmsprop_lab.plots.trace import plot
from rmsprop_lab.plots.verdict.ecdf import ecdf_png
from rmsprop_lab.plots.verdict.profile import profile_png
from rmsprop_lab.plots.verdict.ranks import ranks_png
from rmsprop_lab.plots.verdict.scores import Panel as ScorePanel
from rmsprop_lab.plots.verdict.scores import Row, scores_png

NAMES = {
    "short": ["gd", "adam"],
    "long": ["rmsprop_with_nesterov_momentum", "rmsprop_as_published_in_2012"],
    "longest": ["rmsprop_" * 12 + "a", "rmsprop_" * 12 + "b"],
}
TITLE = "The best of 24 trials for each optimizer on each objective, on starts that no search has seen"
LONG = Bowl(bounds=[(-1, 1), (-9, 9)])  # to be stretched
LONG_SLICE = Bowl(dim=3, bounds=[(-1, 1), (-9, 9), (0, 1)])
SCORE = "mean log₁₀ gap"
SCORES = {"bowl": SCORE, "camel": "mean value"}
MAP_TITLE = """star at step_size 0.04103, rho 0.9973:
log₁₀ gap ≤-16.0 as the median of 1000 starts, ≤-16.0 as the median of 1000 fresh starts
36% of the map is at the floor, the star in the middle of the largest such square; 12% of it diverged"""


def comparison(names: list[str]) -> bytes:
    objectives = (Himmelblau(), Rosenbrock(), LONG_SLICE, LONG, Bowl(dim=1), MonkeySaddle())
    return comparison_png([panel(objective, names) for objective in objectives], hues(names), TITLE)


def panel(objective: Objective, names: list[str]) -> Panel:
    """Some optimizers, of which the first diverges."""
    starts = Starts(count=3).at(objective)
    traces = {name: descend(objective, GD(1e-3), starts, 10) for name in names}
    traces[names[0]] = descend(objective, GD(9.0), starts, 10)
    labels = {name: f"{name} step_size=0.0123, rho=0.99876, momentum=0.9" for name in names}
    return Panel(type(objective).__name__, objective, starts, traces, labels)


def first_frame(panel: Panel, names: list[str]) -> bytes:
    """A race of one frame, the last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(race, "_times", lambda last: np.array([float(last)]))
        return race.race_webp(panel, hues(names), TITLE)


def race_of_ten(names: list[str]) -> bytes:
    names = of_verdict(names)
    return first_frame(panel(LONG_SLICE, names), names)


def race_without_a_minimum(names: list[str]) -> bytes:
    return first_frame(panel(MonkeySaddle(), names), names)


def sensitivity(names: list[str]) -> bytes:
    steps = np.geomspace(1e-4, 1.0, 5)
    rows = [
        {"optimizer": name, "step_size": step, "score": -np.log10(step), "outcome": "ok"}
        for name in names
        for step in steps
    ]
    return sensitivity_png(dict.fromkeys(("bowl", "camel"), pd.DataFrame(rows)), hues(names), TITLE, SCORES, True)


def budget(names: list[str]) -> bytes:
    best = {name: -np.arange(24.0) for name in ("best_so_far", "best_so_far_low", "best_so_far_high", "expected_best")}
    table = pd.DataFrame({"trials": np.arange(24) + 1, **best, "lost": 0.42, "repeats": 3})
    tables = pd.concat([table.assign(optimizer=name) for name in names])
    return budget_png({"bowl": tables, "camel": tables}, hues(names), TITLE, SCORES)


def importance(names: list[str]) -> bytes:
    shares = {(o, name): {"step_size": [0.7, 0.9], "rho": [0.3, 0.1]} for o in ("bowl", "camel") for name in names}
    return importance_png(shares, hues(names), TITLE)


def trials(names: list[str]) -> bytes:
    space = {"step_size": Range(1e-4, 1.0, "log"), "rho": Range(0.5, 0.999, "log_complement")}
    columns = {name: np.array([span.at(at) for at in np.linspace(0, 1, 9)]) for name, span in space.items()}
    columns["rho"] = columns["rho"][[3, 1, 4, 0, 5, 8, 2, 6, 7]]
    return trials_png(
        space, columns, np.linspace(-12.5, 3.25, 9), np.arange(9) == 4, 0, f"{names[0]} on bowl: {TITLE}", SCORE
    )


def maps(names: list[str]) -> bytes:
    grids = {"step_size": Range(1e-4, 1.0, "log", 41).grid(), "rho": Range(0.5, 0.999, "log_complement", 41).grid()}
    scales = {"step_size": "log", "rho": "log_complement"}
    best = {"step_size": 0.1, "rho": 0.9}
    title = f"himmelblau: {names[0]} after 200 iterations, medians over 1000 starts\n{MAP_TITLE}"
    return map_png(np.outer(np.arange(41.0), np.ones(41)), grids, scales, best, title, SCORE)


def values(names: list[str]) -> bytes:
    """A map of values that run away."""
    grids = {"step_size": Range(1e-4, 1.0, "log", 41).grid(), "rho": Range(0.5, 0.999, "log_complement", 41).grid()}
    scales = {"step_size": "log", "rho": "log_complement"}
    scores = -np.outer(np.logspace(-3, 100, 41) * 3, np.ones(41))
    best = {"step_size": 1.0, "rho": 0.999}
    return map_png(scores, grids, scales, best, f"saddle: {names[0]}\n{MAP_TITLE}", "final value", wide=True)


def basins(names: list[str]) -> bytes:
    at, reached = np.linspace(-1, 1, 9), np.zeros((9, 9), np.int16)  # ticks at ±0.25, ±0.50, ... are the widest
    reached[0, :2] = -1, -2
    title = f"himmelblau: {names[0]}, step_size 0.1234, rho 0.1234\n>99% of 262,144 starts reach a minimizer"
    return basins_png(at, at, reached, np.zeros((9, 9)), -16.0, np.asarray(Himmelblau().minimizers) / 5, title)


def contour(names: list[str]) -> bytes:
    return contour_png(Rosenbrock(), names[0])


def surface(names: list[str]) -> bytes:
    return surface_png(Bowl(dim=3, bounds=[(-1, 1), (-2, 2), (0, 1)]), names[0])


def stretched(names: list[str]) -> bytes:
    return contour_png(LONG, names[0])


def run_picture(names: list[str]) -> bytes:
    """The text that is no title: the title has its own room, see test_title.py."""
    objective = LONG_SLICE
    starts = Starts(count=3).at(objective)
    return ContourPainter(objective, starts).png(descend(objective, GD(0.1), starts, 5).points, 0, names[0])


def run_in_one_dimension(names: list[str]) -> bytes:
    objective = Bowl(dim=1)
    starts = Starts(count=3).at(objective)
    return ContourPainter(objective, starts).png(descend(objective, GD(0.1), starts, 5).points, 0, names[0])


def trace(names: list[str]) -> bytes:
    return png_of(plot(descend(Rosenbrock(), GD(1e-3), Starts(count=len(names)).at(Rosenbrock()), 100)))


def long_trace(names: list[str]) -> bytes:
    """Ten descents, of which some diverge, and the others come to the floor."""
    objective = LONG_SLICE
    starts = Starts(count=10).at(objective)
    rule = GD(np.r_[np.full(8, 0.4), 2.0, 3.0])
    return png_of(plot(descend(objective, rule, starts, 100), labels=[f"{names[0][:20]}{n}" for n in range(10)]))


def of_verdict(names: list[str]) -> list[str]:
    """As many optimizers as have hues; the last letter, which stays when a name is shortened, tells them apart."""
    return [f"{names[0]}{place}" for place in range(10)]


def ten_ranks(names: list[str]) -> bytes:
    ranks = np.array([1.5, 1.5, 2.0, 4.0, 4.1, 4.2, 7.0, 8.0, 9.0, 9.5])
    names = of_verdict(names)
    return ranks_png(names, ranks, 3.91, [(0, 5), (3, 6), (6, 9)], hues(names), TITLE)


def two_ranks(names: list[str]) -> bytes:
    return ranks_png(names, np.array([1.0, 2.0]), 0.8, [], hues(names), TITLE)


def runtimes(names: list[str]) -> bytes:
    curve = np.array([0.0, 1.0, 30.0, 200.0]), np.array([0.0, 0.2, 0.8, 0.8])
    panels = [f"{names[0]}{place}" for place in range(7)]
    names = of_verdict(names)
    return ecdf_png(dict.fromkeys(panels, dict.fromkeys(names, curve)), hues(names), TITLE)


def profile(names: list[str]) -> bytes:
    curve = np.array([1.0, 2.0, 3e4]), np.array([0.2, 0.5, 0.9])
    names = of_verdict(names)
    return profile_png(dict.fromkeys(names, curve), hues(names), TITLE)


def scores(names: list[str]) -> bytes:
    ten = of_verdict(names)
    rows = [
        Row(name, -3.0, -4.0, -2.0, np.array([-3.5, -2.5]), f"{place + 1}=", False) for place, name in enumerate(ten)
    ]
    rows[3] = Row(ten[3], np.inf, np.nan, np.nan, np.array([-3.5, np.inf]), "", False)
    far = [Row(name, -(10.0**place), np.nan, np.nan, np.array([-1.0]), "", False) for place, name in enumerate(ten)]
    panels = [ScorePanel(f"{names[0]}{place}", rows, SCORE, (-8.0, 0.0)) for place in range(5)]
    return scores_png([*panels, ScorePanel("saddle", far, "mean value", None)], hues(ten), TITLE)


MADE = (
    *(scores, runtimes, profile, ten_ranks, two_ranks),
    *(comparison, sensitivity, budget, importance, trials, maps, values, basins),
    *(race_of_ten, race_without_a_minimum),
    *(contour, stretched, surface, run_picture, run_in_one_dimension, trace, long_trace),
)
SMALLEST = 7.0  # points: half the width still leaves 3.5, the size of a footnote's index


@pytest.mark.slow
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_no_text_lies_over_another_leaves_the_picture_or_is_too_small(
    make: Callable[[list[str]], bytes], names: list[str]
) -> None:
    drawn = drawing_of(lambda: make(names))
    assert len(drawn.texts) > 5
    assert drawn.overlaps() == []
    assert drawn.cut_off() == []
    assert {text: size for text, size in drawn.sizes.items() if size < SMALLEST - 1e-9} == {}


def test_every_figure_of_the_package_is_among_them() -> None:
    """A figure is what a public function of `plots` returns as PNG or WebP."""
    drawn = "".join(map(inspect.getsource, (*MADE, first_frame)))
    for module in pkgutil.walk_packages(plots.__path__, "rmsprop_lab.plots."):
        for name, found in vars(importlib.import_module(module.name)).items():
            if (
                name.endswith(("_png", "_webp"))
                and not name.startswith("_")
                and found.__module__ != "rmsprop_lab.plots.encoding"
            ):
                assert f"{name}(" in drawn, name


def test_texts_that_do_lie_over_each_other_are_noticed() -> None:
    figure = plot(descend(Rosenbrock(), GD(1e-3), [0.5, 0.5], 5))
    figure.text(0.5, 0.5, "one")
    figure.text(0.5, 0.5, "another")
    figure.text(0.99, 0.5, "too far to the right")
    drawn = drawing_of(lambda: png_of(figure))
    assert ("one", "another") in drawn.overlaps()
    assert drawn.cut_off() == ["too far to the right"]
