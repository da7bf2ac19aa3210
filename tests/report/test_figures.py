"""Which figures a study leaves."""

from support.pictures import is_hue, pixels

from rmsprop_lab.plots.colours import hues


def test_what_a_search_saw_is_drawn(lab, tmp_path) -> None:
    lab("objective=[bowl,rosenbrock]", "optimizer=[gd,rmsprop]", "search=grid", "n_iter=20", "tracking=none")
    figures = tmp_path / "outputs/study/figures"
    sensitivity = pixels((figures / "sensitivity.png").read_bytes())
    for hue in hues(["gd", "rmsprop"]).values():
        assert is_hue(sensitivity, hue).sum() > 100
    assert (figures / "bowl_rmsprop_map.png").exists()
    assert (figures / "rosenbrock_rmsprop_map.png").exists()
    assert not (figures / "bowl_gd_map.png").exists()
    lab("objective=bowl", "optimizer=gd", "tracking=none", "name=single")
    assert not (tmp_path / "outputs/single/figures/sensitivity.png").exists()
