"""The command `rmsprop-lab`: a Hydra app that checks everything before it creates anything."""

import os
import sys
import warnings

TYPE_CHECKING = False  # the same to type checkers as typing's, whose import takes longer than all of this module
if TYPE_CHECKING:
    from typing import NoReturn

_formatwarning = warnings.formatwarning


def main() -> "NoReturn":
    """Runs the command line in `sys.argv` and exits; what the status means is in `rmsprop_lab.cli.endings`."""
    try:
        from rmsprop_lab.cli.signals import exit_at_once

        exit_at_once()
    except KeyboardInterrupt:  # before there is another way to notice it
        os._exit(130)
    from rmsprop_lab.cli.streams import name_full_output, stand_in_for_closed

    stand_in_for_closed()
    name_full_output()
    _end_with_parent()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises errors instead of printing them in its own words
    prepare()
    try:
        status = _run()
        sys.stdout.flush()
    except BaseException as error:
        status = _told(error)
    sys.exit(status)


def _run() -> "int | str | None":
    """Runs the command line, and gives the exit status of what ended without an error."""
    from rmsprop_lab.cli.composing import run
    from rmsprop_lab.cli.encoding import print_any_text

    try:
        print_any_text()
        run(sys.argv[1:])
    except SystemExit as end:  # Hydra's parser has printed why
        return end.code
    return 0


def _end_with_parent() -> None:
    if "RMSPROP_LAB_PARENT" in os.environ:
        from rmsprop_lab.processes.children import end_with_parent

        end_with_parent()


def prepare() -> None:
    """Sets which warnings are printed and how, and that garbage is collected rarely, and not at exit."""
    import atexit
    import gc

    gc.set_threshold(20_000, 20, 20)  # the usual 700, 10, 10 take a fifteenth of a study's time
    atexit.register(gc.freeze)  # spares the interpreter a garbage collection of all imported modules at exit
    warnings.formatwarning = _one_line
    # MLflow's driver for SQLite reads no words after the "?" of a URI; a user can do nothing with that
    warnings.filterwarnings("ignore", "Query string argument")


def _one_line(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """Prints warnings of this package in one line, like errors; of others without their source, which helps nobody."""
    from rmsprop_lab.tracking.redaction import redacted

    if category.__module__.startswith("rmsprop_lab."):
        return f"rmsprop-lab: {redacted(str(message))}\n"
    return redacted(_formatwarning(message, category, filename, lineno, line=""))


def _told(error: BaseException) -> int:
    """Prints the last line of a command that failed, and gives its exit status."""
    from rmsprop_lab.cli.encoding import with_escapes
    from rmsprop_lab.cli.endings import CLOSED_PIPE, ending
    from rmsprop_lab.cli.streams import drop_unwritten
    from rmsprop_lab.errors import printable
    from rmsprop_lab.tracking.redaction import redacted

    status, message = ending(error)
    drop_unwritten()
    if status != CLOSED_PIPE:
        shown = with_escapes(message, sys.stderr.encoding or "ascii", "".join(sys.argv[1:]))
        print(printable(f"rmsprop-lab: {redacted(shown)}"), file=sys.stderr)
    return status
