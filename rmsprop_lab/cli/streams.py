"""stdin, stdout and stderr as a shell may leave them: closed, or on a full disk."""

import io
import os
import sys

TYPE_CHECKING = False  # nothing more is imported here: this is the first thing that a command does
if TYPE_CHECKING:
    from typing import Any

_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}  # in the order of their numbers


def stand_in_for_closed() -> None:
    """Opens the null device for each stream that is closed, as after `>&-`.

    Else Python has None in place of the stream, and the next file that is opened gets its number, and what is printed.
    """
    for number, (name, mode) in enumerate(_MODES.items()):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null == number:
                os.set_inheritable(null, True)  # children have streams too
            else:
                os.dup2(null, number)
                os.close(null)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def name_full_output() -> None:
    """Has stdout name itself where it cannot be written, and stderr drop what it cannot take: it is only told."""
    if _is_file(sys.stdout, 1):
        sys.stdout = _over(_Stdout(1, "wb", closefd=False), sys.stdout)
    if _is_file(sys.stderr, 2):
        sys.stderr = _over(_Stderr(2, "wb", closefd=False), sys.stderr)


def drop_unwritten() -> None:
    """Lets go of what stdout could not take, which Python would try to write once more at its end, with a traceback."""
    try:
        sys.stdout.flush()
    except Exception:  # of any kind: a closed pipe, a full disk
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_file(stream: "Any", number: int) -> bool:
    """Whether a stream is Python's own; a test or a program around this one may have put another in its place."""
    return type(stream) is io.TextIOWrapper and stream.name in ("<stdout>", "<stderr>") and stream.fileno() == number


def _over(raw: io.FileIO, stream: "Any") -> io.TextIOWrapper:
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Stdout(io.FileIO):
    def write(self, data: "Any") -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            from rmsprop_lab.errors import LabError

            reason = os.strerror(error.errno or 0)
            raise LabError(f"the output cannot be written: {reason}") from error


class _Stderr(io.FileIO):
    def write(self, data: "Any") -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError:
            return len(memoryview(data).cast("B"))
