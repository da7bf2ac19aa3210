"""Finds the class that a `_target_` names, in an importable package or in a Python file.

Modules of the standard library and of our dependencies have no objectives and optimizers. They are refused without
being imported, so that a config cannot run their code. A file runs only if it defines the class.
"""

import dataclasses
import importlib
import importlib.metadata
import inspect
import re
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.config.own_modules import classes_in, module_of
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
        module = _module_of_file(path, class_name, target, key, expected)
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


def confined(path: str, folders: Sequence[Path], target: str, key: str) -> Path:
    """The absolute path of a file that a `_target_` names: in the first of some folders that has it, links followed.

    Raises:
        InputError: It is not below one of the folders.
    """
    places = [folder / path for folder in folders]
    try:
        file = next((place for place in places if place.is_file()), places[0]).resolve()
        inside = any(file.is_relative_to(folder.resolve()) for folder in folders)
    except (OSError, ValueError, RuntimeError):  # a name too long, a null character, a link to itself
        raise InputError(key, "the path of a Python file", target) from None
    if not inside:
        expected = "a Python file below the folder of the YAML that names it, or below the current folder"
        change = "Copy it there, or install it as a package and name it package.module.Class."
        raise InputError(key, expected, target, change)
    return file


def _module_of_package(name: str, target: str, key: str, expected: str) -> ModuleType:
    if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", target):
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


def _module_of_file(path: str, class_name: str, target: str, key: str, expected: str) -> ModuleType:
    file = Path(path)
    if file.suffix != ".py" or not file.is_file():
        raise InputError(key, expected, target, f"There is no Python file {path}.")
    try:
        defined = classes_in(file)
        if class_name not in defined:
            change = did_you_mean(class_name, defined) if defined else "Name the file that defines the class."
            raise InputError(key, expected, target, change)
        return module_of(file)
    except InputError:
        raise
    except (Exception, SystemExit) as error:  # user code may raise anything
        where = Found(f"{target} ({type(error).__name__}: {error})")
        raise InputError(key, "a Python file that can be imported", where) from error


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
