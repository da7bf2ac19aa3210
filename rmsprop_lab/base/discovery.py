"""Finds the classes of a package of one-class files, so that adding one is adding a file."""

import functools
import importlib
import inspect
import pkgutil


@functools.cache
def classes_in(package: str, kind: type) -> dict[str, type]:
    """Every concrete subclass of `kind` defined in a module of `package`, by class name."""
    path = importlib.import_module(package).__path__
    modules = [importlib.import_module(f"{package}.{info.name}") for info in pkgutil.iter_modules(path)]
    return {
        name: member
        for module in modules
        for name, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__ and issubclass(member, kind) and not inspect.isabstract(member)
    }
