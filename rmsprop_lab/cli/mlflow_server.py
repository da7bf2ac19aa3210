"""Runs MLflow's server until it ends, with our pages if it can have them, else without."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.tracking.addresses import PORT, START
from rmsprop_lab.tracking.served.available import APP, obstacle
from rmsprop_lab.tracking.uri import artifact_root, sqlite_path

# Measured: 0.5 GB and 2 processes instead of 2.1 GB and 10.
_CHEAP = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
_QUIET = {"PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::UserWarning"}
_PORTS = 20  # that are tried in turn, so that a second server has an address that can be remembered
_TIMEOUT = 30  # seconds for a page of a server that is up


def port_to_use(given: int | None) -> int:
    """The port on 127.0.0.1: the given one, else the first that is free.

    Args:
        given: None or 0 for any.

    Raises:
        InputError: The given port is in use.
    """
    if given:
        if why := _in_use(given):
            raise InputError("--port", "a free port", Found(f"{given} ({why})"), "Without --port, a free one is taken.")
        return given
    free = (port for port in range(PORT, PORT + _PORTS) if not _in_use(port))
    return next(free, None) or _any_free()


def _in_use(port: int) -> str:
    """Why a port cannot be used; empty if it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            return str(error)
    return ""


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_command(port: int, app: str | None = APP) -> list[str]:
    """The command that starts the server of the store in `MLFLOW_BACKEND_STORE_URI`, for this machine only.

    Args:
        port: The port on 127.0.0.1.
        app: The entry point that makes its app; None for MLflow's own.
    """
    host = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    return [sys.executable, "-m", "mlflow", "server", *host, *(["--app-name", app] if app else [])]


def serve(uri: str, port: int, on_answer: Callable[[str], None], on_obstacle: Callable[[str], None]) -> int:
    """Runs the server of a store until it ends; Ctrl-C and SIGTERM end all its processes. Returns its exit status.

    Args:
        uri: The store.
        port: A free port.
        on_answer: Called when the server answers, with the path of our start page; empty if it has none.
        on_obstacle: Called with why it does not have them.
    """

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    why = obstacle()
    if not why:
        with _started(server_command(port), uri) as server:
            if _answers(server, port):
                on_answer(_start(port))
                return server.wait()
        why = "the server with them did not start"
    on_obstacle(why)
    with _started(server_command(port, app=None), uri) as server:
        if _answers(server, port):
            on_answer("")
        return server.wait()


@contextmanager
def _started(command: list[str], uri: str) -> Iterator["subprocess.Popen[bytes]"]:
    own_group = hasattr(os, "killpg")  # not on Windows
    # Other users see the command lines of processes, but not their environment, and a URI may have a password.
    environment = {**os.environ, **_CHEAP, **_QUIET, "MLFLOW_BACKEND_STORE_URI": uri}
    if database := sqlite_path(uri):  # what is logged to the server lies there too, not where it was started
        environment.setdefault("MLFLOW_ARTIFACTS_DESTINATION", str(artifact_root(database.parent)))
    with subprocess.Popen(command, env=environment, start_new_session=own_group) as server:
        try:
            yield server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM) if own_group else server.terminate()


def _answers(server: "subprocess.Popen[bytes]", port: int) -> bool:
    """Waits until the server answers; false if it ends before."""
    while server.poll() is None:
        if page(port, "/health") is not None:
            return True
        time.sleep(0.1)
    return False


def _start(port: int) -> str:
    """The path at which the server shows the studies: MLflow's own, unless it no longer takes our script; empty: none.

    Nothing is believed of the server that it does not show.
    """
    if page(port, START) is None:
        return ""
    return "/" if START.encode() in (page(port, "/") or b"") else START


def page(port: int, path: str, timeout: float = _TIMEOUT) -> bytes | None:
    """A page of the server at a port of this machine; None if it has none. No proxy is asked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
