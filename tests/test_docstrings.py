"""Docstrings say what a reader needs. That their examples run is checked by `--doctest-modules`."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from support.catalogue import OBJECTIVES, OPTIMIZERS

from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in

PACKAGES = ("base", "objectives", "optimizers", "wrappers")
WRAPPERS = classes_in("rmsprop_lab.wrappers", Objective)
CATALOGUE = {**OBJECTIVES, **OPTIMIZERS, **WRAPPERS}


def public() -> Iterator[tuple[str, Any]]:
    """Every public class and function, and the public methods that the base classes define, by dotted name."""
    for package in PACKAGES:
        path = importlib.import_module(f"rmsprop_lab.{package}").__path__
        for info in pkgutil.iter_modules(path, f"rmsprop_lab.{package}."):
            module = importlib.import_module(info.name)
            for name, member in vars(module).items():
                if getattr(member, "__module__", "") != info.name or name.startswith("_"):
                    continue
                if inspect.isclass(member) or inspect.isfunction(inspect.unwrap(member)):
                    yield f"{info.name}.{name}", member
                if inspect.isclass(member) and package == "base":
                    yield from _methods(f"{info.name}.{name}", member)


def _methods(where: str, cls: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(cls).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            yield f"{where}.{name}", member


def own_docstring(member: Any) -> str:
    """The docstring as written: not inherited, and not the signature that `dataclass` puts in its place."""
    text = vars(member).get("__doc__") if inspect.isclass(member) else member.__doc__
    return "" if text is None or text.startswith(f"{getattr(member, '__name__', '')}(") else text


def arguments(text: str) -> set[str]:
    """The names below `Args:`."""
    section = re.search(r"^ *Args:\n((?: {8,}.*\n)+)", text, re.M)
    return set(re.findall(r"^ {8}(\w+): \S", section[1], re.M)) if section else set()


PUBLIC = dict(public())


def test_the_walk_finds_what_is_there() -> None:
    assert {"rmsprop_lab.base.arrays.total", "rmsprop_lab.base.optimizer.Optimizer.update"} < set(PUBLIC)
    assert {"rmsprop_lab.base.discovery.classes_in", "rmsprop_lab.wrappers.noisy.Noisy"} < set(PUBLIC)
    assert len(CATALOGUE) >= 24 + 10 + 4


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_what_is_public_has_a_docstring(name: str) -> None:
    assert own_docstring(PUBLIC[name]).strip()


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_field_is_explained(name: str) -> None:
    fields = {field.name for field in dataclasses.fields(CATALOGUE[name]) if field.init}
    assert arguments(own_docstring(CATALOGUE[name])) == fields


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_there_is_an_example(name: str) -> None:
    assert "\n    >>> " in own_docstring(CATALOGUE[name])


@pytest.mark.parametrize("name", sorted({**OBJECTIVES, **OPTIMIZERS}))
def test_there_is_a_source(name: str) -> None:
    assert re.search(r"^ *(Source|References): *\S", own_docstring(CATALOGUE[name]), re.M)


def test_a_field_without_words_is_noticed() -> None:
    text = "    Args:\n        rho: Decay rate\n            of s.\n        epsilon:\n\n    Raises:\n        X: y\n"
    assert arguments(text) == {"rho"}
