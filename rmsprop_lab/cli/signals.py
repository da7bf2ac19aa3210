"""SIGINT and SIGTERM: before and after a study they end the command at once, during one they end it in order.

Before a study begins there is nothing to save, and an exception that is raised while modules are imported may be
swallowed, or come out as another one.
"""

import os
import signal
import sys

TYPE_CHECKING = False  # nothing more is imported here: what comes before `exit_at_once` cannot be interrupted in order
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn

_WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
_AGAIN = 0.05  # seconds
_received: list[int] = []


def exit_at_once() -> None:
    """Makes both signals end the process, with a line and the usual status."""
    _received.clear()
    _handle(_exit)


class Raised:
    """Inside, both signals raise KeyboardInterrupt, also where Python would only print that it was ignored."""

    def __enter__(self) -> None:
        import threading

        self._handles = threading.current_thread() is threading.main_thread()  # not in a launcher's worker
        if self._handles:
            _received.clear()
            self._hook, sys.unraisablehook = sys.unraisablehook, _again_or(sys.unraisablehook)
            _handle(_raise)

    def __exit__(self, *error: object) -> None:
        if self._handles:
            _handle(_exit)
            sys.unraisablehook = self._hook


def received() -> int | None:
    """The number of the signal that ended the last study; None if there was none."""
    return _received[-1] if _received else None


def _handle(handler: "Any") -> None:
    for number in _WORDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, handler)


def _exit(number: int, frame: "FrameType | None") -> "NoReturn":
    os.write(2, f"rmsprop-lab: {_WORDS[signal.Signals(number)]}\n".encode())
    os._exit(128 + number)


def _raise(number: int, frame: "FrameType | None") -> "NoReturn":
    _received.append(number)
    raise KeyboardInterrupt


def _again_or(hook: "Any") -> "Any":
    """A hook that sends a signal again which arrived in a destructor or callback, where Python drops exceptions."""

    import threading

    def unraisable(found: "Any") -> None:
        if isinstance(found.exc_value, KeyboardInterrupt) and _received:
            again = threading.Timer(_AGAIN, os.kill, (os.getpid(), _received[-1]))
            again.daemon = True
            again.start()
        else:
            hook(found)

    return unraisable
