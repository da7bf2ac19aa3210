"""The pages themselves, and the policies that they are sent with."""

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from rmsprop_lab.tracking.addresses import study_address
from rmsprop_lab.tracking.served.studies import Found

_HEAD = b"<head>"
_STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A report may be somebody else's: in a sandbox, its script is of no site and reaches neither MLflow nor the network.
_SANDBOX = (
    f"sandbox allow-scripts allow-downloads allow-modals; {_STRICT}; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
_COMMON = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}


def start_page(studies: Sequence[Found]) -> str:
    """The list of studies, with what each found."""
    shown = [
        {"name": study.name, "charts": study_address("", study.name), "picture": _picture(study), **_texts(study)}
        for study in studies
    ]
    return _rendered("start.html", title="Studies", studies=shown)


def forwarding_page(study: Found) -> str:
    """A page that goes on to a study's charts, once MLflow's page is set up for them."""
    return _rendered("forward.html", title=study.name, charts=f"/{study.charts}", script=Markup(_forward()))


def missing_page(title: str, advice: str) -> str:
    """A page that says what is not there, and what to do."""
    return _rendered("missing.html", title=title, advice=advice)


def with_preset(index: bytes, start: str) -> bytes:
    """MLflow's page with our script before its own; unchanged if it has no place for one.

    Args:
        index: MLflow's `index.html`.
        start: The path to which an address without a hash is sent on.
    """
    before, head, after = index.partition(_HEAD)
    if not head:
        return index
    onward = f'if (!location.hash) location.replace("{start}");'
    return b"".join([before, head, f"<script>{_asset('preset.js')}{onward}</script>".encode(), after])


def strict() -> dict[str, str]:
    """The headers of our own pages: styles and scripts of ours alone, pictures of this server alone."""
    ours = f"style-src {_source_hash(_asset('page.css'))}; script-src {_source_hash(_forward())}; img-src 'self'"
    return {**_COMMON, "content-security-policy": f"{_STRICT}; {ours}"}


def sandboxed() -> dict[str, str]:
    """The headers of a study's report."""
    return {**_COMMON, "content-security-policy": _SANDBOX}


def _texts(study: Found) -> dict[str, Any]:
    report = f"/report/{study_address('', study.name).rpartition('/')[2]}" if study.card.report else ""
    return {"sentence": study.card.sentence, "folder": study.folder, "report": report}


def _picture(study: Found) -> str:
    if study.card.picture is None:
        return ""
    run_id, path = study.card.picture
    return f"/get-artifact?{urlencode({'path': path, 'run_uuid': run_id})}"


def _rendered(template: str, /, **given: Any) -> str:
    page: str = _environment().get_template(template).render(style=Markup(_asset("page.css")), **given)
    return page


@functools.cache
def _environment() -> Environment:
    return Environment(loader=FunctionLoader(_asset), autoescape=True, trim_blocks=True)


def _forward() -> str:
    return _asset("preset.js") + _asset("forward.js")


@functools.cache
def _asset(name: str) -> str:
    return (files("rmsprop_lab.tracking.served") / "assets" / name).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
