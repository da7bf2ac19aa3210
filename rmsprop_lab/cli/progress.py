"""Progress on stderr: a bar in a terminal, else a line every few seconds."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rmsprop_lab.cli.console import console
from rmsprop_lab.errors import printable
from rmsprop_lab.report.wording import duration_in_words

_EVERY = 10.0  # seconds between two lines, and before the first


class ProgressBar:
    """A progress bar on stderr, if that is a terminal; `bar(done, total, doing)` moves it. It disappears at the end.

    Elsewhere, as in a log file, it is a line every ten seconds, and none for what takes less.

    Args:
        first: What is done before anything can be counted.
        what: What is counted.
    """

    def __init__(self, first: str, what: str = "runs") -> None:
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
        self._lines = None if terminal.is_terminal else _Lines(self, first, what)

    def __enter__(self) -> "ProgressBar":
        self._progress.start()
        if self._lines:
            self._lines.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._lines:
            self._lines.stop()
        self._progress.stop()

    def counted(self, doing: str) -> Callable[[int], None]:
        """A function that counts what it is called with, while `doing` this."""
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            self._move(done, None, doing)

        return count

    def say(self, text: str) -> None:
        """Prints a line above the bar, also where no bar is shown."""
        self._progress.console.print(printable(text), soft_wrap=True)

    def __call__(self, done: int, total: int, doing: str) -> None:
        self._move(done, total, doing)

    def _move(self, done: int, total: int | None, doing: str) -> None:
        self._progress.update(self._task, completed=done, total=total, description=doing)
        if self._lines:
            self._lines.at = done, total, doing


class _Lines(threading.Thread):
    """Says every few seconds how far it is, also while nothing moves."""

    def __init__(self, bar: ProgressBar, first: str, what: str) -> None:
        super().__init__(daemon=True, name="progress")
        self._bar, self._what, self._ended = bar, what, threading.Event()
        self.at: tuple[int, int | None, str] = 0, None, first

    def run(self) -> None:
        with suppress(OSError):  # whoever read the lines has gone, or the disk is full; the work goes on
            self._say_until_ended()

    def _say_until_ended(self) -> None:
        began = before = time.monotonic()
        known = 0
        while not self._ended.wait(_EVERY):
            now, (done, total, doing) = time.monotonic(), self.at
            if total is None:
                self._bar.say(f"       {doing}, {duration_in_words(now - began)} so far")
            elif known < total:  # what follows the last step is not counted
                pace = (done - known) / (now - before) or done / (now - began)  # of late, as what is on disk is quick
                self._bar.say(progress_in_words(done, total, self._what, (total - done) / pace if pace else None))
            before, known = now, done

    def stop(self) -> None:
        self._ended.set()
        self.join(_EVERY)  # not for ever: whoever reads the lines may have stopped


def progress_in_words(done: int, total: int, what: str, left: float | None) -> str:
    """A line about how far something is.

    Args:
        done: Number of steps done.
        total: Number of steps in all.
        what: What the steps are.
        left: Seconds that the rest will take; None where that is unknown.

    >>> progress_in_words(1166, 2592, "runs", 21.3)
    '  44 %  1,166 of 2,592 runs, 21 s left'
    """
    rest = f", {duration_in_words(left)} left" if left is not None and done < total else ""
    return f"{100 * done // max(1, total):4d} %  {done:,} of {total:,} {what}{rest}"
