"""Many pictures: the same as one by one, in order, few of them held at a time."""

from collections.abc import Iterator

import numpy as np
import pytest

from rmsprop_lab import descend
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.run_picture.drawing import Sketch, pictures

STARTS = Starts(count=3).at(Himmelblau())
POINTS = descend(Himmelblau(), RMSProp(0.05, 0.9), STARTS, 20).points


@pytest.fixture(scope="module")
def painter() -> ContourPainter:
    return ContourPainter(Himmelblau(), STARTS)


def sketches(painter: ContourPainter, count: int) -> list[Sketch]:
    return [Sketch(painter, POINTS[: 2 + k % 19], k % 3, f"picture {k}\nsecond line") for k in range(count)]


def test_they_are_the_pictures_drawn_one_by_one_and_in_order(painter: ContourPainter) -> None:
    several = list(pictures(sketches(painter, 40)))
    assert several == [painter.picture(*shown) for _, *shown in sketches(painter, 40)]
    assert len({picture.png for picture in several}) == 40
    assert not list(pictures([]))


def test_few_are_held_and_the_rest_may_be_left(painter: ContourPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    asked = []

    def endless() -> Iterator[Sketch]:
        for number in range(10**9):
            asked.append(number)
            yield Sketch(painter, POINTS, 0, f"{number}\n")

    found = pictures(endless())
    next(found)
    assert len(asked) <= 6
    found.close()


def test_what_cannot_be_drawn_is_said_by_the_one_who_asks(painter: ContourPainter) -> None:
    wrong = Sketch(painter, np.zeros((5, 2, 1)), 3, "no start has this number\n")
    with pytest.raises(IndexError):
        list(pictures([*sketches(painter, 3), wrong]))
