"""The race: six seconds, at most 2 MB, heads where the optimizers are at each time, crosses where they leave."""

import io

import numpy as np
import pytest
from PIL import Image
from support.pictures import is_hue

from rmsprop_lab import descend
from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.objectives import Bowl, Himmelblau, MonkeySaddle, Rosenbrock
from rmsprop_lab.optimizers import GD, RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots import encoding, race
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.plots.comparison import Panel


def panel(objective: Objective, rules: dict[str, Optimizer], n_iter: int, count: int = 12) -> Panel:
    starts = Starts(count=count).at(objective)
    traces = {name: descend(objective, rule, starts, n_iter) for name, rule in rules.items()}
    return Panel("objective", objective, starts, traces, {name: f"{name} step_size=0.1" for name in rules})


def frames(panel: Panel) -> list[np.ndarray]:
    return list(race._frames(panel, hues(panel.traces), "title"))


KINDS = {
    "plane": (Himmelblau(), {"gd": GD(0.01), "rmsprop": RMSProp(0.1, 0.9)}, 30),
    "one dimension": (Bowl(dim=1), {"gd": GD(0.1), "lost": GD(1.2)}, 30),
    "ten dimensions": (Rosenbrock(dim=10), {"gd": GD(1e-4), "rmsprop": RMSProp(0.1, 0.9)}, 30),
    "no known minimum": (MonkeySaddle(), {"gd": GD(0.01), "lost": GD(0.5)}, 30),
    "all lost": (Rosenbrock(), {"a": GD(3.0), "b": GD(9.0)}, 30),
    "not a number": (Rosenbrock(), {"a": GD(1e200), "b": GD(1e300)}, 30),
    "one step": (Bowl(), {"a": GD(0.1), "b": GD(0.2)}, 1),
    "long": (Bowl(), {"a": GD(1e-3), "b": GD(2e-3)}, 20_000),
    "ten optimizers": (Himmelblau(), {f"rule_{k}": GD(0.001 * 2**k) for k in range(10)}, 30),
    "one start": (Bowl(), {"a": GD(0.1), "b": GD(0.2)}, 30, 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_it_has_six_seconds_and_two_megabytes_at_most(kind: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "PER_SECOND", 5)  # a fourth of the frames
    shown = panel(*kind)
    content = race.race_webp(shown, hues(shown.traces), "a title that is long " * 5)
    assert len(content) <= 2_000_000
    picture, lasts = Image.open(io.BytesIO(content)), 0
    for number in range(picture.n_frames):
        picture.seek(number)
        picture.load()
        lasts += picture.info["duration"]
    assert lasts == 6000
    assert picture.n_frames > 5


def test_an_animation_is_coarser_before_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = [np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8) for seed in range(4)]
    fine = encoding.animation_bytes(noise, 50)
    monkeypatch.setattr(encoding, "_MOST_MOVING", len(fine) - 1)
    assert len(encoding.animation_bytes(noise, 50)) < len(fine)


def test_heads_are_where_the_optimizers_are_and_the_end_stays() -> None:
    """A hue's pixels grow with its path, and in the end, long enough to be read, nothing moves."""
    shown = panel(*KINDS["plane"])
    drawn, (first, second) = frames(shown), hues(shown.traces).values()
    assert len(drawn) == race.SECONDS * race.PER_SECOND
    assert all(np.array_equal(drawn[-1], frame) for frame in drawn[-race._STILL :])
    for hue in (first, second):
        grown = [int(is_hue(frame[..., :3], hue).sum()) for frame in (drawn[0], drawn[-1])]
        assert 20 < grown[0] < grown[1]  # its line in the legend, heads


def test_time_passes_as_on_the_axis() -> None:
    times = race._times(200)
    assert times[0] == 0
    assert times[-1] == times[-race._STILL] == 200
    moving = np.log1p(times[: -race._STILL])
    np.testing.assert_allclose(np.diff(moving), moving[1], rtol=1e-6)


def test_no_more_than_eight_paths_are_shown_and_the_medians_are_over_all() -> None:
    few, many = panel(Bowl(), KINDS["one step"][1], 20, count=8), panel(Bowl(), KINDS["one step"][1], 20, count=40)
    figure_of = {}
    for name, shown in {"few": few, "many": many}.items():
        figure = race.new_figure(4, 4)
        top, bottom = figure.subplots(2, 1)
        race._draw_plane(top, shown)
        figure_of[name] = race._Lane(shown, "a", "#000000", "", top, bottom)
    assert figure_of["few"]._paths.shape == figure_of["many"]._paths.shape == (8, 21, 2)
    assert np.array_equal(figure_of["few"]._paths, figure_of["many"]._paths)
    assert not np.array_equal(figure_of["few"].heights, figure_of["many"].heights)
