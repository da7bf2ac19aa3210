"""What the two ways of writing runs to an experiment have in common."""

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE
from mlflow.utils.validation import MAX_TAG_VAL_LENGTH

from rmsprop_lab.tracking.content import RunContent

MISSING_PARAM = "0"  # what `content.params` gives a run that has not the hyperparameter


class Entry(NamedTuple):
    """A run that is in the experiment: whether it is whole, whose it is, which params it lacks."""

    run_key: str
    run_id: str
    start_time: int
    finished: bool
    owner: str
    lacks: tuple[str, ...] = ()


class Writer(Protocol):
    """Reads and writes the runs of one experiment."""

    def entries(self, hyperparameters: Sequence[str], since: int | None) -> list[Entry]:
        """The active runs that have a `run_key`; those started `since` (ms) if the writer can tell them apart.

        `lacks` names the `hyperparameters` a run has no param for; it is filled where `since` is None.
        """

    def add_params(self, missing: Iterable[tuple[str, str]]) -> None:
        """Gives each (run id, name) the param `MISSING_PARAM`."""

    def write(self, contents: Sequence[RunContent]) -> Iterator[tuple[str, str]]:
        """Logs runs, each whole or not at all; yields run key and run id of each that it added, once it is there."""


def all_tags(content: RunContent, common: dict[str, str]) -> dict[str, str]:
    """Every tag of a run but its name and its note, at most as long as MLflow takes them."""
    tags = {**common, **content.tags, "run_key": content.run_key, "mlflow.runColor": content.colour}
    if content.images:
        tags["mlflow.loggedImages"] = "True"
    return {name: text[:MAX_TAG_VAL_LENGTH] for name, text in tags.items()}


def note_of(content: RunContent, run_id: str) -> dict[str, str]:
    """The tag that holds a run's note, which may name the run's own files; none where there is no note."""
    text = content.note.replace("{run_id}", run_id)[:MAX_TAG_VAL_LENGTH]
    return {MLFLOW_RUN_NOTE: text} if text else {}


def now() -> int:
    """Milliseconds, as MLflow counts."""
    return int(time.time() * 1000)


def new_run_id() -> str:
    """32 hexadecimal digits that grow with time (as in UUID version 7): an index then grows at its end only."""
    return f"{now():012x}{uuid.uuid4().hex[12:]}"
