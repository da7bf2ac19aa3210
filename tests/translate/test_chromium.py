"""In a real Chromium: the same bits as NumPy where the operations are exact, else nearly the same numbers."""

import base64
import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from support.browsers import launched
from support.catalogue import OBJECTIVES, OPTIMIZERS, ROOT, configured

from rmsprop_lab import descend
from rmsprop_lab.base import Array, Objective, Optimizer, intervals
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.translate import trace
from rmsprop_lab.translate.javascript import FUNCTIONS, descent
from rmsprop_lab.wrappers import Rotated, Scaled, Shifted

pytestmark = pytest.mark.slow
N_ITER = 300
RUN = """
async ([source, runs, n, d]) => {
  const url = URL.createObjectURL(new Blob([`FUNCTIONS
    export const descent = ${source};`], { type: "text/javascript" }));
  const { descent } = await import(url);
  const length = n + 1, all = new Float64Array(runs.length * (length * (d + 2) + 1));
  runs.forEach(({ p, start }, k) => {
    const at = k * (length * (d + 2) + 1), points = all.subarray(at, at + length * d);
    const values = all.subarray(at + length * d, at + length * (d + 1));
    const end = descent(p, start, n, points, values, all.subarray(at + length * (d + 1), at + length * (d + 2)));
    all[at + length * (d + 2)] = end[d];
  });
  let text = "";
  const bytes = new Uint8Array(all.buffer);
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
""".replace("FUNCTIONS", FUNCTIONS.replace("\\", "\\\\"))


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    for browser in launched():
        yield browser.new_page()


def in_browser(page: Any, objective: Objective, optimizer: Optimizer, starts: Array, n_iter: int) -> dict[str, Array]:
    """Points `(T, d, B)`, values and norms `(T, B)`, and `first_bad` `(B,)`, as the page computes them."""
    d, width = starts.shape
    settings = [
        np.broadcast_to(np.asarray(getattr(optimizer, name), float), width) for name in intervals(type(optimizer))
    ]
    runs = [{"p": [float(row[j]) for row in settings], "start": "?"} for j in range(width)]
    # JSON has neither -0 nor infinity: starts go as JavaScript
    text = json.dumps(runs).replace('"?"', "[%s]")
    text %= tuple(", ".join(map(_javascript, column)) for column in starts.T)
    source = descent(trace(objective), trace(optimizer))
    found = page.evaluate(f"({RUN})([{json.dumps(source)}, {text}, {n_iter}, {d}])")
    numbers = np.frombuffer(base64.b64decode(found)).reshape(width, -1)
    length = n_iter + 1
    return {
        "points": numbers[:, : length * d].reshape(width, length, d).transpose(1, 2, 0),
        "values": numbers[:, length * d : length * (d + 1)].T,
        "gradient_norms": numbers[:, length * (d + 1) : length * (d + 2)].T,
        "first_bad": numbers[:, -1].astype(int),
    }


def _javascript(number: float) -> str:
    return repr(float(number)).replace("inf", "Infinity").replace("nan", "NaN")


def starts_of(objective: Objective) -> Array:
    """Two usual starts, and special ones: zeros of both signs, tiny, huge, infinite, and no number."""
    low, high = objective.bounds.T
    usual = [low + share * (high - low) for share in (0.3, 0.8)]
    special = np.array([0.0, -0.0, 5e-324, -1e-310, 1e80, -1e300, np.inf, np.nan])
    mixed = [np.resize(np.roll(special, k), objective.dim) for k in range(len(special))]
    return np.array([*usual, *mixed]).T


def assert_same_bits(found: dict[str, Array], trace: Any) -> None:
    for name, numbers in found.items():
        expected = getattr(trace, name)
        assert np.array_equal(numbers, expected, equal_nan=True), name
        if numbers.dtype == float:
            known = ~np.isnan(expected)
            assert np.array_equal(np.signbit(numbers[known]), np.signbit(expected[known])), name


def of_dims(cls: type[Objective]) -> Iterator[Objective]:
    for dim in sorted({cls().dim, 2, 5}):
        try:
            yield cls(dim=dim)
        except InputError:
            continue


def rule_of(name: str, width: int) -> Optimizer:
    """Settings from small to far too large."""
    return dataclasses.replace(configured(name), step_size=np.geomspace(1e-5, 5.0, width))


EXACT = sorted(name for name, cls in OBJECTIVES.items() if cls.exact)
RULES = sorted(name for name, cls in OPTIMIZERS.items() if cls.exact)


@pytest.mark.parametrize("name", EXACT)
def test_every_exact_pair_has_the_bits_of_numpy(page: Any, name: str) -> None:
    steps = 0
    for number, objective in enumerate(of_dims(OBJECTIVES[name])):
        wrapped = Scaled(Rotated(Shifted(objective, shift=0.3), seed=3), scale=0.7, value_scale=1.3)
        for rule in RULES:
            for tried in (objective, wrapped)[: 1 if number else 2]:
                starts = starts_of(tried)
                optimizer = rule_of(rule, starts.shape[1])
                expected = descend(tried, optimizer, starts, N_ITER, engine="numpy")
                assert_same_bits(in_browser(page, tried, optimizer, starts, N_ITER), expected)
                steps += starts.shape[1] * N_ITER
    assert steps >= 1_000_000 / len(EXACT)


@pytest.mark.parametrize("name", sorted(set(OBJECTIVES) - set(EXACT)))
def test_others_are_nearly_the_same_at_equal_points(page: Any, name: str) -> None:
    for objective in of_dims(OBJECTIVES[name]):
        low, high = objective.bounds.T
        starts = low[:, None] + np.random.default_rng(0).uniform(size=(objective.dim, 200)) * (high - low)[:, None]
        expected = descend(objective, RMSProp(1e-3, 0.9), starts, 1, engine="numpy")
        found = in_browser(page, objective, RMSProp(1e-3, 0.9), starts, 1)
        size = max(1.0, float(np.abs(expected.values[0]).max()))
        assert np.abs(found["values"][0] - expected.values[0]).max() <= 1e-14 * size
        slopes = np.abs(found["gradient_norms"][0] - expected.gradient_norms[0])
        assert slopes.max() <= 1e-14 * max(1.0, float(expected.gradient_norms[0].max()))


def test_the_readmes_own_rule_and_function_are_computed_too(page: Any) -> None:
    scope: dict[str, Any] = {}
    for name in ("README.md", "docs/own.md"):
        for text in re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.S):
            if "(Objective)" in text or "(Optimizer)" in text:
                exec(text, scope)
    rules, function = (scope["Sign"], scope["Signum"]), scope["Plateau"]()
    starts = np.random.default_rng(0).uniform(-4.0, 4.0, size=(2, 8))
    for objective, rule in itertools.product((Himmelblau(), function), rules):
        optimizer = rule(step_size=np.geomspace(1e-4, 1.0, 8))
        expected = descend(objective, optimizer, starts, N_ITER, engine="numpy")
        found = in_browser(page, objective, optimizer, starts, N_ITER)
        if trace(objective).exact:
            assert_same_bits(found, expected)
        else:
            assert np.allclose(found["values"][0], expected.values[0], rtol=0.0, atol=1e-14)


def test_a_long_descent_keeps_its_bits(page: Any) -> None:
    starts, rule = np.array([[-1.2], [1.0]]), RMSProp(1e-3, 0.999)
    expected = descend(Himmelblau(), rule, starts, 20_000, engine="numpy")
    assert_same_bits(in_browser(page, Himmelblau(), rule, starts, 20_000), expected)
