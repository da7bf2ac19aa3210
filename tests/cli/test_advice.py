"""What the lines below the ranking advise: only what a search has shown."""

from pathlib import Path

import pytest
from support.own import HEAD, own

from rmsprop_lab.plots.objective import surface_png
from rmsprop_lab.report import figures
from rmsprop_lab.tasks import experiment_page

N = ("tracking=none", "figures=false")
FLAT = (
    HEAD
    + """class Flat(Objective):
    dim: int = 2
    bounds: Bounds = (-3.0, 3.0)

    def value(self, point: Array) -> Array:
        return np.floor(np.abs(point[0]))

    def gradient(self, point: Array) -> Array:
        return np.zeros_like(point)
"""
)


@pytest.mark.parametrize("widen", ["search.widen=false", "search.widen=true"])
@pytest.mark.parametrize("step", [0.9, 1.0, 1e-4])
def test_without_a_search_there_is_no_edge_and_nothing_to_widen(lab, widen: str, step: float) -> None:
    ended = lab("optimizer=gd", f"optimizer.gd.step_size={step}", widen, *N)
    assert "edge" not in ended.out
    assert "widen" not in ended.out
    assert "wider" not in ended.out


@pytest.mark.parametrize("method", ["grid", "random", "tpe"])
def test_where_all_trials_are_equal_no_edge_is_told_and_nothing_is_widened(lab, tmp_path: Path, method: str) -> None:
    own(tmp_path, "objective", "flat", FLAT, "_target_: flat.py:Flat")
    given = ("--config-dir", "mine", "objective=flat", "optimizer=[gd,rmsprop]", f"search={method}")
    ended = lab(*given, "search.trials=5", "search.points=3", "search.widen=true", *N)
    assert ended.status == 0
    assert "edge" not in ended.out
    assert "wider" not in ended.out
    assert ended.out.count("the best run moved from none of its starts") == 2


def test_the_widest_stable_step_is_looked_for_from_the_smallest_that_was_tried(lab) -> None:
    """Of trials between 1,500 and 9,000 nothing can be said about 1e-6, the low end of the space."""
    space = "optimizer.gd.space.step_size={low: 1e-6, high: 1e4, scale: linear}"
    ended = lab("optimizer=gd", "search=random", "search.trials=4", space, *N)
    assert "the largest step_size that does not diverge is about 1: set" in ended.out


def test_a_figure_that_fails_is_told_in_a_line_and_the_study_ends_well(lab, monkeypatch) -> None:
    def broken(*given: object) -> bytes:
        raise ValueError("Contour levels\nmust be increasing")

    monkeypatch.setattr(figures, "surface_png", broken)
    ended = lab("optimizer=gd", "n_iter=5", "tracking=none")
    assert ended.status == 0
    assert "undrawn  bowl_surface.png: ValueError: Contour levels must be increasing\n" in ended.out
    assert "runs     1 of 1 run computed" in ended.out
    assert Path("outputs/study/figures/comparison.png").exists()
    monkeypatch.setattr(figures, "surface_png", surface_png)
    again = lab("optimizer=gd", "n_iter=5", "tracking=none")
    assert "undrawn" not in again.out
    assert Path("outputs/study/figures/bowl_surface.png").exists()


@pytest.mark.slow
def test_a_note_that_fails_is_told_in_a_line_and_the_study_ends_well(lab, outputs: Path, monkeypatch) -> None:
    def broken(*given: object) -> str:
        raise OSError("cannot identify image file")

    monkeypatch.setattr(experiment_page, "experiment_note", broken)
    ended = lab("optimizer=gd", "n_iter=5")
    assert ended.status == 0
    assert "undrawn  the page in MLflow: OSError: cannot identify image file\n" in ended.out
    assert "MLflow   1 run added" in ended.out
