"""Writes the content of studies as one HTML file, which needs no other and no network."""

import base64
import functools
import hashlib
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from rmsprop_lab.report.page.content import SCHEMA
from rmsprop_lab.report.ranking_cells import OBJECTIVE, OPTIMIZER

_STYLES = ("uPlot.css", "page.css")
_SCRIPTS = (
    *(
        "data.js",
        "look.js",
        "charts.js",
        "plane.js",
        "controls.js",
        "bits.js",
        "live.js",
        "racers.js",
        "yours.js",
        "panel.js",
        "drag.js",
        "race.js",
    ),
    *("scatter.js", "ranking.js", "runs.js", "main.js"),
)


def document(studies: Sequence[Mapping[str, Any]], descents: str, tutorial: Mapping[str, Any] | None = None) -> str:
    """The page of one study, or of several side by side.

    Args:
        studies: What `study_content` returns for each.
        descents: The functions that compute their runs, see `Descents.script`.
        tutorial: The lines and pictures of the tutorial, if this is its page.
    """
    single = tutorial is not None or all(study["alone"] for study in studies)
    return _rendered(
        "page.html",
        descents,
        {"studies": studies},
        title=" and ".join(study["name"] for study in studies),
        studies=studies,
        differences=None if len(studies) == 1 else list(differences(studies)),
        single=single,
        words={OBJECTIVE, OPTIMIZER},
        tutorial=tutorial,
    )


def playground(scene: Mapping[str, Any], descents: str) -> str:
    """The page of `task=playground`.

    Args:
        scene: What `playground_content` returns, and the `command`.
        descents: The functions that compute its runs, see `Descents.script`.
    """
    return _rendered("playground.html", descents, {"playground": scene}, title="Playground", scene=scene)


def _rendered(template: str, descents: str, data: Mapping[str, Any], **shown: Any) -> str:
    style, script = _style(), _script(descents)
    text = json.dumps({"schema": SCHEMA, **data}, allow_nan=False, ensure_ascii=False)
    page: str = (
        _templates()
        .get_template(template)
        .render(
            version=importlib.metadata.version("rmsprop-lab"),
            style=Markup(style),
            style_hash=Markup(_source_hash(style)),
            script=Markup(script),
            script_hash=Markup(_source_hash(script)),
            data=Markup(text.replace("<", "\\u003c")),
            **shown,
        )
    )
    return page


def differences(studies: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The settings and versions that are not the same in all studies: a name, and the value in each."""
    told = [{**study["settings"], **_spaces(study), **study["versions"]} for study in studies]
    names = dict.fromkeys(name for settings in told for name in settings)
    found = [(name, [settings.get(name, "") for settings in told]) for name in names]
    return [(name, values) for name, values in found if len(set(values)) > 1]


def _spaces(study: Mapping[str, Any]) -> dict[str, str]:
    """What is searched and configured of each optimizer."""
    return {
        f"{optimizer['name']}: {key}": told
        for optimizer in study["optimizers"]
        for key, told in {"as configured": optimizer["configured"], **optimizer["space"]}.items()
    }


@functools.cache
def digest() -> str:
    """SHA-256 of everything of a page but its content."""
    version = importlib.metadata.version("rmsprop-lab")
    html = "".join(map(_asset, ("head.html", "page.html", "tail.html")))
    return hashlib.sha256("".join([version, html, _style(), _script("")]).encode()).hexdigest()


@functools.cache
def _templates() -> Environment:
    return Environment(autoescape=True, trim_blocks=True, loader=FunctionLoader(_asset))


@functools.cache
def _style() -> str:
    return "".join(_asset(name) for name in _STYLES)


@functools.cache
def _assets() -> str:
    return "".join(_asset(name) for name in _SCRIPTS)


def _script(descents: str) -> str:
    return f'{_asset("uPlot.js")}\n(() => {{\n"use strict";\n{descents}{_assets()}}})();\n'


def _asset(name: str) -> str:
    return (files("rmsprop_lab.report.page") / "assets" / name).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
