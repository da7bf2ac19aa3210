"""A run as configuration: what `rmsprop-lab` would have to be given to compute it again."""

import importlib.metadata
from functools import lru_cache
from typing import Any

import numpy as np
import yaml

from rmsprop_lab.base import Objective
from rmsprop_lab.identity import given_fields
from rmsprop_lab.plan import Run
from rmsprop_lab.problem import Problem
from rmsprop_lab.targets import qualified_name

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # ten times as fast, where PyYAML was built with it


def config_yaml(run: Run) -> str:
    """The YAML of one run; what is the same for every run on its problem is written once."""
    before, after = _of_problem(run.problem)
    optimizer = _yaml({"optimizer": {run.optimizer_name: _spec(run.optimizer)}})
    return f"run_key: {run.run_key}\n{before}{optimizer}{after}"


@lru_cache(maxsize=32)
def _of_problem(problem: Problem) -> tuple[str, str]:
    before = {"objective": {problem.name: _spec(problem.objective)}}
    after = {
        "starts": {"method": "fixed", "points": problem.points.T.tolist()},
        "n_iter": problem.n_iter,
        "versions": {name: importlib.metadata.version(name) for name in ("rmsprop-lab", "numpy")},
    }
    return _yaml(before), _yaml(after)


def _yaml(config: dict[str, Any]) -> str:
    text: str = yaml.dump(config, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return text


def _spec(part: Any) -> dict[str, Any]:
    return {
        "_target_": qualified_name(type(part)),
        **{name: _plain(value) for name, value in given_fields(part).items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Objective):
        return _spec(value)
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
