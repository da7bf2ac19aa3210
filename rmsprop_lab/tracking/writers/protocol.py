"""What a writer of runs is, and what all writers do alike."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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


def oldest(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Of the runs with one key the one to keep, by key: the same in every process, whatever it sees first.

    >>> oldest([Entry("k", "b", 5, True, ""), Entry("k", "c", 3, True, ""), Entry("k", "a", 3, True, "")])["k"].run_id
    'a'
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        found[entry.run_key] = min(found.get(entry.run_key, entry), entry, key=lambda one: (one.start_time, one.run_id))
    return found


class Writer(Protocol):
    """Reads and writes the runs of one experiment."""

    def entries(self, hyperparameters: Sequence[str]) -> list[Entry]:
        """All active runs with a `run_key`, finished or not.

        `lacks` names those of `hyperparameters` that a run has no param for.
        """

    def news(self, keys: Collection[str], known: Mapping[str, str]) -> list[Entry]:
        """The finished active runs with one of these keys; those that are `known`, run ids by key, may be left out.

        There may be runs with other keys among them. `lacks` is empty.
        """

    def active(self, run_ids: Collection[str]) -> set[str]:
        """Those of the runs that are not deleted."""

    def add_params(self, missing: Iterable[tuple[str, str]]) -> None:
        """Adds the param `MISSING_PARAM` to each pair of run id and name; one that is there stays."""

    def tag(self, name: str, values: Mapping[str, str]) -> None:
        """Sets a tag of runs: `values` by run id. Deleted runs are passed over."""

    def write(self, contents: Sequence[RunContent]) -> Iterator[Entry]:
        """Writes runs, each whole or not at all; yields each, once it is in the store."""

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
