"""`task=list`: the objectives and optimizers that can be chosen, and what their docstrings say."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.config.builder import build
from rmsprop_lab.config.settings import optimizer_and_space
from rmsprop_lab.errors import InputError
from rmsprop_lab.plan.space import Space

_BEGINS = re.compile(r"$|(Args|Source|Libraries differ|Shapes):|    \S")  # of a paragraph


@dataclass(frozen=True)
class Listed:
    """An objective or optimizer that can be chosen.

    Args:
        name: What it is chosen by.
        part: The object as configured; None if it cannot be made.
        space: The ranges of its hyperparameters.
        wrong: Why it cannot be made.
    """

    name: str
    part: Objective | Optimizer | None
    space: Space = field(default_factory=dict)
    wrong: str = ""


class Paragraph(NamedTuple):
    """A paragraph of a docstring as one line, and its indentation in characters."""

    text: str
    indent: int


def objectives_in(entries: Mapping[str, Any]) -> list[Listed]:
    """The objectives that the entries of a config describe, also those that are wrong."""
    return [_made(name, spec, _objective) for name, spec in entries.items()]


def optimizers_in(entries: Mapping[str, Any]) -> list[Listed]:
    """The optimizers that the entries of a config describe, also those that are wrong."""
    return [_made(name, spec, optimizer_and_space) for name, spec in entries.items()]


def _objective(name: str, spec: Mapping[str, Any]) -> tuple[Objective, Space]:
    return build(spec, Objective, f"objective.{name}"), {}


def _made(name: str, spec: Any, make: Callable[[str, Any], tuple[Objective | Optimizer, Space]]) -> Listed:
    try:
        return Listed(name, *make(name, spec))
    except InputError as error:
        return Listed(name, None, wrong=str(error))


def paragraphs(cls: type) -> Iterator[Paragraph]:
    """The docstring of a class without its errors and examples, to be wrapped anew.

    >>> from rmsprop_lab.optimizers import GD
    >>> for text, indent in paragraphs(GD):
    ...     print(f"{indent * ' '}{text[:60]}")
    Gradient descent: step = step_size · g, with g the gradient.
    Args:
        step_size: Factor on the gradient, > 0.
    Source: Cauchy, *Méthode générale pour la résolution des sys
    Shapes: the step has the gradient's shape, whatever it is. N
    """
    lines: list[str] = []
    for line in [*_without_examples(cls), ""]:
        if _BEGINS.match(line) and lines:
            yield Paragraph(" ".join(map(str.strip, lines)), len(lines[0]) - len(lines[0].lstrip()))
            lines = []
        if line:
            lines.append(line)


def first_sentence(cls: type) -> str:
    """What a class is, in its docstring's first sentence; empty without a docstring of its own."""
    first = next(_without_examples(cls), "")
    return re.split(r"\.(?: |$)", first)[0]


def _without_examples(cls: type) -> Iterator[str]:
    text = inspect.cleandoc(cls.__doc__ or "")
    text = "" if text.startswith(f"{cls.__name__}(") else text  # what @dataclass writes where there is none
    for block in text.split("\n\n"):
        if not block.startswith((">>>", "Raises:")):
            yield from [*block.splitlines(), ""]
