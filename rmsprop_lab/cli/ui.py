"""Serves the MLflow UI with the runs of rmsprop-lab, reachable from this machine only."""

import argparse
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rmsprop_lab.cli.signals import exit_at_once
from rmsprop_lab.errors import Found, InputError, TrackingError
from rmsprop_lab.tracking.page import DEFAULT_VIEW, view_link
from rmsprop_lab.tracking.uri import check_uri, default_uri, is_database, redacted, sqlite_path

# Measured: 0.5 GB and 2 processes instead of 2.1 GB and 10.
_CHEAP = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
_QUIET = {"PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::UserWarning"}


def main() -> NoReturn:
    """Starts the server and waits until it ends. Exits with status 2 for a store or port that cannot be used."""
    exit_at_once()
    parser = argparse.ArgumentParser(prog="rmsprop-lab-ui", description=__doc__)
    parser.add_argument("--output-dir", default="outputs", help="folder of all studies (default: %(default)s)")
    parser.add_argument("--uri", help="another MLflow store, as in tracking.uri")
    parser.add_argument("--port", type=int, default=5000, help="port on 127.0.0.1 (default: %(default)s)")
    args = parser.parse_args()
    try:
        command = server_command(args.uri, args.output_dir, args.port)
        links = _links_of_a_store_that_opens(args.uri or default_uri(args.output_dir))
    except Exception as error:
        from rmsprop_lab.cli.endings import ending

        status, message = ending(error)
        print(f"rmsprop-lab-ui: {message}", file=sys.stderr)
        sys.exit(status)
    print("The server takes a few seconds to start; Ctrl-C stops it. Runs side by side:", flush=True)
    for name, link in links.items():
        print(f"  {name:16} http://127.0.0.1:{args.port}/{link}", flush=True)
    sys.exit(_serve(command))


def _links_of_a_store_that_opens(uri: str) -> dict[str, str]:
    """The links of `study_links`, after MLflow has opened the database: one of another version ends the server."""
    if is_database(uri):
        from rmsprop_lab.tracking.store import open_store

        open_store(uri)
    try:
        return study_links(uri)
    except sqlite3.Error as error:
        raise TrackingError(f"reading {redacted(uri)}: {error}") from error


def _serve(command: list[str]) -> int:
    """Runs the server until it ends. Ctrl-C and SIGTERM end all processes of the server."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    own_group = hasattr(os, "killpg")  # not on Windows
    environment = {**os.environ, **_CHEAP, **_QUIET}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with subprocess.Popen(command, env=environment, start_new_session=own_group) as server:
        try:
            return server.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM) if own_group else server.terminate()


def server_command(uri: str | None, output_dir: str, port: int) -> list[str]:
    """The command that starts the server.

    Args:
        uri: The MLflow store; None for the one in `output_dir`.
        output_dir: The folder of all studies.
        port: The port on 127.0.0.1.

    Raises:
        InputError: The store does not exist, or the port is in use.
    """
    if uri is None:
        if not Path(output_dir, "mlflow.db").exists():
            found = Found(f"none in {output_dir}")
            raise InputError(
                "--output-dir", "a folder with mlflow.db", found, "Run rmsprop-lab experiment=compare first."
            )
        uri = default_uri(output_dir)
    check_uri(uri)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise InputError("--port", "a free port", Found(f"{port} ({error})"), "Try --port 5001.") from None
    host = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    return [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri, *host]


def study_links(uri: str) -> dict[str, str]:
    """The link to each experiment's comparison page, newest first, by its name; the front page of a remote store."""
    path = sqlite_path(uri)
    if path is None:
        return {"all studies": "#/experiments"}
    query = (
        "select experiments.experiment_id, experiments.name from experiments join experiment_tags "
        "on experiment_tags.experiment_id = experiments.experiment_id "
        "where lifecycle_stage = 'active' and key = ? order by last_update_time desc"
    )
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(query, (f"mlflow.sharedViewState.{DEFAULT_VIEW}",)).fetchall()
    return {name: view_link(str(number)) for number, name in rows}


if __name__ == "__main__":
    main()
