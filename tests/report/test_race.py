"""Which race a study shows, and when there is none."""

from pathlib import Path

import pytest

GIVEN = ("n_iter=10", "search=random", "search.trials=2", "evaluation.count=4", "tracking=none")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of the animation, which takes seconds: the names of what it shows."""
    told: list[str] = []

    def drawn(panel, hues, title: str) -> bytes:
        told[:] = [panel.name, *panel.traces, title]
        return b"a race"

    monkeypatch.setattr("rmsprop_lab.plots.race.race_webp", drawn)
    return told


def race_of(tmp_path: Path) -> Path:
    return tmp_path / "outputs/study/figures/race.webp"


@pytest.mark.slow
def test_it_is_drawn_on_request_and_stays_until_runs_change(lab, tmp_path: Path, quick: list[str]) -> None:
    given = (*GIVEN, "objective=[bowl,ellipsoid]", "optimizer=[gd,rmsprop]")
    lab(*given)
    assert not race_of(tmp_path).exists()
    assert lab(*given, "animate=true").status == 0
    assert race_of(tmp_path).read_bytes() == b"a race"
    assert quick[0] in ("bowl", "ellipsoid")
    assert set(quick[1:3]) == {"gd", "rmsprop"}
    assert quick[3] == "study: the best run of each optimizer; paths from 4 starts, medians over all"
    quick.clear()
    lab(*given)
    lab(*given, "animate=true")
    assert race_of(tmp_path).exists()
    assert not quick
    lab(*given, "search.trials=3")
    assert not race_of(tmp_path).exists()  # it showed other runs


@pytest.mark.parametrize("given", [("optimizer=gd",), ("optimizer=[gd,momentum]", "search=none", *(
    f"optimizer.{name}.step_size=1e200" for name in ("gd", "momentum")))])  # fmt: skip
def test_there_is_none_without_two_optimizers_that_can_be_drawn(lab, tmp_path: Path, given: tuple[str, ...]) -> None:
    ended = lab(*GIVEN, "objective=rosenbrock", *given, "animate=true")
    assert ended.status == 0, ended.err
    assert not race_of(tmp_path).exists()
    assert (tmp_path / "outputs/study/figures/comparison.png").exists()


def test_it_needs_figures(lab) -> None:
    said = "rmsprop-lab: animate: expected false, as figures is false, found true"
    assert lab(*GIVEN, "figures=false", "animate=true").err.startswith(said)
    assert lab(*GIVEN, "animate=3").err.startswith("rmsprop-lab: animate: expected true or false, found 3")
