"""Whether an objective or optimizer has a program, which the report computes live and the compiled engine takes."""

from dataclasses import dataclass

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.errors import raised
from rmsprop_lab.translate import Program, Untranslatable, trace


@dataclass(frozen=True)
class Translation:
    """The program of an objective or optimizer, or why there is none.

    Args:
        program: The program; None where it cannot be translated.
        reason: What cannot be translated, with class, file and line; empty where there is a program.
    """

    program: Program | None
    reason: str = ""

    @property
    def inexact(self) -> tuple[str, ...]:
        """The operations that engines may round differently, such as `sin`."""
        return self.program.inexact if self.program else ()

    def __str__(self) -> str:
        """It in a line, for `task=check`."""
        if self.program is None:
            return f"recorded runs only in the report: {self.reason}"
        if self.inexact:
            return f"live in the report; {', '.join(self.inexact)} may differ there in the last digits"
        count = len(self.program.lines)
        return f"live in the report, bit for bit; {count:,} operation{'' if count == 1 else 's'}"


def translation(part: Objective | Optimizer) -> Translation:
    """Translates an objective or an optimizer. What its code raises becomes the reason.

    >>> from rmsprop_lab.objectives import Bowl, Rastrigin
    >>> print(translation(Bowl()), translation(Rastrigin()), sep="; ")
    live in the report, bit for bit; 5 operations; live in the report; cos, sin may differ there in the last digits
    """
    try:
        return Translation(trace(part))
    except Untranslatable as error:
        return Translation(None, " ".join(str(error).split()))
    except BaseException as error:  # user code may raise anything
        return Translation(None, f"{type(part).__name__}: {raised(error)}")
