"""A study's runs in MLflow: what is there, what is added, what the experiment says of itself."""

import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rmsprop_lab.errors import Found, InputError, TrackingWarning
from rmsprop_lab.tracking.store import open_store  # first: it sets what MLflow reads when it is imported

# isort: split
from mlflow import MlflowClient
from mlflow.entities import Experiment

from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.failures import failures_in_words
from rmsprop_lab.tracking.source import owner_of, source_tags
from rmsprop_lab.tracking.uri import WRITERS, artifact_root, default_uri, is_database, redacted
from rmsprop_lab.tracking.writers.artifacts import local_root, write_files
from rmsprop_lab.tracking.writers.bulk import BulkWriter, why_not
from rmsprop_lab.tracking.writers.client import ClientWriter, runs_of
from rmsprop_lab.tracking.writers.writer import Entry, Writer, now

_CLOCKS = 60_000  # ms that the clocks of machines which log to one experiment may differ


class MlflowTracker:
    """One store, opened; `study(name)` gives the experiment that a study logs to.

    `writer`: `bulk` writes many runs in one transaction, into a database that is reached directly; `client` one by
    one, into anything; `auto` chooses. Raises `InputError` for a store that cannot be opened or has another
    schema (key `tracking.uri`), and for a store that cannot be written to by the writer asked for.
    """

    def __init__(self, uri: str | None, output_dir: str | Path, writer: str = "auto") -> None:
        if writer not in WRITERS:
            raise InputError("tracking.writer", f"one of {', '.join(WRITERS)}", writer)
        self.is_default = uri is None
        self.uri = default_uri(output_dir) if uri is None else uri
        self._output_dir, self._writer = output_dir, writer
        self._artifacts = artifact_root(output_dir) if is_database(self.uri) else None
        if self.is_default:
            Path(output_dir).mkdir(parents=True, exist_ok=True)
        self._client = open_store(self.uri)
        self._reason = why_not(self.uri) if writer != "client" else "another writer is asked for"
        if writer == "bulk" and self._reason:
            raise _cannot_bulk(self._reason)
        if writer == "auto" and "schema" in self._reason:
            warnings.warn(f"runs are logged one by one: {self._reason}", TrackingWarning, stacklevel=2)

    def study(self, name: str, hyperparameters: Iterable[str]) -> "StudyTracker":
        """The experiment of a study, created if there is none; `hyperparameters` become params of every run."""
        with failures_in_words(f"opening experiment {name!r} in {redacted(self.uri)}"):
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
            raise _cannot_bulk(f"its artifacts go to {location}, which is no folder of this machine")
        if self._reason or root is None:
            return ClientWriter(self._client, number, source_tags(owner))
        return BulkWriter(self.uri, number, location, root, owner, source_tags(owner))


class StudyTracker:
    """One study's experiment. The caller holds the study's lock while it asks what is missing and logs it.

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
    def known(self) -> set[str]:
        """The run keys that are there as far as was seen, without asking again."""
        return set(self._known)

    @failures_in_words("asking MLflow for the study's runs")
    def run_ids(self) -> dict[str, str]:
        """The finished runs by `run_key`: all of them read once, afterwards what was added to them.

        Runs that were cut off and runs logged twice are removed; older ones get missing params.
        """
        latest = max((entry.start_time for entry in self._known.values()), default=None)
        known, removed, lacking = dict(self._known), [], []
        for entry in self._writer.entries(self._hyperparameters, None if latest is None else latest - _CLOCKS):
            if entry.finished:
                both = sorted({known.get(entry.run_key, entry), entry}, key=_age)  # every process keeps the same one
                known[entry.run_key] = both[0]
                removed += both[1:]
                lacking += [(entry.run_id, name) for name in entry.lacks]
            elif entry.owner in ("", self._owner):  # another's may be on its way
                removed.append(entry)
        for run_id in {entry.run_id for entry in removed} - {entry.run_id for entry in known.values()}:
            self._client.delete_run(run_id)
        self._writer.add_params(lacking)
        self._known = known
        return {key: entry.run_id for key, entry in known.items()}

    def log(self, content: RunContent) -> None:
        """One run, whole or not at all."""
        self.log_all([content])

    @failures_in_words("logging runs to MLflow")
    def log_all(self, contents: Sequence[RunContent], on_run: Callable[[], None] = lambda: None) -> int:
        """The runs that are not there yet, each whole or not at all; returns how many. `on_run` is called for each."""
        present, added = self.run_ids(), 0
        missing = [content for content in contents if content.run_key not in present]
        for key, run_id in self._writer.write(missing) if missing else ():
            self._known[key] = Entry(key, run_id, now(), True, self._owner)
            self.added, added = self.added + 1, added + 1
            on_run()
        for _ in range(len(contents) - added):
            on_run()
        return added

    @failures_in_words("marking runs in MLflow")
    def mark(self, tag: str, values: Mapping[str, str], alone: bool = True) -> None:
        """Gives the runs of these run keys a tag; if they `alone` are to have it, it is taken from all others."""
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

    @failures_in_words("logging figures to MLflow")
    def add_artifacts(self, run_id: str, artifacts: Mapping[str, bytes]) -> None:
        """Files for a run that is already there."""
        with tempfile.TemporaryDirectory(prefix="rmsprop-lab-") as folder:
            write_files(Path(folder), dict(artifacts))
            self._client.log_artifacts(run_id, folder)

    @failures_in_words("looking for artifacts in MLflow")
    def has_artifacts(self, run_id: str, folder: str) -> bool:
        """Whether a run has any artifact below `folder`."""
        return bool(self._client.list_artifacts(run_id, folder))

    @failures_in_words("describing the experiment in MLflow")
    def describe(self, note: str, tags: Mapping[str, str]) -> None:
        """The experiment's note, in Markdown, and further tags of the experiment."""
        for name, text in {"mlflow.note.content": note, **tags}.items():
            self._client.set_experiment_tag(self.experiment_id, name, text)


def _age(entry: Entry) -> tuple[int, str]:
    return entry.start_time, entry.run_id


def _cannot_bulk(reason: str) -> InputError:
    return InputError("tracking.writer", "auto or client", Found(f"bulk: {reason}"))
