"""Checks of what a study is made of: its name, its objectives and its optimizers."""

from collections.abc import Mapping

import numpy as np

from rmsprop_lab.base import Objective, Optimizer, given_fields
from rmsprop_lab.base.contracts import check_facts
from rmsprop_lab.base.names import check_name
from rmsprop_lab.errors import Found, InputError

# Compared in lower case, as some file systems do. MLflow stores Default's artifacts in another folder.
_RESERVED = {name.lower(): name for name in ("artifacts", "mlflow.db", "multirun", "Default")}


def check_study_name(name: object) -> None:
    """Checks the name of a study, which names a folder and an MLflow experiment.

    Raises:
        InputError: It is no name, or is reserved.
    """
    text = check_name(name, "name", "Try my_study.")
    if text.lower() in _RESERVED or text.lower().startswith("mlflow.db"):
        raise InputError("name", f"a name other than {', '.join(sorted(_RESERVED.values()))}, which are reserved", name)


def check_parts(parts: object, key: str, kind: type[Objective] | type[Optimizer]) -> None:
    """Checks the objectives or optimizers of a study: a mapping from names to objects of frozen dataclasses.

    Raises:
        InputError: It is not; the error's key begins with `key`.
    """
    example = "{'bowl': Bowl()}" if kind is Objective else "{'gd': GD(0.1)}"
    what = f"a mapping from names to {kind.__name__}s, such as {example}"
    if not isinstance(parts, Mapping) or not parts:
        raise InputError(key, what, parts)
    for name, part in parts.items():
        check_name(name, key, f"Rename the {kind.__name__.lower()}.")
        if not isinstance(part, kind):
            raise InputError(f"{key}.{name}", f"an {kind.__name__}", part)
        own = vars(type(part))
        if "__dataclass_fields__" not in own and ("__init__" in own or "__annotations__" in own):
            change = f"Put @dataclass(frozen=True, eq=False) above the class {type(part).__name__}."
            raise InputError(f"{key}.{name}", "an object of a frozen dataclass", Found("another class"), change)
        check_facts(part, f"{key}.{name}")


def check_single(name: str, optimizer: Optimizer) -> None:
    """Hyperparameters of a study's optimizers are single numbers: what varies is in a space."""
    for field_name, value in given_fields(optimizer).items():
        if np.ndim(value):
            change = f"Give the values of a search in spaces.{name}.{field_name}."
            raise InputError(f"optimizers.{name}.{field_name}", "one number", Found(f"shape {np.shape(value)}"), change)
