"""An open MLflow store, and how runs are written to it."""

import warnings
from collections.abc import Iterable
from pathlib import Path

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.errors import Found, InputError, TrackingWarning
from rmsprop_lab.processes.locking import DEFAULT_WAIT
from rmsprop_lab.tracking.store import (  # sets MLflow up: first
    as_tracking_error,
    open_store,
    owner_of,
    place_of,
    source_tags,
)

# isort: split
from mlflow.entities import Experiment

from rmsprop_lab.tracking import sharing
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.uri import WRITERS, artifact_root, check_uri, default_uri, is_database, named_uri
from rmsprop_lab.tracking.writers.artifacts import local_root
from rmsprop_lab.tracking.writers.bulk import BulkWriter, UnknownSchema, why_not
from rmsprop_lab.tracking.writers.client import ClientWriter
from rmsprop_lab.tracking.writers.protocol import Writer


class MlflowTracker:
    """An open store; `study(name)` gives the experiment that a study logs to.

    Args:
        uri: The store; None for the one that `MLFLOW_TRACKING_URI` names, else, and for `local`, the one below
            `output_dir`. A `StoreUri` is not checked again.
        output_dir: The folder of the studies.
        writer: `bulk` writes many runs in one transaction, into a database of this machine's reach; `client` one by
            one, into any store; `auto` is `bulk` where that is possible, else `client`.
        wait: Seconds to wait while another process creates or opens the same SQLite store.

    Raises:
        InputError: The store cannot be opened or has another schema (key `tracking.uri`); the writer cannot write to
            it (key `tracking.writer`).
        TrackingError: Another process keeps the store locked.
    """

    def __init__(
        self, uri: str | None, output_dir: str | Path, writer: str = "auto", wait: float = DEFAULT_WAIT
    ) -> None:
        if writer not in WRITERS:
            raise InputError("tracking.writer", f"one of {', '.join(WRITERS)}", writer)
        named = named_uri(uri)
        if named is None:
            local_folder(output_dir).mkdir(parents=True, exist_ok=True)
        self.uri = check_uri(default_uri(output_dir) if named is None else named)
        self._output_dir, self._writer = output_dir, writer
        self._artifacts = artifact_root(output_dir) if is_database(self.uri) else None
        self._client = open_store(self.uri, wait)
        self._obstacle = None if writer == "client" else why_not(self.uri)
        if writer == "bulk" and self._obstacle:
            raise _cannot_bulk(str(self._obstacle))
        if writer == "auto" and isinstance(self._obstacle, UnknownSchema):
            warnings.warn(f"runs are logged one by one: {self._obstacle}", TrackingWarning, stacklevel=2)

    def study(self, name: str, hyperparameters: Iterable[str]) -> StudyTracker:
        """The experiment of a study, created if there is none; every run gets the `hyperparameters` as params."""
        with as_tracking_error(f"opening experiment {name!r} in {redacted(self.uri)}"):
            location = self._artifacts.as_uri() if self._artifacts else None
            experiment = sharing.experiment_named(self._client, name, location)
        if experiment.lifecycle_stage != "active":
            raise InputError(
                "name",
                "a study whose MLflow experiment is active",
                Found(f"{name!r}, which is deleted in {redacted(self.uri)}"),
                "Restore the experiment in MLflow, or choose another name.",
            )
        owner = owner_of(self._output_dir, name)
        writer, place = self._writer_to(experiment, owner), place_of(self._output_dir, name)
        return StudyTracker(self._client, experiment, writer, owner, place, list(hyperparameters))

    def _writer_to(self, experiment: Experiment, owner: str) -> Writer:
        number, location = str(experiment.experiment_id), str(experiment.artifact_location)
        root = local_root(location)
        if self._writer == "bulk" and root is None:
            raise _cannot_bulk(f"its artifacts go to {redacted(location)}, which is no folder of this machine")
        if self._writer == "client" or self._obstacle or root is None:
            return ClientWriter(self._client, number, source_tags(owner))
        return BulkWriter(self.uri, number, location, root, owner, source_tags(owner))


def _cannot_bulk(reason: str) -> InputError:
    return InputError("tracking.writer", "auto or client", Found(f"bulk: {reason}"))
