"""An MLflow server that can be killed and started again, and a proxy that drops replies."""

import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from support.servers import free_port, wait_until_up

_ENVIRONMENT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


class Server:
    """`mlflow server` on a store and a folder of artifacts."""

    def __init__(self, database: Path, artifacts: Path) -> None:
        self.database, self.artifacts, self.port = database, artifacts, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port)]
        store = ["--backend-store-uri", f"sqlite:///{self.database}", "--artifacts-destination", str(self.artifacts)]
        self._process = subprocess.Popen(
            [*command, *store, "--workers", "1"],
            env={**os.environ, **_ENVIRONMENT},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_up(self.url, self._process)

    def kill(self) -> None:
        """Ends the server and its workers, all in a process group of their own, at once."""
        os.killpg(self._process.pid, 9)
        self._process.wait()


@contextmanager
def dropping(url: str, path: str, nth: int) -> Iterator[str]:
    """A proxy that forwards everything, and drops the reply to the `nth` request whose path ends in `path`."""
    seen = 0

    class Forward(BaseHTTPRequestHandler):
        def forward(self) -> None:
            nonlocal seen
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            names = ("Content-Type", "Accept", "X-HTTP-Method-Override")
            headers = {name: self.headers[name] for name in names if self.headers.get(name)}
            request = urllib.request.Request(url + self.path, body or None, headers, method=self.command)
            status, kind, reply = _sent(request)
            if self.path.partition("?")[0].endswith(path):
                seen += 1
                if seen == nth:
                    self.close_connection = True
                    return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

        def log_message(self, *given: Any) -> None:
            """Says nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        proxy.server_close()


def _sent(request: urllib.request.Request) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()
