"""The server that shows a store now: it writes its port into a small file beside the database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rmsprop_lab.cli.mlflow_server import page, port_to_use
from rmsprop_lab.tracking.addresses import START, local_address
from rmsprop_lab.tracking.uri import sqlite_path


@contextmanager
def announced(uri: str, port: int) -> Iterator[None]:
    """Names the port of the store's server while it runs; a store that is no SQLite file, or read-only, names none."""
    place = _place(uri)
    if place is None:
        yield
        return
    with suppress(OSError):
        place.write_text(f"{port}\n", encoding="ascii")
    try:
        yield
    finally:
        with suppress(OSError):
            if place.read_bytes() == b"%d\n" % port:  # not that of a server that was started later
                place.unlink()


def running(uri: str) -> str | None:
    """The address of the server with our pages that shows the store; None if there is none, or it does not answer."""
    place = _place(uri)
    if place is None:
        return None
    try:
        port = int(place.read_bytes())
    except (OSError, ValueError):
        return None
    return local_address(port) if 0 < port < 65536 and page(port, START, timeout=1.0) is not None else None


def next_address() -> str:
    """The address that `rmsprop-lab-ui` takes if it is started now."""
    return local_address(port_to_use(None))


def _place(uri: str) -> Path | None:
    path = sqlite_path(uri)
    return None if path is None else path.with_name(f"{path.name}.port")
