"""Finds the class that a `_target_` names, in an importable package or in a Python file.

Modules of the standard library and of our dependencies have no objectives and optimizers. They are refused without
being imported, so that a config cannot run their code.
"""

import dataclasses
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.errors import Found, InputError, did_you_mean

Part = TypeVar("Part", Objective, Optimizer)


def find_class(target: str, kind: type[Part], key: str) -> type[Part]:
    """Finds a class by its target.

    Args:
        target: `package.module.Class` or `path/to/file.py:Class`.
        kind: `Objective` or `Optimizer`, which the class must derive from.
        key: The key of the `_target_`, for errors.

    Raises:
        InputError: The class cannot be imported, is not a concrete frozen dataclass derived from `kind`, or is in the
            standard library or a dependency.

    >>> find_class("rmsprop_lab.optimizers.gd.GD", Optimizer, "optimizer.gd._target_").__name__
    'GD'
    """
    expected = f"package.module.Class or path/to/file.py:Class, a subclass of rmsprop_lab.base.{kind.__name__}"
    path, colon, class_name = target.rpartition(":")
    if colon:
        module = _module_of_file(path, target, key, expected)
    else:
        module_name, _, class_name = target.rpartition(".")
        module = _module_of_package(module_name, target, key, expected)
    cls: Any = getattr(module, class_name, None)
    if cls is None:
        names = [name for name, member in vars(module).items() if _is_a(member, kind)]
        raise InputError(key, expected, target, did_you_mean(class_name, names) if names else "")
    if not _is_a(cls, kind):
        raise InputError(key, expected, target, _why_not(cls, kind))
    if "__dataclass_fields__" not in vars(cls):
        change = f"Put @dataclass(frozen=True, eq=False) above {class_name}."
        raise InputError(key, "a frozen dataclass", target, change)
    found: type[Part] = cls
    return found


def _module_of_package(name: str, target: str, key: str, expected: str) -> ModuleType:
    if not name or not all(part.isidentifier() for part in target.split(".")):
        raise InputError(key, expected, target)
    package = name.partition(".")[0]
    if package != "rmsprop_lab" and package in _not_imported():  # listing the dependencies takes 0.3 s
        raise InputError(key, expected, target, "The standard library and our dependencies contain no such class.")
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(key, expected, target, f"It cannot be imported: {error}.") from None
    except (Exception, SystemExit) as error:
        where = Found(f"{target} ({type(error).__name__}: {error})")
        raise InputError(key, "a module that can be imported", where) from error


def _module_of_file(path: str, target: str, key: str, expected: str) -> ModuleType:
    file = Path(path)
    if file.suffix != ".py" or not file.is_file():
        raise InputError(key, expected, target, f"There is no Python file {path}.")
    # The absolute path serves as the module's name: it is unique, and no importable module can have it.
    name = str(file.resolve())
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, name)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:
            del sys.modules[name]
            where = Found(f"{target} ({type(error).__name__}: {error})")
            raise InputError(key, "a Python file that can be imported", where) from error
    return sys.modules[name]


def _why_not(cls: Any, kind: type) -> str:
    if inspect.isclass(cls) and issubclass(cls, kind) and inspect.isabstract(cls):
        missing = sorted(getattr(cls, "__abstractmethods__", ()))
        return f"Define {', '.join(missing)}."
    return f"Make it a frozen dataclass derived from {kind.__name__}."


def _is_a(member: Any, kind: type) -> bool:
    is_kind = inspect.isclass(member) and issubclass(member, kind) and not inspect.isabstract(member)
    return is_kind and dataclasses.is_dataclass(member)


@cache
def _not_imported() -> frozenset[str]:
    """The top-level modules of the standard library and of all dependencies of this package."""
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
