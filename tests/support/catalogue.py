"""Every objective and optimizer that is there, and the folder of their YAML."""

from pathlib import Path

import yaml

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.discovery import classes_in

OBJECTIVES: dict[str, type[Objective]] = classes_in("rmsprop_lab.objectives", Objective)
OPTIMIZERS: dict[str, type[Optimizer]] = classes_in("rmsprop_lab.optimizers", Optimizer)
ROOT = Path(__file__).parents[2]
CONF = ROOT / "conf"
OPTIMIZER_FILES = {path.stem: yaml.safe_load(path.read_text()) for path in (CONF / "optimizer").glob("*.yaml")}
OPTIMIZER_TARGETS = {
    entry[name]["_target_"].rpartition(".")[2]: (name, entry) for name, entry in OPTIMIZER_FILES.items()
}
"""By class: the name of its YAML, and what that says."""


def configured(name: str) -> Optimizer:
    """The optimizer of this class with the hyperparameters of its YAML."""
    key, entry = OPTIMIZER_TARGETS[name]
    given = {field: float(value) for field, value in entry[key].items() if field not in ("_target_", "space")}
    return OPTIMIZERS[name](**given)
