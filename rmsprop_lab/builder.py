"""The safe builder: a config entry with a `_target_` becomes an objective or an optimizer, and nothing else.

`hydra.utils.instantiate` is never used: it would call anything importable. Here the class must be a subclass
of the kind asked for, and modules of the standard library and of our dependencies are not even imported.
"""

import dataclasses
import importlib
import importlib.metadata
import inspect
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.errors import Found, InputError, did_you_mean

Part = TypeVar("Part", Objective, Optimizer)


def build(spec: Mapping[str, Any], kind: type[Part], key: str) -> Part:
    """The object an entry describes: `_target_`, and a value for each of the class's fields.

    Raises `InputError` below `key` for a target that is no `kind`, a field the class has not or needs, and
    a value that a field does not take.
    """
    fields = dict(spec)
    target = fields.pop("_target_", None)
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
        return cls(**fields)
    except InputError as error:
        raise error.under(key) from None


def find_class(target: str, kind: type[Part], key: str) -> type[Part]:
    """The class at `package.module.Class`.

    Raises `InputError` if it cannot be imported, is not a concrete dataclass below `kind`, or is where no
    objective or optimizer can be.
    """
    expected = f"package.module.Class, a subclass of rmsprop_lab.base.{kind.__name__}"
    module_name, _, class_name = target.rpartition(".")
    if not module_name or not re.fullmatch(r"[\w.]+", target):
        raise InputError(key, expected, target)
    if module_name.partition(".")[0] in _not_imported():
        raise InputError(key, expected, target, "The standard library and our dependencies have none.")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise InputError(key, expected, target, f"It cannot be imported: {error}.") from None
    cls: Any = getattr(module, class_name, None)
    if cls is None:
        names = [name for name, member in vars(module).items() if _is_a(member, kind)]
        raise InputError(key, expected, target, did_you_mean(class_name, names) if names else "")
    if not _is_a(cls, kind):
        raise InputError(key, expected, target, "Derive the class from it, as a frozen dataclass.")
    found: type[Part] = cls
    return found


def _is_a(member: Any, kind: type) -> bool:
    is_kind = inspect.isclass(member) and issubclass(member, kind) and not inspect.isabstract(member)
    return is_kind and dataclasses.is_dataclass(member)


@cache
def _not_imported() -> frozenset[str]:
    """Top-level modules of the standard library and of everything this package depends on."""
    needed, waiting = set(), ["rmsprop-lab"]
    while waiting:
        name = _normal(waiting.pop())
        if name in needed:
            continue
        needed.add(name)
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        waiting += [re.split(r"[^\w.-]", text, maxsplit=1)[0] for text in requirements if "extra ==" not in text]
    modules = {
        module
        for module, packages in importlib.metadata.packages_distributions().items()
        if any(_normal(package) in needed for package in packages)
    }
    return frozenset({*sys.stdlib_module_names, *modules} - {"rmsprop_lab"})


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
