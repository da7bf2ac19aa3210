"""What a check finds, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from rmsprop_lab.base.arrays import Array
from rmsprop_lab.errors import raised


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Args:
        check: What was checked.
        wrong: What is wrong; empty if nothing is.
    """

    check: str
    wrong: str


class Fault(NamedTuple):
    """Why no run with an objective or optimizer can succeed.

    Args:
        method: The method at fault: `value`, `gradient` or `update`.
        expected: What it should return.
        found: What it returns.
    """

    method: str
    expected: str
    found: str


def in_words(check: Callable[[Any, Array], str], part: Any, data: Array) -> str:
    try:
        return check(part, data)
    except BaseException as error:  # user code may raise anything; that is the finding
        told = raised(error)
        hint = " (an argument must not be changed in place)" if _passes(check, part, data.copy()) else ""
        return f"raises {told}{hint}"


def _passes(check: Callable[[Any, Array], str], part: Any, data: Array) -> bool:
    """Whether the check succeeds on writable data: then the code failed because it writes into its argument."""
    try:
        check(part, data)
    except BaseException as error:
        raised(error)
        return False
    return True
