"""How a command ends that an error ends: its exit status and its last line.

Exit status: 0 success, 1 a failure that is told in words, 2 invalid input, 70 an error that nobody foresaw, 130 SIGINT,
141 closed pipe, 143 SIGTERM.
"""

import errno
import signal

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from rmsprop_lab.cli import signals
from rmsprop_lab.cli.hydra_errors import in_words
from rmsprop_lab.errors import InputError, LabError

CLOSED_PIPE = 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 141


def ending(error: BaseException) -> tuple[int, str]:
    """The exit status for an error, and the line to print."""
    try:
        told = _foreseen(error)
    except Exception as another:  # while the first was put into words
        told, error = None, another
    if told is None:
        from rmsprop_lab.cli.unforeseen import report

        told = 70, report(error)
    return told


def _foreseen(error: BaseException) -> tuple[int, str] | None:
    if (number := signals.received()) or isinstance(error, KeyboardInterrupt):
        what = "terminated" if number == signal.SIGTERM else "interrupted"
        again = "finished runs are saved, and the same command continues the study"
        return 128 + (number or signal.SIGINT), f"{what}; {again}"
    if isinstance(error, InputError):
        return 2, str(error)
    if isinstance(error, HydraException | OmegaConfBaseException):
        return 2, in_words(error)
    if isinstance(error, LabError):
        return 1, str(error)
    if isinstance(error, BrokenPipeError):  # as in `rmsprop-lab ... | head`
        return CLOSED_PIPE, ""
    if isinstance(error, MemoryError):
        return 1, "the memory is full; fewer starts or iterations, or shards, need less"
    if isinstance(error, OSError):  # a full disk, a folder that cannot be written
        return 1, _refused(error)
    return None


def _refused(error: OSError) -> str:
    """What the system does not do, and what to change."""
    what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{what}. Make room on the disk, then give the same command again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{what}. Give yourself the right to it, or choose another output_dir, then give the same command again"
    return what
