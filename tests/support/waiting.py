"""Waiting for what happens at its own time, on a machine that may be busy."""

import time
from collections.abc import Callable
from typing import Any


def until(holds: Callable[[], Any], seconds: float = 120.0) -> bool:
    """Waits until something holds; False if it does not in time.

    Pages of ours forbid the `eval` with which Playwright's `wait_for_function` looks a second time: ask them with this.
    """
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(held)


def wait_for_frames(page: Any) -> None:
    """Waits until a page has computed and drawn what was changed on it, which it does with its next frame."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
