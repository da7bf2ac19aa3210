"""A study's experiment in MLflow: which runs it has, logging those it lacks, its page."""

import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.errors import Found, InputError, TrackingWarning
from rmsprop_lab.processes.locking import DEFAULT_WAIT
from rmsprop_lab.tracking.store import as_tracking_error, open_store, owner_of, source_tags  # sets MLflow up: first

# isort: split
from mlflow import MlflowClient
from mlflow.entities import Experiment

from rmsprop_lab.plan.scores import MEASURES_VERSION
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.uri import WRITERS, artifact_root, check_uri, default_uri, is_database, named_uri
from rmsprop_lab.tracking.writers.artifacts import local_root, write_files
from rmsprop_lab.tracking.writers.bulk import BulkWriter, UnknownSchema, why_not
from rmsprop_lab.tracking.writers.client import ClientWriter, runs_of
from rmsprop_lab.tracking.writers.held import Held
from rmsprop_lab.tracking.writers.protocol import Entry, Writer, now

_CLOCK_SKEW = 60_000  # ms; machines that log to one experiment may have clocks that differ by this much


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

    def study(self, name: str, hyperparameters: Iterable[str]) -> "StudyTracker":
        """The experiment of a study, created if there is none; every run gets the `hyperparameters` as params."""
        with as_tracking_error(f"opening experiment {name!r} in {redacted(self.uri)}"):
            experiment = self._client.get_experiment_by_name(name)
            if experiment is None:
                location = self._artifacts.as_uri() if self._artifacts else None
                self._client.create_experiment(name, artifact_location=location)
                experiment = self._client.get_experiment_by_name(name)
        assert experiment is not None
        if experiment.lifecycle_stage != "active":
            raise InputError(
                "name",
                "a study whose MLflow experiment is active",
                Found(f"{name!r}, which is deleted in {redacted(self.uri)}"),
                "Restore the experiment in MLflow, or choose another name.",
            )
        owner = owner_of(self._output_dir, name)
        return StudyTracker(self._client, experiment, self._writer_to(experiment, owner), owner, list(hyperparameters))

    def _writer_to(self, experiment: Experiment, owner: str) -> Writer:
        number, location = str(experiment.experiment_id), str(experiment.artifact_location)
        root = local_root(location)
        if self._writer == "bulk" and root is None:
            raise _cannot_bulk(f"its artifacts go to {redacted(location)}, which is no folder of this machine")
        if self._writer == "client" or self._obstacle or root is None:
            return ClientWriter(self._client, number, source_tags(owner))
        return BulkWriter(self.uri, number, location, root, owner, source_tags(owner))


class StudyTracker:
    """One study's experiment. Whoever asks which runs are missing and logs them holds its `tracking_lock`.

    Every method raises `TrackingError` if the store refuses something.
    """

    def __init__(
        self, client: MlflowClient, experiment: Experiment, writer: Writer, owner: str, hyperparameters: list[str]
    ) -> None:
        self._client, self._experiment, self._writer, self._owner = client, experiment, writer, owner
        self._hyperparameters = hyperparameters
        self._known: dict[str, Entry] = {}
        self.added = 0

    @property
    def experiment_id(self) -> str:
        return str(self._experiment.experiment_id)

    @property
    def outdated(self) -> set[str]:
        """The keys of the runs seen whose numbers were taken by other definitions than this version's."""
        return {key for key, entry in self._known.items() if entry.measures != str(MEASURES_VERSION)}

    @property
    def known(self) -> set[str]:
        """The keys of the runs seen or logged so far, without asking the store."""
        return set(self._known)

    @as_tracking_error("asking MLflow for the study's runs")
    def run_ids(self) -> dict[str, str]:
        """The ids of the finished runs by `run_key`; the first call reads all runs, later calls the recent ones.

        Deletes runs of this folder that were interrupted, and of runs with one key all but the oldest. Adds the params
        that runs lack.
        """
        latest = max((entry.start_time for entry in self._known.values()), default=None)
        known, removed, lacking = dict(self._known), [], []
        for entry in self._writer.entries(self._hyperparameters, None if latest is None else latest - _CLOCK_SKEW):
            if entry.finished:
                both = sorted({known.get(entry.run_key, entry), entry}, key=_age)  # the oldest stays, in every process
                known[entry.run_key] = both[0]
                removed += both[1:]
                lacking += [(entry.run_id, name) for name in entry.lacks]
            elif entry.owner in ("", self._owner):  # another folder's may be being written
                removed.append(entry)
        deleted = {entry.run_id for entry in removed} - {entry.run_id for entry in known.values()}
        for run_id in deleted:
            self._client.delete_run(run_id)
        self._writer.add_params((run_id, name) for run_id, name in lacking if run_id not in deleted)
        self._known = known
        return {key: entry.run_id for key, entry in known.items()}

    def log(self, content: RunContent) -> None:
        """Logs one run, whole or not at all."""
        self.log_all([content])

    @as_tracking_error("logging runs to MLflow")
    def log_all(self, contents: Sequence[RunContent], on_run: Callable[[], None] = lambda: None) -> int:
        """Logs the runs that the store lacks, each whole or not at all; returns how many.

        `on_run` is called for each of `contents`, also for those that were there.
        """
        present, added = self.run_ids(), 0
        missing = [content for content in contents if content.run_key not in present]
        for key, run_id in self._writer.write(missing) if missing else ():
            self._known[key] = Entry(key, run_id, now(), True, self._owner, measures=str(MEASURES_VERSION))
            self.added, added = self.added + 1, added + 1
            on_run()
        for _ in range(len(contents) - added):
            on_run()
        return added

    @as_tracking_error("renewing runs in MLflow")
    def renew(self, contents: Mapping[str, RunContent]) -> None:
        """Replaces the numbers and notes of logged runs: contents by the `run_key` that a run has in the store."""
        for key, content in contents.items():
            entry = self._known.pop(key)
            self._writer.renew(entry.run_id, content)
            self._known[content.run_key] = entry._replace(run_key=content.run_key, measures=str(MEASURES_VERSION))

    @as_tracking_error("looking for what MLflow has lost")
    def lacking(self, contents: Iterable[RunContent]) -> list[str]:
        """The keys of logged runs of which the store has lost something. Pictures need not be drawn for that."""
        run_ids = self.run_ids()
        logged = {content.run_key: content for content in contents if content.run_key in run_ids}
        held = self._writer.held([self._known[key].run_id for key in logged])
        return [key for key, content in logged.items() if self._lacks(held, content)]

    def _lacks(self, held: Mapping[str, Held], content: RunContent) -> bool:
        run_id = self._known[content.run_key].run_id
        return held[run_id].lacks(content, self._writer.tags_of(run_id, content))

    @as_tracking_error("restoring runs in MLflow")
    def restore(self, contents: Sequence[RunContent]) -> int:
        """Adds to logged runs what the store has lost of them; returns how many runs that were."""
        run_ids = self.run_ids()
        logged = [content for content in contents if content.run_key in run_ids]
        held = self._writer.held([run_ids[content.run_key] for content in logged])
        lacking = [content for content in logged if self._lacks(held, content)]
        for content in lacking:
            run_id = self._known[content.run_key].run_id
            self._writer.restore(run_id, content, held[run_id])
        return len(lacking)

    @as_tracking_error("marking runs in MLflow")
    def mark(self, tag: str, values: Mapping[str, str], alone: bool = True) -> None:
        """Tags runs: `values` by run key. With `alone` the tag is removed from all other runs."""
        marked = {
            run.info.run_id: run.data.tags[tag]
            for run in runs_of(self._client, self.experiment_id, f"tags.`{tag}` LIKE '%'")
        }
        run_ids = self.run_ids()
        wanted = {run_ids[key]: value for key, value in values.items() if key in run_ids}
        for run_id, value in wanted.items():
            if marked.get(run_id) != value:
                self._client.set_tag(run_id, tag, value)
        for run_id in marked.keys() - wanted.keys() if alone else ():
            self._client.delete_tag(run_id, tag)

    @as_tracking_error("logging figures to MLflow")
    def add_artifacts(self, run_id: str, artifacts: Mapping[str, bytes]) -> None:
        """Adds files to a logged run: path below its artifact folder to content."""
        with tempfile.TemporaryDirectory(prefix="rmsprop-lab-") as folder:
            write_files(Path(folder), dict(artifacts))
            self._client.log_artifacts(run_id, folder)

    @as_tracking_error("looking for artifacts in MLflow")
    def artifacts(self, run_id: str, folder: str) -> set[str]:
        """The paths of a run's artifacts that lie in `folder`."""
        return {file.path for file in self._client.list_artifacts(run_id, folder) if file.is_dir or file.file_size}

    @as_tracking_error("describing the experiment in MLflow")
    def describe(self, note: str, tags: Mapping[str, str]) -> None:
        """Sets the experiment's note, in Markdown, and its other `tags`."""
        for name, text in {"mlflow.note.content": note, **tags}.items():
            self._client.set_experiment_tag(self.experiment_id, name, text)


def _age(entry: Entry) -> tuple[int, str]:
    return entry.start_time, entry.run_id


def _cannot_bulk(reason: str) -> InputError:
    return InputError("tracking.writer", "auto or client", Found(f"bulk: {reason}"))
