"""The studies in the server's store: which there are, and where each one's charts and report are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request

from rmsprop_lab.tracking.addresses import plain_link
from rmsprop_lab.tracking.card import Card, card_of
from rmsprop_lab.tracking.listing import NEWEST_FIRST, STUDIES, VIEW_TAG
from rmsprop_lab.tracking.page import REPORT_PHASE
from rmsprop_lab.tracking.served.inside import Inside
from rmsprop_lab.tracking.uri import sqlite_path

_PAGE = 200  # experiments asked for at once, each with its views


@dataclass(frozen=True)
class Found:
    """A study in the store."""

    name: str
    experiment_id: str
    card: Card

    @property
    def charts(self) -> str:
        """The link to its charts, relative to the server's address."""
        return plain_link(self.experiment_id)

    @property
    def folder(self) -> str:
        """Its folder: beside the store, if it is there, else as its card tells it."""
        store = sqlite_path(os.environ.get("MLFLOW_BACKEND_STORE_URI", ""))
        beside: Path | None = store.parent / self.name if store else None
        return str(beside) if beside and beside.is_dir() else self.card.place


async def studies_in(inside: Inside, request: Request) -> list[Found]:
    """All studies, the one that was changed last first."""
    found: list[Found] = []
    question: dict[str, Any] = {
        "filter": STUDIES,
        "max_results": _PAGE,
        "order_by": [NEWEST_FIRST],
        "view_type": "ACTIVE_ONLY",
    }
    while True:
        answer = await inside.search(request, "experiments/search", question)
        found += map(_study, answer.get("experiments", []))
        if not (token := answer.get("next_page_token")):
            return found
        question["page_token"] = token


async def study_named(inside: Inside, request: Request, name: str) -> Found | None:
    """The study of a name; None if there is none."""
    answer = await inside.find(request, "experiments/get-by-name", experiment_name=name)
    experiment = answer and answer["experiment"]
    if not experiment or experiment["lifecycle_stage"] != "active" or VIEW_TAG not in _tags(experiment):
        return None
    return _study(experiment)


async def report_run_id(inside: Inside, request: Request, study: Found) -> str | None:
    """The run that holds a study's report; None if there is none."""
    question = {
        "experiment_ids": [study.experiment_id],
        "filter": f"tags.`phase` = '{REPORT_PHASE}'",
        "max_results": 1,
        "order_by": ["attributes.start_time DESC"],
    }
    runs = (await inside.search(request, "runs/search", question)).get("runs", [])
    return str(runs[0]["info"]["run_id"]) if runs else None


def _study(experiment: Mapping[str, Any]) -> Found:
    return Found(experiment["name"], experiment["experiment_id"], card_of(_tags(experiment)))


def _tags(experiment: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in experiment.get("tags", [])}
