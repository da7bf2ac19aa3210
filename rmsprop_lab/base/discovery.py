"""Finds the classes in a package, so that adding a file adds a class."""

import functools
import importlib
import inspect
import pkgutil


@functools.cache
def classes_in(package: str, kind: type) -> dict[str, type]:
    """The concrete subclasses of `kind` that the modules of `package` define, by class name.

    >>> sorted(classes_in("rmsprop_lab.wrappers", object))
    ['Noisy', 'Rotated', 'Scaled', 'Shifted']
    """
    path = importlib.import_module(package).__path__
    modules = [importlib.import_module(f"{package}.{info.name}") for info in pkgutil.iter_modules(path)]
    return {
        name: member
        for module in modules
        for name, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__ and issubclass(member, kind) and not inspect.isabstract(member)
    }
