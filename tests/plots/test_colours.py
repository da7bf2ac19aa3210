"""Hues tell optimizers apart and stay with them; shades go from dark to light."""

import colorsys

import pytest

from rmsprop_lab.plots.colours import PALETTE, hues, shade


def test_the_usual_optimizers_have_the_hues_they_always_had() -> None:
    assert hues(["adam", "rmsprop", "adagrad", "gd", "momentum", "nesterov"]) == {
        "gd": "#0072B2",
        "adagrad": "#D55E00",
        "rmsprop": "#009E73",
        "momentum": "#CC79A7",
        "adam": "#E69F00",
        "nesterov": "#56B4E9",
    }


def test_others_take_what_is_left_in_their_order() -> None:
    assert list(hues(["b", "a", "b"]).items()) == [("b", PALETTE[0]), ("a", PALETTE[1])]
    assert hues(["mine", "gd", "rmsprop"]) == {"gd": PALETTE[0], "rmsprop": PALETTE[2], "mine": PALETTE[1]}
    assert len(set(hues(["mine", "gd", "adagrad", "rmsprop", "adam", "yours"]).values())) == 6
    assert set(hues(map(str, range(30))).values()) == set(PALETTE)


def test_a_shade_is_lighter_the_further_on_it_is() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return colorsys.rgb_to_hls(red, green, blue)[1]

    shades = [lightness(shade("#009E73", position)) for position in (0.0, 0.25, 0.5, 1.0)]
    assert shades == sorted(shades)
    assert shades[0] < 0.35 < 0.55 < shades[-1]


@pytest.mark.parametrize("hue", PALETTE)
def test_shades_of_a_hue_go_from_dark_to_light(hue: str) -> None:
    light = [sum(int(shade(hue, at)[i : i + 2], 16) for i in (1, 3, 5)) for at in (-1, 0, 0.25, 0.5, 0.75, 1, 2)]
    assert light == sorted(light)
    assert len(set(light)) == 5
