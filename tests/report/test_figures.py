"""Which figures a study leaves."""

import pytest


@pytest.mark.slow
def test_a_grid_over_two_hyperparameters_has_a_map_and_several_step_sizes_a_sensitivity(lab, tmp_path) -> None:
    lab("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop]", "search=grid", "n_iter=20", "tracking=none")
    names = {path.name for path in (tmp_path / "outputs/study/figures").iterdir()}
    assert {"sensitivity.png", "bowl_rmsprop_map.png", "rosenbrock_rmsprop_map.png"} <= names
    assert "bowl_gd_map.png" not in names
    lab("objective=bowl", "optimizer=gd", "tracking=none", "name=single")
    assert not (tmp_path / "outputs/single/figures/sensitivity.png").exists()
