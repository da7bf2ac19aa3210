"""The descent: a batch equals its runs one by one, divergence stays where it is, shapes are as documented."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogue import OBJECTIVES
from support.points import starts_on

from rmsprop_lab import descend
from rmsprop_lab.base import Array, Optimizer
from rmsprop_lab.descent import reference
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Himmelblau, Rastrigin, Rosenbrock
from rmsprop_lab.optimizers import GD, AdaGrad, RMSProp


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
@pytest.mark.parametrize("chunk", [4, 1000])
def test_batch_equals_single_runs_bit_for_bit(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = OBJECTIVES[name]()
    starts = starts_on(objective, 13)
    steps, rhos = np.geomspace(1e-4, 0.3, 13), np.linspace(0.5, 0.999, 13)
    monkeypatch.setattr(reference, "_CHUNK", chunk)
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
    before, reference._CHUNK = reference._CHUNK, chunk
    try:
        part = descend(objective, AdaGrad(0.5), starts[:, :width], 15)
    finally:
        reference._CHUNK = before
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


@pytest.mark.parametrize(
    ("starts", "optimizer", "n_iter", "key"),
    [
        ([0.0, 0.0, 0.0], GD(0.1), 5, "starts"),
        (np.zeros((2, 3)), GD(np.array([0.1, 0.2])), 5, "starts"),
        ([0.0, 0.0], GD(0.1), 0, "n_iter"),
        ([0.0, 0.0], GD(0.1), 2.5, "n_iter"),
    ],
)
def test_what_does_not_fit_is_refused(starts, optimizer, n_iter, key) -> None:
    with pytest.raises(InputError) as error:
        descend(Bowl(), optimizer, starts, n_iter)
    assert error.value.key == key
