"""Agreement with implementations that are not ours, and with the published formulas written out term by term."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from support.catalogue import OBJECTIVES
from support.points import points

from rmsprop_lab.base import Array, Objective
from rmsprop_lab.objectives import Logistic, Rosenbrock

Point = Sequence[float]


def in_dimension(name: str, dim: int | None) -> Objective:
    return OBJECTIVES[name]() if dim is None else OBJECTIVES[name](dim=dim)


def goldstein_price(p: Point) -> float:
    x, y = p
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def branin(p: Point) -> float:
    x, y = p
    valley = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def levy(p: Point) -> float:
    w = [1 + (x - 1) / 4 for x in p]
    middle = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


def ackley(p: Point) -> float:
    n = len(p)
    cone = -20 * math.exp(-0.2 * math.sqrt(sum(x**2 for x in p) / n))
    return cone - math.exp(sum(math.cos(2 * math.pi * x) for x in p) / n) + 20 + math.e


def griewank(p: Point) -> float:
    waves = math.prod(math.cos(x / math.sqrt(i)) for i, x in enumerate(p, 1))
    return sum(x**2 for x in p) / 4000 - waves + 1


def zakharov(p: Point) -> float:
    s = sum(0.5 * i * x for i, x in enumerate(p, 1))
    return sum(x**2 for x in p) + s**2 + s**4


def dixon_price(p: Point) -> float:
    return (p[0] - 1) ** 2 + sum(i * (2 * p[i - 1] ** 2 - p[i - 2]) ** 2 for i in range(2, len(p) + 1))


def powell(p: Point) -> float:
    quadruples = [p[i : i + 4] for i in range(0, len(p), 4)]
    return sum((a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4 for a, b, c, d in quadruples)


FORMULAS: dict[str, Callable[[Point], float]] = {
    "Booth": lambda p: (p[0] + 2 * p[1] - 7) ** 2 + (2 * p[0] + p[1] - 5) ** 2,
    "Matyas": lambda p: 0.26 * (p[0] ** 2 + p[1] ** 2) - 0.48 * p[0] * p[1],
    "ThreeHumpCamel": lambda p: 2 * p[0] ** 2 - 1.05 * p[0] ** 4 + p[0] ** 6 / 6 + p[0] * p[1] + p[1] ** 2,
    "SixHumpCamel": lambda p: (
        (4 - 2.1 * p[0] ** 2 + p[0] ** 4 / 3) * p[0] ** 2 + p[0] * p[1] + (-4 + 4 * p[1] ** 2) * p[1] ** 2
    ),
    "GoldsteinPrice": goldstein_price,
    "Branin": branin,
    "StyblinskiTang": lambda p: sum(x**4 - 16 * x**2 + 5 * x for x in p) / 2,
    "Ackley": ackley,
    "Griewank": griewank,
    "Levy": levy,
    "Michalewicz": lambda p: -sum(math.sin(x) * math.sin(i * x**2 / math.pi) ** 20 for i, x in enumerate(p, 1)),
    "Zakharov": zakharov,
    "DixonPrice": dixon_price,
    "Powell": powell,
    "DoubleWell": lambda p: p[0] ** 4 - p[0] ** 2 + p[1] ** 2,
    "MonkeySaddle": lambda p: p[0] ** 3 - 3 * p[0] * p[1] ** 2,
}


@pytest.mark.parametrize("dim", [None, 8])
@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_published_formula(name: str, dim: int | None) -> None:
    if OBJECTIVES[name].planar and dim is not None:
        dim = None
    objective = in_dimension(name, dim)
    at = points(objective, 200, seed=3)
    expected = np.array([FORMULAS[name](point) for point in at.T.tolist()])
    largest = np.abs(expected).max()
    np.testing.assert_allclose(objective.value(at), expected, rtol=1e-11, atol=1e-14 * max(1.0, largest))


@pytest.mark.parametrize("dim", [2, 3, 9])
def test_rosenbrock_is_scipys(dim: int) -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="SciPy's Rosenbrock is the oracle")
    objective = Rosenbrock(dim=dim)
    at = points(objective, 300, seed=3)
    np.testing.assert_allclose(objective.value(at), optimize.rosen(at), rtol=1e-13)
    expected = np.stack([optimize.rosen_der(point) for point in at.T], axis=1)
    scale = np.abs(expected).max(axis=0)
    assert (np.abs(objective.gradient(at) - expected) / scale).max() < 1e-14


@pytest.mark.parametrize("dim", [2, 5])
@pytest.mark.parametrize("name", ["Ackley", "Griewank", "Himmelblau", "Rastrigin", "Rosenbrock", "Zakharov"])
def test_value_is_pymoos(name: str, dim: int) -> None:
    problems = pytest.importorskip("pymoo.problems", reason="pymoo's problems are the oracle")
    planar = OBJECTIVES[name].planar
    objective = in_dimension(name, None if planar else dim)
    problem = problems.get_problem(name.lower(), **({} if planar else {"n_var": dim}))
    at = points(objective, 300, seed=3)
    expected = problem.evaluate(at.T, return_values_of=["F"])[:, 0]
    np.testing.assert_allclose(objective.value(at), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("dim", [2, 3, 4, 5])
def test_logistic_minimum_is_found_again(dim: int) -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="SciPy finds the minimum again")
    special = pytest.importorskip("scipy.special", reason="SciPy's log_expit writes the loss anew")
    objective = Logistic(dim=dim)

    def loss(w: Array) -> float:
        return -special.log_expit(objective.design @ w).mean() + 0.005 * (w[1:] ** 2).sum()

    def pull(w: Array) -> Array:
        regular = 0.01 * np.append(0.0, w[1:])
        return -(objective.design.T @ special.expit(-objective.design @ w)) / 100 + regular

    found = optimize.root(pull, np.zeros(dim), tol=1e-15).x
    assert objective.minimizers[:, 0] == pytest.approx(found, abs=1e-12)
    assert objective.minimum == pytest.approx(loss(found), abs=1e-15)
    at = points(objective, 50, seed=3)
    np.testing.assert_allclose(objective.value(at), [loss(w) for w in at.T], rtol=1e-13)
    np.testing.assert_allclose(objective.gradient(at).T, [pull(w) for w in at.T], rtol=1e-11, atol=1e-14)


def test_logistic_is_scikit_learns_on_its_own_data() -> None:
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn bundles the same data")
    linear_model = pytest.importorskip("sklearn.linear_model", reason="scikit-learn fits the same model")
    features, species = datasets.load_iris(return_X_y=True)
    features, species = features[species > 0][:, [2, 3, 0, 1]], species[species > 0]
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    labels = np.where(species == 2, 1.0, -1.0)
    np.testing.assert_allclose(Logistic().design[:, 0], labels)
    np.testing.assert_allclose(Logistic().design[:, 1:], labels[:, np.newaxis] * features, atol=1e-14)
    fitted = linear_model.LogisticRegression(C=1.0, tol=1e-10).fit(features, labels)
    assert Logistic().minimizers[:, 0] == pytest.approx([*fitted.intercept_, *fitted.coef_[0]], abs=1e-5)
