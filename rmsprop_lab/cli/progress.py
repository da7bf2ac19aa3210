"""A progress bar on stderr."""

from collections.abc import Callable
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rmsprop_lab.cli.console import console
from rmsprop_lab.errors import printable


class ProgressBar:
    """A progress bar on stderr, if that is a terminal; `bar(done, total, doing)` moves it. It disappears at the end.

    Args:
        first: What is done before anything can be counted.
    """

    def __init__(self, first: str) -> None:
        terminal = console(stderr=True)
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=terminal,
            transient=True,
            disable=not terminal.is_terminal,
        )
        self._task = self._progress.add_task(first, total=None)

    def __enter__(self) -> "ProgressBar":
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._progress.stop()

    def counted(self, doing: str) -> Callable[[int], None]:
        """A function that counts what it is called with, while `doing` this."""
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            self._progress.update(self._task, completed=done, description=doing)

        return count

    def say(self, text: str) -> None:
        """Prints a line above the bar, also where no bar is shown."""
        self._progress.console.print(printable(text), soft_wrap=True)

    def __call__(self, done: int, total: int, doing: str) -> None:
        self._progress.update(self._task, completed=done, total=total, description=doing)
