"""The descent: a batch equals its runs one by one, divergence stays where it is, shapes are as documented."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogue import OBJECTIVES
from support.points import starts_on

from rmsprop_lab import Trace, descend
from rmsprop_lab.base import Array, Optimizer
from rmsprop_lab.descent import reference
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Himmelblau, Rastrigin, Rosenbrock
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp
from rmsprop_lab.wrappers import Noisy


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
@pytest.mark.parametrize("chunk", [4, 1000])
def test_batch_equals_single_runs_bit_for_bit(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = OBJECTIVES[name]()
    starts = starts_on(objective, 13)
    steps, rhos = np.geomspace(1e-4, 0.3, 13), np.linspace(0.5, 0.999, 13)
    monkeypatch.setattr(reference, "_width", lambda dim: max(1, chunk // dim))
    together = descend(objective, RMSProp(steps, rhos), starts, 40)
    for j in range(13):
        alone = descend(objective, RMSProp(steps[j], rhos[j]), starts[:, j], 40)
        for field in ("points", "values", "gradient_norms", "first_bad"):
            assert np.array_equal(getattr(alone, field)[..., 0], getattr(together, field)[..., j], equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 70), dim=st.integers(1, 12), chunk=st.integers(1, 200))
def test_results_do_not_depend_on_width_or_chunks(width: int, dim: int, chunk: int) -> None:
    objective = Rastrigin(dim=dim)
    starts = starts_on(objective, 70)
    whole = descend(objective, AdaGrad(0.5), starts, 15)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "_width", lambda _: max(1, chunk // dim))
        part = descend(objective, AdaGrad(0.5), starts[:, :width], 15)
    assert np.array_equal(part.points, whole.points[..., :width])
    assert np.array_equal(part.values, whole.values[:, :width])


def test_shapes_and_iteration_zero_is_the_start() -> None:
    trace = descend(Bowl(dim=3), GD(0.1), [1.0, 2.0, 3.0], 5)
    assert trace.points.shape == (6, 3, 1)
    assert trace.values.shape == trace.gradient_norms.shape == (6, 1)
    assert trace.points[0, :, 0].tolist() == [1, 2, 3]
    assert trace.values[0, 0] == 14
    assert trace.gradient_norms[0, 0] == np.sqrt(4 * 14)
    np.testing.assert_allclose(trace.points[-1, :, 0], np.array([1, 2, 3]) * 0.8**5, rtol=1e-14)


def test_final_record_is_the_last_of_the_trace() -> None:
    starts = starts_on(Himmelblau(), 9)
    rule = GD(np.geomspace(1e-4, 2.0, 9))  # the large ones diverge
    trace, final = descend(Himmelblau(), rule, starts, 60), descend(Himmelblau(), rule, starts, 60, record="final")
    assert final.points.shape == (1, 2, 9)
    assert np.array_equal(final.points[0], trace.points[-1], equal_nan=True)
    assert np.array_equal(final.values[0], trace.values[-1], equal_nan=True)
    assert np.array_equal(final.gradient_norms[0], trace.gradient_norms[-1], equal_nan=True)
    assert np.array_equal(final.diverged, trace.diverged)
    assert trace.diverged.any()
    assert not trace.diverged.all()


def test_a_diverged_run_is_marked_and_disturbs_no_neighbour() -> None:
    starts = np.array([[4.0, 4.0, 4.0], [4.0, 4.0, 4.0]])
    trace = descend(Himmelblau(), GD(np.array([1e-3, 5.0, 1e-3])), starts, 30)
    assert trace.diverged.tolist() == [False, True, False]
    first = trace.first_bad[1]
    assert np.isfinite(trace.values[:first, 1]).all()
    assert np.isfinite(trace.points[:first, :, 1]).all()
    assert not np.isfinite([trace.values[first, 1], trace.gradient_norms[first, 1], *trace.points[first, :, 1]]).all()
    calm = descend(Himmelblau(), GD(1e-3), [4.0, 4.0], 30)
    for neighbour in (0, 2):
        assert np.array_equal(trace.points[..., neighbour], calm.points[..., 0])


def test_a_start_that_is_not_finite_is_bad_from_iteration_zero() -> None:
    assert descend(Bowl(), GD(0.1), [np.nan, 1.0], 3).first_bad.tolist() == [0]


def test_single_values_are_broadcast_against_batches() -> None:
    many = descend(Rosenbrock(), RMSProp(np.geomspace(1e-4, 1, 6), 0.99), [0.0, 0.5], 20)
    assert many.points.shape == (21, 2, 6)
    one = descend(Rosenbrock(), RMSProp(np.array([1e-3]), 0.99), starts_on(Rosenbrock(), 4), 20)
    assert one.points.shape == (21, 2, 4)


class ClippedGD(Optimizer):
    elementwise = False

    def update(self, gradient: Array, state, point: Array):  # type: ignore[override]
        norm = np.sqrt(gradient[0] * gradient[0] + gradient[1] * gradient[1])
        return 0.1 * gradient / np.maximum(1.0, norm) + 0.0 * point, state


def test_a_rule_that_is_not_elementwise_sees_point_and_all_coordinates() -> None:
    trace = descend(Bowl(), ClippedGD(), [30.0, 40.0], 1)
    np.testing.assert_allclose(trace.points[1, :, 0], [30 - 0.06, 40 - 0.08], rtol=1e-14)


GIVEN = {"objective": Bowl(), "optimizer": GD(0.1), "starts": [0.5, -0.5], "n_iter": 5}
OUT = descend(**GIVEN)


@pytest.mark.parametrize(
    ("argument", "value", "expected", "found"),
    [
        ("objective", "bowl", "an objective, such as Bowl()", "'bowl'"),
        ("objective", Bowl, "an objective, such as Bowl()", "the class Bowl. Make an object of it: Bowl(...)."),
        ("objective", GD(0.1), "an objective", "GD(step_size=0.1)"),
        ("objective", lambda point: point, "an objective", "<function"),
        ("optimizer", None, "an optimizer, such as GD(step_size=0.1)", "None"),
        ("optimizer", GD, "an optimizer", "the class GD. Make an object of it: GD(...)."),
        ("starts", [0.0, 0.0, 0.0], "numbers of shape (2,) or (2, B)", "shape (3,)"),
        ("starts", np.zeros((3, 2)), "numbers of shape (2,)", "shape (3, 2). Put the coordinates first: starts.T."),
        ("starts", np.zeros((2, 3, 1)), "numbers of shape (2,)", "shape (2, 3, 1)"),
        ("starts", 0.5, "numbers of shape (2,)", "shape ()"),
        ("starts", None, "numbers of shape (2,)", "None"),
        ("starts", "0.5", "numbers", "'0.5'"),
        ("starts", ["0.5", "0.5"], "numbers", "['0.5', '0.5']"),
        ("starts", [0.5, None], "numbers", "[0.5, None]"),
        ("starts", [[0.5], [0.5, 0.5]], "numbers", "[[0.5], [0.5, 0.5]]"),
        ("starts", [1j, 0.0], "numbers", "[1j, 0.0]"),
        ("starts", {"x": 0.5}, "numbers", "{'x': 0.5}"),
        ("n_iter", 0, "an integer >= 1", "0"),
        ("n_iter", 2.5, "an integer >= 1", "2.5"),
        ("n_iter", True, "an integer >= 1", "True"),
        ("n_iter", "5", "an integer >= 1", "'5'"),
        ("n_iter", None, "an integer >= 1", "None"),
        ("record", "last", "'trace' or 'final'", "'last'."),
        ("record", "traces", "'trace' or 'final'", "'traces'. Did you mean 'trace'?"),
        ("record", None, "'trace' or 'final'", "None"),
        ("record", np.zeros(2), "'trace' or 'final'", "array([0., 0.])"),
        ("streams", [0.5], "an integer >= 0, or 1 of them, one per descent", "[0.5]"),
        ("streams", "0", "an integer >= 0", "'0'"),
        ("streams", -1, "an integer >= 0", "-1"),
        ("streams", [0, 1], "an integer >= 0", "shape (2,)"),
        ("streams", [[0], [0, 1]], "an integer >= 0", "[[0], [0, 1]]"),
        ("engine", "nuba", "'auto', 'numpy' or 'numba'", "'nuba'. Did you mean 'numba'?"),
        ("engine", None, "'auto', 'numpy' or 'numba'", "None"),
        ("engine", ["numpy"], "'auto', 'numpy' or 'numba'", "['numpy']"),
        ("out", OUT.points, "a Trace of 6 iterations of 1 descent in 2 dimensions", "array([[[ 0.5"),
        ("out", OUT.at(slice(0, 3)), "a Trace of 6 iterations", "points of shape (3, 2, 1) and type float64"),
        (
            "out",
            replace(OUT, values=OUT.values.astype(np.float32)),
            "a Trace",
            "values of shape (6, 1) and type float32",
        ),
        ("out", replace(OUT, points=OUT.points[:, ::-1]), "a Trace", "read-only or scattered points"),
        ("out", replace(OUT, first_bad=None), "a Trace", "first_bad of shape () and type object"),
    ],
)
def test_an_argument_that_does_not_fit_is_named(argument: str, value: object, expected: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        descend(**{**GIVEN, argument: value})
    assert error.value.key == argument
    assert str(error.value).startswith(f"{argument}: expected {expected}")
    assert f"found {found}" in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


def test_starts_and_hyperparameters_have_one_number_of_descents() -> None:
    with pytest.raises(InputError, match=r"one common number.*'step_size': 2, 'starts': 3") as error:
        descend(Bowl(), GD(np.array([0.1, 0.2])), np.zeros((2, 3)), 5)
    assert error.value.key == "starts"


@pytest.mark.parametrize(
    "starts",
    [(1, 2), np.array([1, 2], dtype=np.int8), np.array([1.0, 2.0], dtype=np.float32), [Fraction(1), Fraction(2)]],
)
def test_numbers_of_any_kind_are_starts(starts) -> None:
    assert descend(Bowl(), GD(0.1), starts, 1).points[0].tolist() == [[1.0], [2.0]]


def test_whole_numbers_of_any_size_are_starts() -> None:
    assert descend(Bowl(), GD(0.1), [10**30, 0], np.int64(1)).points[0].tolist() == [[1e30], [0.0]]
    with pytest.raises(InputError, match="starts: expected numbers"):
        descend(Bowl(), GD(0.1), [10**400, 0], 1)


def test_one_stream_may_serve_all_descents() -> None:
    objective, starts = Noisy(objective=Bowl(), sigma=1.0), np.zeros((2, 3))
    found = {str(streams): descend(objective, GD(0.1), starts, 4, streams=streams) for streams in (2, [2], [2, 2, 2])}
    for trace in found.values():
        assert np.array_equal(trace.points, found["2"].points)
        assert np.ptp(trace.points, axis=2).max() == 0.0


def diverging() -> Trace:
    with np.errstate(all="ignore"):
        return descend(Bowl(), GD(np.array([0.1, 0.2, 1e200])), [0.5, -0.5], 50)


def with_values(*rows: list[float]) -> Trace:
    values = np.array(rows)
    points = np.zeros((len(values), 1, values.shape[1]))
    return Trace.of(points, values, values, np.arange(len(values)))


@pytest.mark.parametrize(
    ("trace", "text"),
    [
        (OUT, "Trace(6 iterations, 2 dimensions, 1 descent: value 0.5 -> 0.0537, 0 diverged)"),
        (OUT.at(slice(5, 6)), "Trace(iteration 5, 2 dimensions, 1 descent: value 0.0537, 0 diverged)"),
        (
            OUT.at(np.array([0, 3, 5])),
            "Trace(3 iterations from 0 to 5, 2 dimensions, 1 descent: value 0.5 -> 0.0537, 0 d",
        ),
        (diverging(), "Trace(51 iterations, 2 dimensions, 3 descents: values 0.5 -> 1.02e-10 (median), 1 diverged)"),
        (with_values([1.0] * 2, [np.inf, -np.inf]), "1 dimension, 2 descents: values 1 -> nan (median), 2 diverged)"),
        (with_values([1.0] * 3, [np.nan, np.nan, 2.0]), "values 1 -> inf (median), 2 diverged)"),
        (with_values([np.nan]), "Trace(iteration 0, 1 dimension, 1 descent: value nan, 1 diverged)"),
        (with_values([], []), "Trace(2 iterations, 1 dimension, 0 descents)"),
        (OUT.at(slice(0, 0)), "Trace(0 iterations, 2 dimensions, 1 descent)"),
    ],
)
def test_a_trace_shows_its_size_and_how_it_went(trace: Trace, text: str) -> None:
    assert text in repr(trace)
    assert "\n" not in repr(trace)
    assert len(repr(trace)) < 120


def test_views_of_a_trace_keep_what_else_it_has() -> None:
    @dataclass(frozen=True, eq=False, repr=False)
    class Named(Trace):
        name: str = ""

    named = Named(OUT.points, OUT.values, OUT.gradient_norms, OUT.first_bad, OUT.iterations, name="bowl")
    parts = named.part(slice(0, 1)), named.at(slice(0, 2)), Trace.joined([named, named])
    assert [part.name for part in parts] == ["bowl"] * 3
    assert parts[2].points.shape == (12, 2, 1)
