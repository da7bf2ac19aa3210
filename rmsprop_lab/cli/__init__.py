"""The command `rmsprop-lab`: a Hydra app that checks everything before it creates anything.

Exit status: 0 success, 2 invalid input, 130 SIGINT, 143 SIGTERM, 141 closed pipe, 1 any other error.
"""

import atexit
import gc
import os
import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

from rmsprop_lab.tracking.redaction import redacted

_formatwarning = warnings.formatwarning


class Terminated(KeyboardInterrupt):
    """SIGTERM was received. It ends the command like Ctrl-C, with another exit status."""


def main() -> NoReturn:
    """Runs the command line in `sys.argv` and exits."""
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises errors instead of printing them in its own words
    signal.signal(signal.SIGTERM, _terminate)
    warnings.formatwarning = _one_line
    atexit.register(gc.freeze)  # spares the interpreter a garbage collection of all imported modules at exit
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from rmsprop_lab.cli.composing import run
    from rmsprop_lab.cli.encoding import print_any_text
    from rmsprop_lab.cli.hydra_errors import in_words
    from rmsprop_lab.errors import InputError, LabError

    print_any_text()
    try:
        run(sys.argv[1:])
    except InputError as error:
        _exit(2, str(error))
    except (HydraException, OmegaConfBaseException) as error:
        _exit(2, in_words(error))
    except LabError as error:
        _exit(1, str(error))
    except BrokenPipeError:  # as in `rmsprop-lab ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:  # a full disk, a folder that cannot be written
        _exit(1, f"{error}")
    except KeyboardInterrupt as stop:
        status, what = (143, "terminated") if Terminated in (type(stop), type(stop.__cause__)) else (130, "interrupted")
        _exit(status, f"{what}; finished runs are saved, and the same command continues the study")
    sys.exit(0)


def _one_line(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """Prints warnings of this package in one line, like errors."""
    if category.__module__.startswith("rmsprop_lab."):
        return f"rmsprop-lab: {redacted(str(message))}\n"
    return _formatwarning(message, category, filename, lineno, line)


def _exit(status: int, message: str) -> NoReturn:
    from rmsprop_lab.errors import printable

    print(printable(f"rmsprop-lab: {redacted(message)}"), file=sys.stderr)
    sys.exit(status)


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise Terminated
