"""The fields of an objective or optimizer that are given to its class, by name."""

import dataclasses
from typing import Any

from rmsprop_lab.base.objective import Objective
from rmsprop_lab.base.optimizer import Optimizer, intervals


def given_fields(part: Objective | Optimizer) -> dict[str, Any]:
    """The fields that the class takes, with their values; not those that it works out itself."""
    return {item.name: getattr(part, item.name) for item in dataclasses.fields(part) if item.init}


def tuned_fields(optimizer: Optimizer) -> dict[str, Any]:
    """The hyperparameters that people tune, with their values: all but those marked `tuned=False`, as `Epsilon` is."""
    marks = intervals(type(optimizer))
    return {name: value for name, value in given_fields(optimizer).items() if name not in marks or marks[name].tuned}
