"""`plot(trace)`: the paths and the curves of one, a few, many, long and diverged descents."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from PIL import Image
from support.pictures import drawing_of, is_hue, pixels

from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Objective
from rmsprop_lab.errors import InputError
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import GD, Adam, RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.colours import BEST, PALETTE
from rmsprop_lab.plots.trace import plot


def trace_of(objective: Objective, count: int, n_iter: int = 30, step_size: float = 0.05, **options: Any) -> Trace:
    return descend(objective, Adam(step_size), Starts(count=count).at(objective), n_iter, **options)


def lines_of(axes: Axes) -> list[Line2D]:
    """Those of descents: crosses, stars and the curve of an objective are left out."""
    return [line for line in axes.lines if line.get_linestyle() == "-" and line.get_linewidth() < 3]


def hue_of(line: Line2D) -> str:
    return to_hex(line.get_color()).upper()


@pytest.mark.parametrize("count", [1, 5, 8])
def test_a_few_descents_have_a_hue_each_in_both_panels(count: int) -> None:
    trace = trace_of(Himmelblau(), count)
    paths, gaps = plot(trace).axes
    for axes in (paths, gaps):
        assert [hue_of(line) for line in lines_of(axes)] == list(PALETTE[:count])
    for number, (path, curve) in enumerate(zip(lines_of(paths), lines_of(gaps), strict=True)):
        np.testing.assert_array_equal(path.get_xydata(), trace.points[:, :, number])
        np.testing.assert_array_equal(curve.get_xydata().T, [trace.iterations, trace.values[:, number]])
    assert (gaps.get_yscale(), gaps.get_ylabel()) == ("log", "gap to the minimum")
    legend = gaps.get_legend()
    assert (legend is None) == (count == 1)
    assert legend is None or len(legend.get_texts()) == count


def test_of_many_the_median_one_is_bold_above_thin_ones() -> None:
    trace = trace_of(Himmelblau(), 300)
    for axes in plot(trace).axes:
        *thin, bold = lines_of(axes)
        assert len(thin) == 299
        assert {line.get_linewidth() for line in thin} == {0.6}
        assert (bold.get_linewidth(), hue_of(bold)) == (2.0, BEST)
    np.testing.assert_array_equal(bold.get_ydata(), trace.values[:, median_start(trace.values[-1])])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["the median one of 300"]


def test_one_dimension_is_drawn_on_the_curve_of_f() -> None:
    objective = Bowl(dim=1)
    paths, _ = plot(trace_of(objective, 3)).axes
    assert (paths.get_xlabel(), paths.get_ylabel()) == ("x", "f(x)")
    for line in lines_of(paths):
        x, y = line.get_xydata().T
        np.testing.assert_allclose(y, objective.value(x[None]))


def test_more_dimensions_are_a_slice_and_said_so() -> None:
    assert "slice through the minimizer" in plot(trace_of(Bowl(dim=4), 2)).axes[0].get_title()


def test_the_objective_that_is_given_comes_before_the_traces_own() -> None:
    trace = trace_of(Himmelblau(), 2)
    _, gaps = plot(trace, Rosenbrock()).axes
    assert plot(trace, Rosenbrock()).axes[0].get_ylim() != plot(trace).axes[0].get_ylim()
    assert gaps.get_ylabel() == "gap to the minimum"


def test_without_an_objective_there_are_values_alone() -> None:
    trace = trace_of(Himmelblau(), 2)
    trace = Trace.of(trace.points, trace.values, trace.gradient_norms, trace.iterations)
    (values,) = plot(trace).axes
    assert (values.get_yscale(), values.get_ylabel()) == ("linear", "value")
    np.testing.assert_array_equal(lines_of(values)[1].get_ydata(), trace.values[:, 1])


def test_where_no_minimum_is_known_values_are_drawn() -> None:
    trace = trace_of(MonkeySaddle(), 3)
    _, values = plot(trace).axes
    assert (values.get_yscale(), values.get_ylabel()) == ("linear", "value")


@pytest.mark.slow
@pytest.mark.parametrize("objective", [Rosenbrock(), MonkeySaddle(), Bowl(dim=1)], ids=lambda o: type(o).__name__)
@pytest.mark.parametrize("count", [4, 40])
def test_curves_end_where_descents_diverge_and_leave_room_for_the_others(objective: Objective, count: int) -> None:
    steps = np.where(np.arange(count) % 2, 1e-4, 1e3)
    starts = np.full((objective.dim, 1), 0.5)
    trace = descend(objective, GD(steps), starts, 2000)
    assert trace.diverged.tolist() == (steps > 1).tolist()
    figure = plot(trace)
    paths, curves = figure.axes
    first = lines_of(curves)[0]
    drawn = first.get_xdata()[np.isfinite(first.get_ydata())]
    assert drawn.max() < 2000
    low, high = curves.get_ylim()
    alive = plot(trace.part(slice(1, 2))).axes[1].lines[0].get_ydata()
    assert low <= alive.min()
    assert alive.max() <= high <= abs(alive.max()) * 100 + 10
    crosses = [line for line in paths.lines if line.get_marker() == "X"]
    assert len(crosses) == count // 2
    drawn = drawing_of(figure._repr_png_)
    for cross in crosses:  # one of those at this point lies above the others
        assert any(drawn.has(paths, *cross.get_xydata()[0], hue_of(other)) for other in crosses)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1.7e308])
@pytest.mark.parametrize("dim", [1, 2])
def test_nothing_but_numbers_that_are_none_is_said(bad: float, dim: int) -> None:
    trace = Trace.of(np.full((3, dim, 2), bad), np.full((3, 2), bad), np.full((3, 2), np.nan), np.arange(3))
    for objective in (None, Bowl(dim=dim)):
        figure = plot(trace, objective)
        assert [text.get_text() for text in figure.axes[-1].texts] == ["every descent diverged"]
        assert len(drawing_of(figure._repr_png_).texts["every descent diverged"]) == 1


@pytest.mark.parametrize("count", [1, 500])
def test_of_a_long_trace_some_points_are_drawn(count: int) -> None:
    n_iter = 20_000
    trace = descend(Bowl(), RMSProp(0.01, 0.9), Starts(count=count).at(Bowl()), n_iter)
    for line in lines_of(plot(trace).axes[1]):
        assert len(line.get_xdata()) * count <= 220_000
        assert line.get_xdata()[[0, 1, -1]].tolist() == [0, 1, n_iter]


def test_a_trace_of_last_points_is_drawn_too() -> None:
    trace = trace_of(Himmelblau(), 4, record="final")
    paths, gaps = plot(trace).axes
    assert paths.get_xlim() == (-5, 5)
    assert {line.get_marker() for line in lines_of(paths) + lines_of(gaps)} == {"."}


def test_a_notebook_shows_it_and_it_can_be_saved(tmp_path) -> None:
    figure = plot(trace_of(Himmelblau(), 5))
    picture = pixels(figure._repr_png_())
    assert picture.shape == (420, 1040, 3)
    for hue in PALETTE[:5]:
        where = is_hue(picture, hue)
        assert where[:, :520].any()
        assert where[:, 520:].any()
    for name in ("descents.png", "descents.pdf", "descents.svg"):
        figure.savefig(tmp_path / name)
    with Image.open(tmp_path / "descents.png") as saved:
        assert saved.size == (1040, 420)
    assert (tmp_path / "descents.pdf").read_bytes().startswith(b"%PDF-")
    assert all(hue.lower() in (tmp_path / "descents.svg").read_text() for hue in PALETTE[:5])
    assert np.array_equal(pixels(figure._repr_png_()), picture)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("given", "key", "found"),
    [
        ((np.zeros(3),), "trace", "ndarray"),
        ((None,), "trace", "NoneType"),
        ((trace_of(Bowl(), 1), Bowl), "objective", "the class Bowl"),
        ((trace_of(Bowl(), 1), "bowl"), "objective", "str"),
        ((trace_of(Bowl(), 1), Bowl(dim=3)), "objective", "3"),
    ],
)
def test_what_is_no_trace_or_objective_is_named(given: tuple[Any, ...], key: str, found: str) -> None:
    with pytest.raises(InputError, match=rf"found .*{found}") as error:
        plot(*given)
    assert error.value.key == key


def test_a_descent_knows_its_objective_and_so_do_its_parts() -> None:
    objective = Bowl()
    trace = trace_of(objective, 3)
    for part in (trace, trace.part(slice(1, 2)), trace.at(slice(0, 3)), Trace.joined([trace, trace])):
        assert part.objective is objective
