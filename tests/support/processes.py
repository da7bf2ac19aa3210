"""Python in a process of its own, that finds `support` as the tests do."""

import os
import signal
from pathlib import Path

_PATHS = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
# Without the measuring of coverage, whose file a test with a full disk could not write, and whose start takes time.
UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, _PATHS))}


def interruptible() -> None:
    """Lets a child take SIGINT, as `preexec_fn`: what a script starts in the background, such as tests, ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def without_progress(err: str) -> list[str]:
    """The lines of stderr but those of progress, which begin with spaces and come where a command takes ten seconds."""
    return [line for line in err.splitlines() if not line.startswith(" ")]
