"""A PostgreSQL server of its own for tests, on a socket in a temporary folder: no port, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _programs() -> Path | None:
    """Where `initdb` and `pg_ctl` are; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """Yields the URI of an empty database; skips the test where there is no PostgreSQL."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    home = Path(tempfile.mkdtemp(prefix="rmsprop-lab-pg-", dir="/tmp"))  # a socket's path must be short
    if user:
        shutil.chown(home, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("initdb", "--pgdata", f"{home}/data", "--auth", "trust", "--username", "lab", "--encoding", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
    run("pg_ctl", "--pgdata", f"{home}/data", "--options", options, "--log", f"{home}/log", "--wait", "start")
    try:
        yield f"postgresql+psycopg://lab@/postgres?host={home}"
    finally:
        run("pg_ctl", "--pgdata", f"{home}/data", "--mode", "immediate", "stop")
        shutil.rmtree(home)
