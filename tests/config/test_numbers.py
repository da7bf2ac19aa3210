"""Every number of the config, at its ends: taken, or refused by its key, without a warning."""

import copy
import math
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from omegaconf import OmegaConf

from rmsprop_lab.cli.composing import compose
from rmsprop_lab.config.settings import read
from rmsprop_lab.errors import InputError

KEYS = [
    "n_iter", "target", "shards", "shard", "limits.runs", "landscape.resolution", "evaluation.count",
    "evaluation.seed", "starts.count", "starts.seed", "search.points", "search.trials", "search.seed",
    "search.batch", "search.repeats", "objective.rotated_ellipsoid.dim", "objective.rotated_ellipsoid.condition",
    "objective.rotated_ellipsoid.seed", "objective.rotated_ellipsoid.bounds", "optimizer.rmsprop.step_size",
    "optimizer.rmsprop.rho", "optimizer.rmsprop.space.step_size.low", "optimizer.rmsprop.space.step_size.high",
    "optimizer.rmsprop.space.step_size.points", "optimizer.rmsprop.space.step_size.values",
]  # fmt: skip
PARTS = ["objective=rotated_ellipsoid", "optimizer=rmsprop"]
CONFIGS: list[dict[str, Any]] = [
    OmegaConf.to_container(
        compose(["objective=rotated_ellipsoid", "optimizer=rmsprop", f"search={search}"]), resolve=True
    )
    for search in ("random", "grid")
]  # type: ignore[misc]
ALSO = ("limits.runs", "n_iter", "shard", "evaluation")  # keys of what a number is too large, or bounds too narrow, for
NUMBERS = st.one_of(
    st.sampled_from([0, -1, 1, True, None, "1", "0x10", "nan", 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, 10**400]),
    st.sampled_from([-0.0, 0.5, 5e-324, 1e-300, 1e150, 1e280, 1e308, -1e308, math.nan, math.inf, -math.inf]),
    st.lists(st.sampled_from([0, 1, "1", True, -1e308, 1e308, 10**400, math.nan, 5e-324]), max_size=2),
)


@given(config=st.sampled_from(CONFIGS), key=st.sampled_from(KEYS), value=NUMBERS)
@settings(max_examples=150)
@example(CONFIGS[0], "starts.seed", 2**63)
@example(CONFIGS[0], "search.repeats", 2**31 - 1)
@example(CONFIGS[1], "search.points", 2**31 - 1)
@example(CONFIGS[0], "objective.rotated_ellipsoid.bounds", [-1e308, 1e308])
@example(CONFIGS[0], "objective.rotated_ellipsoid.bounds", [0, 5e-324])
def test_every_number_is_taken_or_refused_by_its_key(config: dict[str, Any], key: str, value: Any) -> None:
    config = copy.deepcopy(config)
    *path, last = key.split(".")
    node = config
    for name in path:
        node = node[name]
    node[last] = value
    if key.endswith("dim") and isinstance(value, int) and value > 100:
        return  # a rotation of many dimensions takes its time
    try:
        read(config)
    except InputError as error:
        group = ".".join(path[:2]) or key
        assert error.key.startswith((group, *ALSO))
        assert len(str(error)) < 1000


@pytest.mark.parametrize("key", KEYS)
def test_the_keys_are_those_of_the_config(key: str) -> None:
    assert OmegaConf.select(OmegaConf.create(CONFIGS[0]), key, default="none") != "none"
