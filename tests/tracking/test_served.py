"""Our pages in front of a server that is not as expected: its own page is shown, and nothing is let in."""

import asyncio
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rmsprop_lab.tracking.card import Card
from rmsprop_lab.tracking.served import app as served
from rmsprop_lab.tracking.served.app import create_app, put_in_front
from rmsprop_lab.tracking.served.available import APP, obstacle
from rmsprop_lab.tracking.served.pages import start_page
from rmsprop_lab.tracking.served.studies import Found

INDEX = "<html><head><title>MLflow</title></head></html>"


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


def ask(app: Starlette, path: str, **headers: str) -> Answered:
    sent: list[Any] = []
    given = {"host": "127.0.0.1:5000", **headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    asyncio.run(app(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answered(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]).decode())


def mlflow_of(index: str = INDEX, experiments: Any = None, seen: list[Request] | None = None) -> Starlette:
    """A server that has MLflow's page and its list of experiments; None: its API fails."""

    async def page(request: Request) -> Response:
        if seen is not None:
            seen.append(request)
        return Response(index, headers={"content-type": "text/html", "etag": "x"})

    async def search(request: Request) -> Response:
        return JSONResponse(
            {"experiments": experiments} if experiments is not None else {}, 200 if experiments else 500
        )

    async def by_name(request: Request) -> Response:
        return JSONResponse({}, 404)

    api = "/api/2.0/mlflow/experiments"
    named = Route(f"{api}/get-by-name", by_name)
    app = Starlette(routes=[Route("/", page), Route(f"{api}/search", search, methods=["POST"]), named])
    put_in_front(app)
    return app


def test_the_page_gets_the_script_before_its_own() -> None:
    answer = ask(mlflow_of(), "/")
    assert answer.status == 200
    assert answer.text.startswith("<html><head><script>")
    assert answer.text.endswith("<title>MLflow</title></head></html>")
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.text.encode())
    assert "etag" not in answer.headers


@pytest.mark.parametrize("index", ["", "<html><body>another page</body></html>", "<HEAD>"])
def test_a_page_without_a_place_for_the_script_is_served_unchanged(index: str) -> None:
    answer = ask(mlflow_of(index), "/")
    assert (answer.status, answer.text) == (200, index)


def test_if_our_part_fails_the_page_is_served_unchanged(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(served, "with_preset", lambda index, start: 1 / 0)
    assert ask(mlflow_of(), "/").text == INDEX
    assert "division by zero" in caplog.text


@pytest.mark.parametrize("path", ["/studies", "/study/a", "/report/a/b"])
def test_if_a_page_of_ours_fails_mlflows_is_shown(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "_no_study", lambda request: 1 / 0)
    answer = ask(mlflow_of(), path)
    assert (answer.status, answer.headers["location"]) == (303, "/#/experiments")


@pytest.mark.parametrize("path", ["/study/nothing", "/study/a%2Fb", "/report/../x", "/study/<script>alert(1)</script>"])
def test_a_study_that_is_not_there_is_said(path: str) -> None:
    answer = ask(mlflow_of(), path)
    assert answer.status == 404
    assert "There is no study" in answer.text
    assert "alert(1)</script>" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/", "/studies", "/study/a", "/report/a"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:5001", "file://", "http://[", ""])
def test_no_other_site_is_answered(path: str, origin: str) -> None:
    assert ask(mlflow_of(), path, origin=origin).status == 403


def test_our_own_site_is_answered() -> None:
    assert ask(mlflow_of(), "/", origin="http://127.0.0.1:5000").status == 200


def test_nothing_of_a_request_but_its_host_goes_along() -> None:
    seen: list[Request] = []
    ask(mlflow_of(seen=seen), "/", cookie="a=b", **{"if-none-match": "x", "range": "bytes=0-1"})
    assert [request.headers.items() for request in seen] == [[("host", "127.0.0.1:5000")]]


@pytest.mark.parametrize("module", [SimpleNamespace(), SimpleNamespace(router=None)])
def test_an_app_of_another_kind_is_served_as_it_is(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ModuleType("mlflow.server.fastapi_app")
    found.app = module  # type: ignore[attr-defined]
    import mlflow.server

    monkeypatch.setattr(mlflow.server, "fastapi_app", found, raising=False)
    monkeypatch.setitem(sys.modules, "mlflow.server.fastapi_app", found)
    assert create_app() is module


class Tags(HTMLParser):
    """The elements of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


NASTY = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "//evil.example",
    "a/../b",
]


@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_store_says_is_text(text: str) -> None:
    page = Tags(start_page([Found(text, text, Card(text, text, (text, text), True))]))
    assert {tag for tag, _ in page.found}.isdisjoint({"script", "iframe", "object"})
    links = [value for _, attributes in page.found for name, value in attributes.items() if name in ("href", "src")]
    known = ("/study/", "/report/", "/get-artifact?", "/#/", "/static-files/")
    assert all(value and value.startswith(known) for value in links)
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]
    assert page.text.count(text) >= 3  # the name, the sentence, the place


def test_an_empty_store_says_what_to_run() -> None:
    assert "rmsprop-lab experiment=compare" in start_page([])


def test_the_folder_is_the_one_beside_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", f"sqlite:///{tmp_path}/mlflow.db")
    study = Found("s", "1", Card(place="runs/outputs/s on gauss"))
    assert study.folder == "runs/outputs/s on gauss"
    (tmp_path / "s").mkdir()
    assert study.folder == str(tmp_path / "s")
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "postgresql://localhost/db")
    assert study.folder == "runs/outputs/s on gauss"


def test_it_is_installed_with_its_entry_point() -> None:
    """If this fails: `pip install -e .` again, as pyproject.toml has had it since."""
    assert obstacle() == ""
    assert APP == "rmsprop-lab"
