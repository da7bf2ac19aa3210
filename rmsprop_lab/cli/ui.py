"""The command `rmsprop-lab-ui`: the MLflow UI on the right store, for this machine only."""

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

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.tracking.page import DEFAULT_VIEW, view_link
from rmsprop_lab.tracking.uri import check_uri, default_uri, sqlite_path

# Measured: 0.5 GB and 2 processes instead of 2.1 GB and 10.
_CHEAP = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
_QUIET = {"PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::UserWarning"}


def main() -> NoReturn:
    """Starts the server and stays until it ends. Exit status 2 for a store or port that cannot be used."""
    parser = argparse.ArgumentParser(prog="rmsprop-lab-ui", description=__doc__)
    parser.add_argument("--output-dir", default="outputs", help="the folder of the studies (default: %(default)s)")
    parser.add_argument("--uri", help="a tracking store elsewhere, as in tracking.uri")
    parser.add_argument("--port", type=int, default=5000, help="on 127.0.0.1 (default: %(default)s)")
    args = parser.parse_args()
    try:
        command = server_command(args.uri, args.output_dir, args.port)
    except InputError as error:
        print(f"rmsprop-lab-ui: {error}", file=sys.stderr)
        sys.exit(2)
    print("The server takes some seconds to start; Ctrl-C stops it. Side by side:", flush=True)
    for name, link in study_links(args.uri or default_uri(args.output_dir)).items():
        print(f"  {name:16} http://127.0.0.1:{args.port}/{link}", flush=True)
    sys.exit(_serve(command))


def _serve(command: list[str]) -> int:
    """Runs the server until it ends, or until this process is told to: then all processes of the server end too."""

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
    """The command that starts the server; raises `InputError` for a missing store and a port in use."""
    if uri is None:
        if not Path(output_dir, "mlflow.db").exists():
            found = Found(f"none in {output_dir}")
            raise InputError("--output-dir", "a store", found, "Run rmsprop-lab experiment=compare first.")
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
    """The comparison page of each experiment in a local store, newest first; of another store, its front page."""
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
