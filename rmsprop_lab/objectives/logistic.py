import csv
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective, total
from rmsprop_lab.errors import InputError

_L2 = 0.01  # as scikit-learn with its default C = 1: 1 / (C · 100 samples)
_SOLVED = {  # dim: (minimum, minimizer)
    2: (0.26909338602801836, (0.1340584126450623, 3.3553552141673575)),
    3: (0.18445980604331688, (0.16536693865499455, 2.0835870964856493, 2.270529749118572)),
    4: (0.17989619919861283, (0.1086170567765545, 2.299138478276897, 2.2232090124354174, -0.4770701886908372)),
    5: (
        0.1702846979981666,
        (0.10156612017733056, 2.210919741814386, 2.3905428022175848, -0.2788052195206214, -0.5923689730955011),
    ),
}


@dataclass(frozen=True, eq=False)
class Logistic(Objective):
    """f(w) = Σ log(1 + exp(-yᵢ (w₁ + w₂xᵢ₁ + ...)))/N + 0.005 Σ_{j≥2} wⱼ²: L2-regularised logistic regression.

    It tells two species of iris (y = 1 and y = -1) apart, from N = 100 real flowers. The features are petal length,
    petal width, sepal length and sepal width, each with mean 0 and variance 1. w₁ is the intercept, which is not
    regularised; the other weights belong to the first d - 1 features. Convex, with correlated coordinates.

    Args:
        dim: Number of weights d, from 2 to 5.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: chosen here.

    Raises:
        InputError: `dim` is not from 2 to 5.

    Source: Fisher, *The use of multiple measurements in taxonomic problems*, Annals of Eugenics 7 (1936); see
    `data/README.md`. The minima were solved by Newton's method in 50 digits.
    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...).

    >>> print(f"{Logistic().value(np.zeros(5)):.4f}, {Logistic().minimum:.4f}")  # log 2, and the lowest
    0.6931, 0.1703
    """

    dim: int = 5
    bounds: Bounds = (-5.0, 5.0)
    design: Array = field(init=False, repr=False)  # (N, d): yᵢ (1, xᵢ₁, ...), a row per flower

    min_dim = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dim not in _SOLVED:
            raise InputError(
                "dim",
                f"an integer from 2 to {max(_SOLVED)}, for the intercept and 1 to {max(_SOLVED) - 1} features",
                self.dim,
            )
        object.__setattr__(self, "design", _labelled()[:, : self.dim])

    @property
    def minimum(self) -> float:
        return _SOLVED[self.dim][0]

    @property
    def minimizers(self) -> Array:
        return np.array(_SOLVED[self.dim][1])[:, np.newaxis]

    def value(self, point: Array) -> Array:
        losses = np.logaddexp(0.0, -_margins(self.design, point))
        return total(losses) / len(losses) + 0.5 * _L2 * total(point[1:] * point[1:])

    def gradient(self, point: Array) -> Array:
        wrong = np.exp(-np.logaddexp(0.0, _margins(self.design, point)))  # the probability of the other species
        pull = np.zeros_like(point)
        for row, share in zip(self.design, wrong, strict=True):
            pull += np.multiply.outer(row, share)
        result = -pull / len(wrong)
        result[1:] += _L2 * point[1:]
        return result


def _margins(design: Array, point: Array) -> Array:
    result = np.multiply.outer(design[:, 0], point[0])
    for j in range(1, len(point)):
        result = result + np.multiply.outer(design[:, j], point[j])
    return result


@cache
def _labelled() -> Array:
    """`design` with all five columns."""
    text = (files("rmsprop_lab.objectives") / "data" / "iris.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))[1:]
    features = np.array([row[:-1] for row in rows], dtype=np.float64)
    labels = np.array([1.0 if row[-1] == "virginica" else -1.0 for row in rows])
    centred = features - total(features) / len(features)
    scaled = centred / np.sqrt(total(centred * centred) / len(centred))
    return labels[:, np.newaxis] * np.column_stack([np.ones(len(rows)), scaled])
