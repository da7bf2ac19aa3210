"""Asks MLflow's own routes from inside of its server, as a browser asks them from outside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Scope

_API = "/api/2.0/mlflow/"
_SHARED = ("asgi", "http_version", "scheme", "client", "server", "app", "state", "extensions")  # with the request


@dataclass(frozen=True)
class Answer:
    """What a route of MLflow answers."""

    status: int
    content_type: str
    body: bytes

    def data(self) -> dict[str, Any] | None:
        """The answer of MLflow's API; None if there is no such thing.

        Raises:
            OSError: MLflow answers with another error.
        """
        if self.status == 404:
            return None
        if self.status != 200:
            raise OSError(f"MLflow answers with status {self.status}: {self.body[:200].decode(errors='replace')}")
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Inside:
    """MLflow's own `routes`. Each question belongs to a request, which has passed MLflow's checks of its sender."""

    routes: ASGIApp

    async def get(self, request: Request, path: str, /, **query: str) -> Answer:
        """Asks for a page or a file."""
        return await self._answer(_scope(request, "GET", path, urlencode(query), []), b"")

    async def find(self, request: Request, what: str, /, **query: str) -> dict[str, Any] | None:
        """Asks MLflow's API for one thing; None if there is none."""
        return (await self.get(request, _API + what, **query)).data()

    async def search(self, request: Request, what: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """Asks MLflow's API for a list of things, `what` of them by what `question`."""
        body = json.dumps(question).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        return (await self._answer(_scope(request, "POST", _API + what, "", headers), body)).data() or {}

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.routes(scope, receive, send)
        headers = {name.lower(): value for name, value in sent[0]["headers"]}
        content_type = headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
        return Answer(sent[0]["status"], content_type, b"".join(message.get("body", b"") for message in sent[1:]))


def _scope(request: Request, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    """A question of our own: nothing of the request's cookies, conditions and ranges goes along."""
    shared = {name: request.scope[name] for name in _SHARED if name in request.scope}
    host = (b"host", request.headers.get("host", "").encode("latin-1"))
    return {
        **shared,
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [host, *headers],
    }
