"""The settings of an objective or optimizer, by name."""

import dataclasses
from typing import Any

from rmsprop_lab.base.objective import Objective
from rmsprop_lab.base.optimizer import Optimizer, intervals


def given_fields(part: Objective | Optimizer) -> dict[str, Any]:
    """The arguments of the class with their values; fields that the class computes itself are left out.

    >>> from rmsprop_lab.optimizers import RMSProp
    >>> given_fields(RMSProp(step_size=0.01, rho=0.99))
    {'step_size': 0.01, 'rho': 0.99, 'epsilon': 1e-08}
    """
    return {item.name: getattr(part, item.name) for item in dataclasses.fields(part) if item.init}


def tuned_fields(optimizer: Optimizer) -> dict[str, Any]:
    """The hyperparameters that people tune, with their values: all but those marked `tuned=False`, like `Epsilon`.

    >>> from rmsprop_lab.optimizers import RMSProp
    >>> tuned_fields(RMSProp(step_size=0.01, rho=0.99))
    {'step_size': 0.01, 'rho': 0.99}
    """
    marks = intervals(type(optimizer))
    return {name: value for name, value in given_fields(optimizer).items() if name not in marks or marks[name].tuned}
