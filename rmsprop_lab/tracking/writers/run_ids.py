"""The ids of runs in MLflow: made here, and checked before one becomes a path."""

import re
import time
import uuid


def new_run_id() -> str:
    """32 hexadecimal digits that grow with time (as in UUID version 7), so that rows go to the end of an index."""
    return f"{int(time.time() * 1000):012x}{uuid.uuid4().hex[12:]}"


def is_run_id(value: object) -> bool:
    """Whether a value read from a file or a store has the form of a run's id. Only such a one may become a path.

    >>> is_run_id(new_run_id()), is_run_id("../precious"), is_run_id("")
    (True, False, False)
    """
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None
