"""Hues tell optimizers apart and stay with them; shades go from dark to light."""

import colorsys

import numpy as np
import pytest

from rmsprop_lab.plots.colours import PALETTE, hues, marks, shade

# Machado, Oliveira & Fernandes (2009), at full strength, for linear RGB.
SIGHTS = {
    "full": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_hues_are_far_apart(sight: str) -> None:
    with np.printoptions():  # which colour-science sets to those of NumPy 1.13
        colour = pytest.importorskip("colour", reason="make oracles installs it")
    coded = np.array([[int(hue[i : i + 2], 16) / 255 for i in (1, 3, 5)] for hue in PALETTE])
    seen = np.clip(colour.models.eotf_sRGB(coded) @ np.array(SIGHTS[sight]).T, 0, 1)
    lab = colour.XYZ_to_Lab(colour.RGB_to_XYZ(seen, "sRGB"), colour.models.RGB_COLOURSPACE_sRGB.whitepoint)
    pairs = [(one, other) for one in range(8) for other in range(one)]
    apart = [float(colour.delta_E(lab[one], lab[other], method="CIE 2000")) for one, other in pairs]
    assert min(apart) >= 20
    if sight == "full":
        assert lab[:, 0].min() >= 20
        assert lab[:, 0].max() <= 75


def test_the_usual_optimizers_have_hues_of_their_own() -> None:
    names = ["gd", "adagrad", "rmsprop", "momentum", "adam", "nesterov"]
    assert list(hues(reversed(names)).items()) == list(zip(reversed(names), reversed(PALETTE[:6]), strict=True))


def test_beyond_eight_optimizers_marks_tell_those_of_one_hue_apart() -> None:
    many = hues(f"optimizer_{place}" for place in range(24))
    found = marks(many)
    assert len({(many[name], found[name]) for name in many}) == 24
    assert set(list(found.values())[:8]) == {""}


def test_others_take_what_is_left_in_their_order() -> None:
    assert list(hues(["b", "a", "b"]).items()) == [("b", PALETTE[0]), ("a", PALETTE[1])]
    assert hues(["mine", "gd", "rmsprop"]) == {"gd": PALETTE[0], "rmsprop": PALETTE[2], "mine": PALETTE[1]}
    assert len(set(hues(["mine", "gd", "adagrad", "rmsprop", "adam", "yours"]).values())) == 6
    assert set(hues(map(str, range(30))).values()) == set(PALETTE)


def test_a_shade_is_lighter_the_further_on_it_is() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return colorsys.rgb_to_hls(red, green, blue)[1]

    shades = [lightness(shade("#057E6F", position)) for position in (0.0, 0.25, 0.5, 1.0)]
    assert shades == sorted(shades)
    assert shades[0] < 0.35 < 0.55 < shades[-1]


@pytest.mark.parametrize("hue", PALETTE)
def test_shades_of_a_hue_go_from_dark_to_light(hue: str) -> None:
    light = [sum(int(shade(hue, at)[i : i + 2], 16) for i in (1, 3, 5)) for at in (-1, 0, 0.25, 0.5, 0.75, 1, 2)]
    assert light == sorted(light)
    assert len(set(light)) == 5
