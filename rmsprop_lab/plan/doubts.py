"""Warns of what is probably wrong with the user's objectives and optimizers, before they are computed with."""

import warnings
from collections.abc import Iterable, Mapping

import numpy as np

from rmsprop_lab.base import Optimizer
from rmsprop_lab.base.contracts import changes_gradient, gradient_doubt, uphill
from rmsprop_lab.errors import ContractWarning
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.source import is_all_ours

_GRADIENT = np.array([[1.0, -3.0, 1e-3, 200.0], [2.0, 0.5, -1e-3, -7.0]])


def warn_of_doubts(problems: Iterable[Problem], optimizers: Mapping[str, Optimizer]) -> None:
    """Warns of gradients that are not the slope of their values, and of rules that step uphill or change a gradient.

    Classes of rmsprop_lab are passed over: tests hold them against their contract.
    """
    for problem in problems:
        if not is_all_ours(problem.objective) and (doubt := gradient_doubt(problem.objective, problem.points)):
            _warn(f"objective.{problem.name}.gradient: {doubt}; see task=check")
    for name, optimizer in optimizers.items():
        if is_all_ours(optimizer):
            continue
        if changes_gradient(optimizer, _GRADIENT):
            _warn(f"optimizer.{name}.update: it changes the gradient that it is given, in place; see task=check")
        if uphill(optimizer, _GRADIENT):
            _warn(f"optimizer.{name}.update: a first step leads uphill: the descent moves to x - step; see task=check")


def _warn(text: str) -> None:
    warnings.warn(text, ContractWarning, stacklevel=2)  # one place for all: Python shows each text once
