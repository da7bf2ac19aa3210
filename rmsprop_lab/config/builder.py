"""Builds objectives and optimizers, and nothing else, from config entries with a `_target_`.

`hydra.utils.instantiate` would call anything that can be imported. Here the class must be an `Objective` or an
`Optimizer`, and the entry's keys must be its fields.
"""

import dataclasses
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from rmsprop_lab.base import Objective
from rmsprop_lab.base.contracts import check_facts
from rmsprop_lab.base.names import IN_QUOTES
from rmsprop_lab.config.other_names import meant_by
from rmsprop_lab.config.targets import Part, find_class
from rmsprop_lab.errors import Found, InputError, did_you_mean, raised
from rmsprop_lab.wrappers.wrapper import Wrapper


def build(spec: Mapping[str, Any], kind: type[Part], key: str) -> Part:
    """Builds the object that a config entry describes.

    Args:
        spec: The entry: `_target_`, and values for the class's fields.
        kind: `Objective` or `Optimizer`.
        key: The entry's key, for errors.

    Raises:
        InputError: The target is not a subclass of `kind`, a key is not one of its fields, a field without a default
            has no value, or a value is not valid. The error's key begins with `key`.

    >>> from rmsprop_lab.base import Optimizer
    >>> build({"_target_": "rmsprop_lab.optimizers.gd.GD", "step_size": 0.1}, Optimizer, "optimizer.gd")
    GD(step_size=0.1)
    """
    if (odd := next((name for name in spec if not isinstance(name, str)), None)) is not None:
        raise InputError(key, "keys that are text", odd, IN_QUOTES)
    fields = {name: _nested(value, f"{key}.{name}") for name, value in spec.items()}
    target = fields.pop("_target_", None)
    misspelt = get_close_matches("_target_", [str(name) for name in fields], n=1)
    if target is None and misspelt:
        raise InputError(f"{key}.{misspelt[0]}", "the key `_target_`", misspelt[0], "Did you mean '_target_'?")
    if not isinstance(target, str):
        raise InputError(
            f"{key}._target_",
            f"the class of the {kind.__name__.lower()}",
            Found("none" if target is None else repr(target)),
            f"To choose {key} as an option, list it: {key.replace('.', '=[')}]." if key.count(".") == 1 else "",
        )
    cls = find_class(target, kind, f"{key}._target_")
    allowed = {field.name: field for field in dataclasses.fields(cls) if field.init}
    for name in fields:
        if name not in allowed:
            raise InputError(
                f"{key}.{name}",
                f"a field of {cls.__name__}",
                Found(str(name)),
                did_you_mean(meant_by(str(name)), allowed),
            )
    for name, field in allowed.items():
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if name not in fields and not has_default:
            raise InputError(f"{key}.{name}", "a value", Found("none"), f"Add `{name}:` to the entry.")
    try:
        part = cls(**fields)
    except InputError as error:
        raise error.under(key) from None
    except BaseException as error:  # user code may raise anything
        found = Found(raised(error))
        raise InputError(key, f"values that {cls.__name__} takes", found, "Mend the class, or its values.") from None
    check_facts(part, key)
    if isinstance(part, Objective) and not isinstance(part, Wrapper):  # a rotation may move minimizers out of bounds
        _check_minimizers(part, key)
    return part


def _nested(value: Any, key: str) -> Any:
    """A field's value; an entry with a `_target_` of its own, as in a wrapper, becomes an objective."""
    return build(value, Objective, key) if isinstance(value, Mapping) and "_target_" in value else value


def _check_minimizers(objective: Objective, key: str) -> None:
    """Checks that a minimizer lies in the bounds: otherwise the bounds or the minimizers are mistaken."""
    if objective.minimizers is None:
        return
    at = np.asarray(objective.minimizers, dtype=np.float64)
    low, high = objective.bounds[:, :1], objective.bounds[:, 1:]
    if not ((at >= low) & (at <= high)).all(axis=0).any():
        found = Found(f"bounds {objective.bounds.tolist()}, minimizers {at.T.tolist()}")
        raise InputError(f"{key}.bounds", "bounds with at least one of the minimizers in them", found)
