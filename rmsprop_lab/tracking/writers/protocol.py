"""What a writer of runs is, and what all writers do alike."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE
from mlflow.utils.validation import MAX_TAG_VAL_LENGTH

from rmsprop_lab.plan.scores import MEASURES_VERSION
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.writers.held import Held

MEASURES_TAG = "measures"
"""Tag of runs: the version of the definitions by which their numbers were taken."""


class Entry(NamedTuple):
    """A run of the experiment.

    `lacks`: the hyperparameters that it has no param for; `measures`: the version of its numbers, see `MEASURES_TAG`.
    """

    run_key: str
    run_id: str
    start_time: int
    finished: bool
    owner: str
    lacks: tuple[str, ...] = ()
    measures: str = ""


class Writer(Protocol):
    """Reads and writes the runs of one experiment."""

    def entries(self, hyperparameters: Sequence[str], since: int | None) -> list[Entry]:
        """The active runs with a `run_key`, finished or not; with `since` (ms) those that started then or later.

        `lacks` names those of `hyperparameters` that a run has no param for; it may be empty if `since` is given.
        """

    def add_params(self, missing: Iterable[tuple[str, str]]) -> None:
        """Adds the param `MISSING_PARAM` to each pair of run id and name."""

    def write(self, contents: Sequence[RunContent]) -> Iterator[tuple[str, str]]:
        """Writes runs, each whole or not at all; yields run key and run id of each, once it is in the store."""

    def renew(self, run_id: str, content: RunContent) -> None:
        """Replaces the numbers, the note and the tags of a run; its params and files stay."""

    def held(self, run_ids: Collection[str]) -> dict[str, Held]:
        """What the store holds of runs, by run id."""

    def restore(self, run_id: str, content: RunContent, held: Held) -> None:
        """Adds what of a run's content is lost; what is there stays."""

    def tags_of(self, run_id: str, content: RunContent) -> dict[str, str]:
        """The tags that a run is logged with."""


def all_tags(content: RunContent, common: dict[str, str]) -> dict[str, str]:
    """The tags of a run without its name and its note, cut to the length that MLflow takes."""
    tags = {**common, **content.tags, "run_key": content.run_key, MEASURES_TAG: str(MEASURES_VERSION)}
    tags["mlflow.runColor"] = content.colour
    if content.images:
        tags["mlflow.loggedImages"] = "True"
    return {name: text[:MAX_TAG_VAL_LENGTH] for name, text in tags.items()}


def note_of(content: RunContent, run_id: str) -> dict[str, str]:
    """The tag with a run's note, `{run_id}` filled in; no tag without a note."""
    text = content.note.replace("{run_id}", run_id)[:MAX_TAG_VAL_LENGTH]
    return {MLFLOW_RUN_NOTE: text} if text else {}


def now() -> int:
    """The time in ms, as MLflow stores it."""
    return int(time.time() * 1000)
