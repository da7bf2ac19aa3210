"""Serves the MLflow UI with the runs of rmsprop-lab, reachable from this machine only."""

import argparse
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from types import FrameType
from typing import NoReturn

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.cli import prepare
from rmsprop_lab.cli.encoding import print_any_text
from rmsprop_lab.cli.parser_errors import tell_in_short
from rmsprop_lab.cli.signals import exit_at_once
from rmsprop_lab.cli.streams import drop_unwritten, name_full_output, stand_in_for_closed
from rmsprop_lab.errors import Found, InputError, TrackingError
from rmsprop_lab.processes.locking import DEFAULT_WAIT
from rmsprop_lab.tracking.page import DEFAULT_VIEW, view_link
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.uri import LOCAL, check_uri, default_uri, is_database, named_uri, sqlite_path

# Measured: 0.5 GB and 2 processes instead of 2.1 GB and 10.
_CHEAP = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
_QUIET = {"PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::UserWarning"}


def main() -> NoReturn:
    """Starts the server and waits until it ends. Exits with status 2 for a store or port that cannot be used."""
    exit_at_once()
    stand_in_for_closed()
    name_full_output()
    prepare()
    parser = argparse.ArgumentParser(prog="rmsprop-lab-ui", description=__doc__)
    tell_in_short(parser)
    parser.add_argument("--output-dir", help="folder of all studies (default: outputs)")
    parser.add_argument("--uri", help="another MLflow database, as in tracking.uri (default: MLFLOW_TRACKING_URI)")
    parser.add_argument("--port", type=int, default=5000, help="port on 127.0.0.1 (default: %(default)s)")
    print_any_text()
    args = parser.parse_args()
    uri = LOCAL if args.uri is None and args.output_dir is not None else args.uri
    uri, output_dir = named_uri(uri), args.output_dir or "outputs"
    try:
        command = server_command(uri, output_dir, args.port)
        uri = uri or default_uri(output_dir)
        links = _links_of_a_store_that_opens(uri)
        print("The server takes a few seconds to start; Ctrl-C stops it. Runs side by side:", flush=True)
        for name, link in links.items():
            print(f"  {name:16} http://127.0.0.1:{args.port}/{link}", flush=True)
    except Exception as error:
        from rmsprop_lab.cli.endings import ending

        status, message = ending(error)
        drop_unwritten()
        print(f"rmsprop-lab-ui: {redacted(message)}", file=sys.stderr)
        sys.exit(status)
    sys.exit(_serve(command, uri))


def _links_of_a_store_that_opens(uri: str) -> dict[str, str]:
    """The links of `study_links`, after MLflow has opened the database: one of another version ends the server."""
    if is_database(uri):
        from rmsprop_lab.tracking.moved import lost_files
        from rmsprop_lab.tracking.store import open_store

        open_store(uri, DEFAULT_WAIT)
    try:
        if (path := sqlite_path(uri)) and (lost := lost_files(path)):
            print(f"rmsprop-lab-ui: {lost}", file=sys.stderr)
        return study_links(uri)
    except sqlite3.Error as error:
        raise TrackingError(f"reading {redacted(uri)}: {error}") from error


def _serve(command: list[str], uri: str) -> int:
    """Runs the server of a store until it ends. Ctrl-C and SIGTERM end all processes of the server."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    own_group = hasattr(os, "killpg")  # not on Windows
    # Other users see the command lines of processes, but not their environment, and a URI may have a password.
    environment = {**os.environ, **_CHEAP, **_QUIET, "MLFLOW_BACKEND_STORE_URI": uri}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with subprocess.Popen(command, env=environment, start_new_session=own_group) as server:
        try:
            return server.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM) if own_group else server.terminate()


def server_command(uri: str | None, output_dir: str, port: int) -> list[str]:
    """The command that starts the server of the store in `MLFLOW_BACKEND_STORE_URI`, once it is checked.

    Args:
        uri: The MLflow store; None for the one in `output_dir`.
        output_dir: The folder of all studies.
        port: The port on 127.0.0.1.

    Raises:
        InputError: The store does not exist, or the port is in use.
    """
    if uri is None:
        if not (local_folder(output_dir, "--output-dir") / "mlflow.db").exists():
            found = Found(f"none in {output_dir}")
            raise InputError(
                "--output-dir", "a folder with mlflow.db", found, "Run rmsprop-lab experiment=compare first."
            )
        uri = default_uri(output_dir)
    if not is_database(uri):
        raise InputError("--uri", "a database", Found(redacted(uri)), "Open a server's own address in the browser.")
    check_uri(uri)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise InputError("--port", "a free port", Found(f"{port} ({error})"), "Try --port 5001.") from None
    host = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    return [sys.executable, "-m", "mlflow", "server", *host]


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
