"""The safe builder: a config entry with a `_target_` becomes an objective or an optimizer, and nothing else.

`hydra.utils.instantiate` is never used: it would call anything importable. Here the class must be a subclass
of the kind asked for, and its keys must be the fields of the class.
"""

import dataclasses
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from rmsprop_lab.base import Objective
from rmsprop_lab.config.targets import Part, find_class
from rmsprop_lab.errors import Found, InputError, did_you_mean
from rmsprop_lab.wrappers.wrapper import Wrapper


def build(spec: Mapping[str, Any], kind: type[Part], key: str) -> Part:
    """The object an entry describes: `_target_`, and a value for each of the class's fields.

    Raises `InputError` below `key` for a target that is no `kind`, a field the class has not or needs, and
    a value that a field does not take.
    """
    fields = {name: _nested(value, f"{key}.{name}") for name, value in spec.items()}
    target = fields.pop("_target_", None)
    misspelt = get_close_matches("_target_", [str(name) for name in fields], n=1)
    if target is None and misspelt:
        raise InputError(f"{key}.{misspelt[0]}", "a `_target_`", misspelt[0], "Did you mean '_target_'?")
    if not isinstance(target, str):
        raise InputError(
            f"{key}._target_",
            f"the class of the {kind.__name__.lower()}",
            Found("none" if target is None else repr(target)),
            f"If {key} is an option, list it: {key.replace('.', '=[')}].",
        )
    cls = find_class(target, kind, f"{key}._target_")
    allowed = {field.name: field for field in dataclasses.fields(cls) if field.init}
    for name in fields:
        if name not in allowed:
            raise InputError(
                f"{key}.{name}", f"a field of {cls.__name__}", Found(str(name)), did_you_mean(str(name), allowed)
            )
    for name, field in allowed.items():
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if name not in fields and not has_default:
            raise InputError(f"{key}.{name}", "a value", Found("none"), f"Add `{name}:` to the entry.")
    try:
        part = cls(**fields)
    except InputError as error:
        raise error.under(key) from None
    if isinstance(part, Objective) and not isinstance(part, Wrapper):  # a rotation may turn minimizers out
        _check_minimizers(part, key)
    return part


def _nested(value: Any, key: str) -> Any:
    """A field that holds an objective itself, as the wrappers do, is built first."""
    return build(value, Objective, key) if isinstance(value, Mapping) and "_target_" in value else value


def _check_minimizers(objective: Objective, key: str) -> None:
    """At least one minimizer where starts are drawn: else the bounds or the minimizers are mistaken."""
    if objective.minimizers is None:
        return
    at = np.asarray(objective.minimizers, dtype=np.float64)
    expected = f"minimizers of shape ({objective.dim}, m), one of them at least in the bounds"
    if at.ndim != 2 or at.shape[0] != objective.dim:
        raise InputError(f"{key}.minimizers", expected, Found(f"shape {at.shape}"))
    low, high = objective.bounds[:, :1], objective.bounds[:, 1:]
    if not ((at >= low) & (at <= high)).all(axis=0).any():
        found = Found(f"bounds {objective.bounds.tolist()}, minimizers {at.T.tolist()}")
        raise InputError(f"{key}.bounds", expected, found)
