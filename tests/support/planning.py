"""A run of which every part can be changed."""

from typing import Any

from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.starts import Starts


def run_with(**changes: Any) -> Run:
    given = {
        "name": "bowl",
        "objective": Bowl(),
        "starts": Starts(count=3),
        "n_iter": 10,
        "optimizer_name": "rmsprop",
        "optimizer": RMSProp(0.1, 0.9),
        **changes,
    }
    problem = Problem(given["name"], given["objective"], given["starts"], given["n_iter"])
    return Run(problem, given["optimizer_name"], given["optimizer"])
