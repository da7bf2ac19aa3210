"""Writes a run as a config from which `rmsprop-lab` can compute it again."""

import importlib.metadata
from functools import lru_cache
from typing import Any

import numpy as np
import yaml

from rmsprop_lab.base import Objective, given_fields
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the C version, if PyYAML has it, is ten times as fast


def config_yaml(run: Run) -> str:
    """The config of one run as YAML. The parts that runs share are cached."""
    before, after = _of_problem(run.problem)
    head = _head(run.optimizer_name, qualified_name(type(run.optimizer)))
    fields = "".join(f"    {name}: {_number(value)}\n" for name, value in run.hyperparameters.items())
    return f"run_key: {run.run_key}\n{before}{head}{fields}{after}"


@lru_cache(maxsize=32)
def _of_problem(problem: Problem) -> tuple[str, str]:
    before = {"objective": {problem.name: _spec(problem.objective)}}
    after = {
        "starts": {"method": "fixed", "points": problem.points.T.tolist()},
        "n_iter": problem.n_iter,
        "versions": {name: importlib.metadata.version(name) for name in ("rmsprop-lab", "numpy")},
    }
    return _yaml(before), _yaml(after)


@lru_cache(maxsize=32)
def _head(name: str, target: str) -> str:
    return _yaml({"optimizer": {name: {"_target_": target}}})


@lru_cache(maxsize=4096)
def _number(value: float) -> str:
    """A number in YAML: `1.0e-05`, as YAML reads `1e-05` as text. Cached, as grids repeat their numbers."""
    return _yaml(value).partition("\n")[0]


def _yaml(config: Any) -> str:
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
