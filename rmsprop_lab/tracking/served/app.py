"""MLflow's server with our pages in front: `mlflow server --app-name rmsprop-lab`, by the entry point `mlflow.app`.

MLflow takes one such app at a time, so it cannot be combined with its `basic-auth`.
"""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, Router

from rmsprop_lab.tracking import REPORT
from rmsprop_lab.tracking.addresses import START
from rmsprop_lab.tracking.served.inside import Inside
from rmsprop_lab.tracking.served.pages import forwarding_page, missing_page, sandboxed, start_page, strict, with_preset
from rmsprop_lab.tracking.served.studies import report_run_id, studies_in, study_named

_NOT_KEPT = {"cache-control": "no-store"}
_MLFLOW = "/#/experiments"
_log = logging.getLogger(__name__)

Page = Callable[[Request, Inside], Awaitable[Response]]


def create_app() -> Starlette:
    """MLflow's own app, which uvicorn serves, with our routes before its own; its app alone if they cannot be added."""
    from mlflow.server import fastapi_app

    app: Starlette = fastapi_app.app
    try:
        put_in_front(app)
    except Exception:
        _log.exception("rmsprop-lab's pages cannot be added: this is MLflow alone")
    return app


def put_in_front(app: Starlette) -> None:
    """Adds our routes before those of an app. What the app does with every request, it does with theirs too."""
    inside = Inside(Router(routes=list(app.router.routes)))
    routes = [Route("/", _guarded(_index, inside, fall_back=_index_unchanged))]
    routes += [Route(f"/{kind}/", _guarded(_to_start, inside, fall_back=_to_mlflow)) for kind in ("study", "report")]
    for path, page in ((START, _start), ("/study/{name:path}", _study), ("/report/{name:path}", _report)):
        routes.append(Route(path, _guarded(page, inside, fall_back=_to_mlflow)))
    app.router.routes[:0] = routes


def _guarded(page: Page, inside: Inside, fall_back: Page) -> Callable[[Request], Awaitable[Response]]:
    """The page, for requests of this server's own pages alone; MLflow's page if ours fails."""

    async def answer(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
            return PlainTextResponse("Requests of other sites are refused.", 403)
        try:
            return await page(request, inside)
        except Exception:
            _log.exception("a page of rmsprop-lab failed; MLflow's is shown instead")
            return await fall_back(request, inside)

    return answer


async def _index(request: Request, inside: Inside) -> Response:
    """MLflow's own page, which for a bare address goes on to the start page."""
    index = await _index_unchanged(request, inside)
    return Response(with_preset(bytes(index.body), START), index.status_code, _kept(index))


async def _index_unchanged(request: Request, inside: Inside) -> Response:
    found = await inside.get(request, "/")
    return Response(found.body, found.status, {"content-type": found.content_type, **_NOT_KEPT})


def _kept(index: Response) -> dict[str, str]:
    """The headers of a page that hold for it with our script in it."""
    return {name: value for name, value in index.headers.items() if name != "content-length"}


async def _to_mlflow(request: Request, inside: Inside) -> Response:
    return RedirectResponse(_MLFLOW, 303, _NOT_KEPT)


async def _to_start(request: Request, inside: Inside) -> Response:
    return RedirectResponse(START, 303, _NOT_KEPT)


async def _start(request: Request, inside: Inside) -> Response:
    return HTMLResponse(start_page(await studies_in(inside, request)), headers=strict())


async def _study(request: Request, inside: Inside) -> Response:
    study = await study_named(inside, request, request.path_params["name"])
    return _no_study(request) if study is None else HTMLResponse(forwarding_page(study), headers=strict())


async def _report(request: Request, inside: Inside) -> Response:
    study = await study_named(inside, request, request.path_params["name"])
    if study is None:
        return _no_study(request)
    run_id = await report_run_id(inside, request, study)
    found = await inside.get(request, "/get-artifact", path=REPORT, run_uuid=run_id) if run_id else None
    if found is None or found.status != 200:
        missing = missing_page(
            f"{study.name} has no report here", "The study's own command logs one, with report=true."
        )
        return HTMLResponse(missing, 404, strict())
    return Response(found.body, headers={**sandboxed(), "content-type": "text/html; charset=utf-8"})


def _no_study(request: Request) -> Response:
    title = f"There is no study {request.path_params['name']} in this store"
    return HTMLResponse(missing_page(title, "It has another name, or was deleted."), 404, strict())
