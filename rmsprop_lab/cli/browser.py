"""Opens an address in the browser of the person at the terminal, if there is one."""

import os
import sys
import threading
import webbrowser
from contextlib import suppress

_WITHOUT_DISPLAY = ("darwin", "win32", "cygwin")  # systems whose browser needs no display to be named


def has_window() -> bool:
    """Whether a browser would open a window: one of the terminal, such as lynx, would take the terminal."""
    named = any(map(os.environ.get, ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")))
    return named or sys.platform in _WITHOUT_DISPLAY


def open_in_browser(address: str) -> None:
    """Opens an address if there is a browser, and does not wait: some return only when they are closed."""

    def opened() -> None:
        with suppress(Exception):
            webbrowser.open(address)

    if has_window():
        threading.Thread(target=opened, daemon=True).start()
