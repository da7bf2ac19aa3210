"""Every objective and optimizer that is there, and the folder of their YAML."""

from pathlib import Path

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.discovery import classes_in

OBJECTIVES: dict[str, type[Objective]] = classes_in("rmsprop_lab.objectives", Objective)
OPTIMIZERS: dict[str, type[Optimizer]] = classes_in("rmsprop_lab.optimizers", Optimizer)
CONF = Path(__file__).parents[2] / "conf"
