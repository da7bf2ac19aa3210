"""Figures are drawn unless they are not wanted."""

from pathlib import Path


def test_figures_are_drawn_unless_they_are_not_wanted(lab, tmp_path: Path) -> None:
    given = ("objective=bowl", "optimizer=gd", "n_iter=5", "tracking=none")
    without = lab(*given, "figures=false")
    assert without.status == 0, without.err
    assert "figures" not in without.out
    assert not (tmp_path / "outputs/study/figures").exists()
    assert "figures" in lab(*given).out
    assert list((tmp_path / "outputs/study/figures").glob("*.png"))
    assert lab(*given, "figures=3").err.startswith("rmsprop-lab: figures: expected true or false, found 3")


def test_landscapes_without_pictures(lab, tmp_path: Path) -> None:
    given = ("experiment=landscape", "objective=himmelblau", "optimizer=rmsprop", "landscape.resolution=4")
    ended = lab(*given, "tracking=none", "figures=false")
    assert "2 of 2 computed" in ended.out, ended.err
    assert not (tmp_path / "outputs/landscape/figures").exists()
    assert len(list((tmp_path / "outputs/landscape/landscapes").glob("*.npz"))) == 2
