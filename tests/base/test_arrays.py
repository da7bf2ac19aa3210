"""Sums whose bits do not depend on the company."""

import numpy as np

from rmsprop_lab.base import total


def test_total_adds_row_by_row_whatever_the_width() -> None:
    terms = np.random.default_rng(0).normal(size=(33, 7)) * np.logspace(0, 12, 33)[:, None]
    wide = total(terms)
    for j in range(7):
        assert total(np.ascontiguousarray(terms[:, j : j + 1]))[0] == wide[j]
