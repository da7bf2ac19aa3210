"""An open MLflow store, and how runs are written to it."""

import warnings
from collections.abc import Iterable
from pathlib import Path

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.errors import Found, InputError, TrackingWarning
from rmsprop_lab.processes.locking import DEFAULT_WAIT
from rmsprop_lab.tracking.store import as_tracking_error, open_store, source_tags  # sets MLflow up: first

# isort: split
from mlflow.entities import Experiment

from rmsprop_lab.tracking import sharing
from rmsprop_lab.tracking.moved import is_copy
from rmsprop_lab.tracking.owners import FOLDER_TAG, owner_of, place_of
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.uri import (
    STORE,
    WRITERS,
    artifact_root,
    check_uri,
    default_uri,
    is_database,
    named_uri,
    sqlite_path,
)
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
        owner, place = owner_of(self._output_dir, name), place_of(self._output_dir, name)
        with as_tracking_error(f"opening experiment {name!r} in {redacted(self.uri)}"):
            experiment = sharing.experiment_of(self._client, name, self._artifacts, f"{FOLDER_TAG}{owner}", place)
        if experiment.lifecycle_stage != "active":
            renamed = "" if experiment.name == name else f", renamed to {experiment.name!r}"
            raise InputError(
                "name",
                "a study whose MLflow experiment is active",
                Found(f"{name!r}{renamed}, which is deleted in {redacted(self.uri)}"),
                "Restore the experiment in MLflow, begin the study anew with fresh=true, leave MLflow out with "
                "tracking=none, or choose another name.",
            )
        self._check_place(experiment, name)
        writer = self._writer_to(experiment, owner)
        return StudyTracker(self._client, experiment, writer, owner, place, list(hyperparameters))

    def rename(self, name: str, other: str) -> str:
        """Gives a study's experiment to a study of another name, whose folder has been, or will be, renamed alike.

        Returns:
            The experiment's name now; empty if the study has none.

        Raises:
            InputError: Studies of other folders log to it too (key `fresh`).
            TrackingError: The store fails.
        """
        tags = [f"{FOLDER_TAG}{owner_of(self._output_dir, each)}" for each in (name, other)]
        with as_tracking_error(f"renaming experiment {name!r} in {redacted(self.uri)}"):
            place = place_of(self._output_dir, other)
            return sharing.rename_experiment(self._client, name, other, (tags[0], tags[1]), place)

    def _check_place(self, experiment: Experiment, name: str) -> None:
        """Refuses an experiment whose files would go to where its store or folder was before it was moved or copied."""
        root, path = local_root(str(experiment.artifact_location)), sqlite_path(self.uri)
        own = artifact_root(self._output_dir)
        beside = path and artifact_root(path.parent)
        if not self._artifacts or root is None or root.name != own.name or root in (own, beside):
            return  # a server's, a person's own choice, or where it belongs
        if not root.is_dir():
            found = f"{root}, which is not there"
        elif path and is_copy(path, root, str(experiment.experiment_id)):
            found = f"{root}, as {path} is a copy without artifacts"
        else:
            return
        change = f"Bring the files back there, or set another store, which task=refill name={name} fills."
        if path and path.name == STORE:
            change = (
                f"Put the files into {beside}; or move {path.name} away, then task=refill name={name} logs all runs."
            )
        raise InputError("tracking.uri", f"the artifacts of experiment {experiment.name!r}", Found(found), change)

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
