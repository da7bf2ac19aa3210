"""A study's experiment in MLflow: which runs it has, logging those it lacks, its page."""

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rmsprop_lab.tracking.store import as_tracking_error  # sets MLflow up: first

# isort: split
from mlflow import MlflowClient
from mlflow.entities import Experiment

from rmsprop_lab.plan.scores import MEASURES_VERSION
from rmsprop_lab.tracking import sharing
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.writers.artifacts import write_files
from rmsprop_lab.tracking.writers.client import runs_of
from rmsprop_lab.tracking.writers.held import Held
from rmsprop_lab.tracking.writers.protocol import Entry, Writer, oldest

HOLDS_TAG = "holds"
"""Tag of runs that are not the study's own: SHA-256 of what they show."""

_NOTE_TAG = "mlflow.note.content"
_ROUNDS = 3  # of marking: the second looks whether another process has undone the first


class StudyTracker:
    """One study's experiment. Whoever asks which runs are missing and logs them holds its `tracking_lock`.

    Every method raises `TrackingError` if the store refuses something.
    """

    def __init__(
        self,
        client: MlflowClient,
        experiment: Experiment,
        writer: Writer,
        owner: str,
        place: str,
        hyperparameters: list[str],
    ) -> None:
        self._client, self._experiment, self._writer, self._owner = client, experiment, writer, owner
        self._hyperparameters = hyperparameters
        self._known: dict[str, Entry] = {}
        self._is_read = False
        self.place = place
        """The study's folder, in words, see `place_of`."""
        self.added = 0

    @property
    def experiment_id(self) -> str:
        return str(self._experiment.experiment_id)

    @property
    def name(self) -> str:
        """The experiment's name, which a person may have changed."""
        return str(self._experiment.name)

    @property
    def outdated(self) -> set[str]:
        """The keys of the runs seen whose numbers were taken by other definitions than this version's."""
        return {key for key, entry in self._known.items() if entry.measures != str(MEASURES_VERSION)}

    @property
    def known(self) -> set[str]:
        """The keys of the runs seen or logged so far, without asking the store."""
        return set(self._known)

    @as_tracking_error("asking MLflow for the study's runs")
    def run_ids(self, keys: Collection[str] | None = None, again: bool = False) -> dict[str, str]:
        """The ids of the finished runs by `run_key`: of all runs, or of those with these `keys`.

        The first call, and each without keys, reads all runs; the others ask the store for those keys that they do not
        know, with `again` also whether the runs that they know are still there. Whose clock is right never matters.

        Reading all deletes runs of this folder that were interrupted, and adds the params that runs lack. Of runs with
        one key all but the oldest are deleted.
        """
        if keys is None or not self._is_read:
            self._read()
        else:
            if again:
                self._forget_deleted(keys)
            self._ask(keys if again else [key for key in keys if key not in self._known])
        return {key: self._known[key].run_id for key in (self._known if keys is None else keys) if key in self._known}

    def _read(self) -> None:
        entries = self._writer.entries(self._hyperparameters)
        self._known = {}
        deleted = self._take([entry for entry in entries if entry.finished])
        for entry in entries:
            if not entry.finished and entry.owner in ("", self._owner):  # another folder's may be being written
                sharing.delete_run(self._client, entry.run_id)
        self._writer.add_params(
            (entry.run_id, name)
            for entry in entries
            if entry.finished and entry.run_id not in deleted
            for name in entry.lacks
        )
        self._is_read = True

    def _forget_deleted(self, keys: Collection[str]) -> None:
        seen = {self._known[key].run_id: key for key in keys if key in self._known}
        for run_id in seen.keys() - (self._writer.active(seen) if seen else set()):
            del self._known[seen[run_id]]

    def _ask(self, keys: Collection[str]) -> None:
        if keys:
            self._take(self._writer.news(keys, {key: entry.run_id for key, entry in self._known.items()}))

    def _take(self, found: Sequence[Entry]) -> set[str]:
        """Takes note of finished runs. Of those with one key it deletes all but the oldest; returns the deleted."""
        before = [self._known[key] for key in {entry.run_key for entry in found} & self._known.keys()]
        stay = oldest([*found, *before])
        deleted = {entry.run_id for entry in [*found, *before]} - {entry.run_id for entry in stay.values()}
        for run_id in deleted:
            sharing.delete_run(self._client, run_id)
        self._known |= stay
        return deleted

    def log(self, content: RunContent) -> None:
        """Logs one run, whole or not at all."""
        self.log_all([content])

    @as_tracking_error("logging runs to MLflow")
    def log_all(self, contents: Sequence[RunContent], on_run: Callable[[], None] = lambda: None) -> int:
        """Logs the runs that the store lacks, each whole or not at all; returns how many.

        `on_run` is called for each of `contents`, also for those that were there.
        """
        present, added = self.run_ids([content.run_key for content in contents]), 0
        missing = [content for content in contents if content.run_key not in present]
        for _ in self._written(missing):
            self.added, added = self.added + 1, added + 1
            on_run()
        for _ in range(len(contents) - added):
            on_run()
        return added

    @as_tracking_error("summing the study up in MLflow")
    def add(self, contents: Sequence[RunContent]) -> None:
        """Writes runs that are not the study's own, and do not count as such."""
        present = self.run_ids([content.run_key for content in contents])
        for _ in self._written([content for content in contents if content.run_key not in present]):
            pass

    def _written(self, missing: Sequence[RunContent]) -> Iterator[Entry]:
        for entry in self._writer.write(missing) if missing else ():
            self._known[entry.run_key] = entry
            yield entry
        self._ask([content.run_key for content in missing])  # another machine may have logged them at the same time

    @as_tracking_error("renewing runs in MLflow")
    def renew(self, contents: Mapping[str, RunContent]) -> None:
        """Replaces the numbers and notes of logged runs: contents by the `run_key` that a run has in the store."""
        for key, content in contents.items():
            entry = self._known.pop(key)
            with sharing.unless_deleted(self._client, entry.run_id):
                self._writer.renew(entry.run_id, content)
            self._known[content.run_key] = entry._replace(run_key=content.run_key, measures=str(MEASURES_VERSION))

    @as_tracking_error("looking for what MLflow has lost")
    def lacking(self, contents: Iterable[RunContent]) -> list[str]:
        """The keys of logged runs of which the store has lost something. Pictures need not be drawn for that."""
        asked = {content.run_key: content for content in contents}
        logged = {key: asked[key] for key in self.run_ids(asked, again=True)}
        held = self._writer.held([self._known[key].run_id for key in logged])
        return [key for key, content in logged.items() if self._lacks(held, content)]

    def _lacks(self, held: Mapping[str, Held], content: RunContent) -> bool:
        run_id = self._known[content.run_key].run_id
        return held[run_id].lacks(content, self._writer.tags_of(run_id, content))

    @as_tracking_error("restoring runs in MLflow")
    def restore(self, contents: Sequence[RunContent]) -> int:
        """Adds to logged runs what the store has lost of them; returns how many runs that were."""
        run_ids = self.run_ids([content.run_key for content in contents], again=True)
        logged = [content for content in contents if content.run_key in run_ids]
        held = self._writer.held([run_ids[content.run_key] for content in logged])
        lacking = [content for content in logged if self._lacks(held, content)]
        for content in lacking:
            run_id = self._known[content.run_key].run_id
            with sharing.unless_deleted(self._client, run_id):
                self._writer.restore(run_id, content, held[run_id])
        return len(lacking)

    @as_tracking_error("marking runs in MLflow")
    def mark(self, tag: str, values: Mapping[str, str], alone: bool = True) -> None:
        """Tags runs: `values` by run key. With `alone` the tag is removed from all other runs.

        A run that another process deletes meanwhile is passed over. Of processes that mark at once the last one wins.
        """
        wanted = {run_id: values[key] for key, run_id in self.run_ids(values, again=True).items()}
        for _ in range(_ROUNDS):
            marked = self._marked(tag)
            lacking = {run_id: value for run_id, value in wanted.items() if marked.get(run_id) != value}
            spare = marked.keys() - wanted.keys() if alone else set[str]()
            if not lacking and not spare:
                return
            self._writer.tag(tag, lacking)
            for run_id in spare:
                sharing.delete_tag(self._client, run_id, tag)

    def _marked(self, tag: str) -> dict[str, str]:
        """The runs with a tag, and its values."""
        tagged = runs_of(self._client, self.experiment_id, f"tags.`{tag}` LIKE '%'")
        # MLflow finds runs first and reads their tags later: by then another process may have removed this one.
        return {run.info.run_id: run.data.tags[tag] for run in tagged if tag in run.data.tags}

    @as_tracking_error("logging figures to MLflow")
    def add_artifacts(self, run_id: str, artifacts: Mapping[str, bytes]) -> None:
        """Adds files to a logged run: path below its artifact folder to content."""
        with tempfile.TemporaryDirectory(prefix="rmsprop-lab-") as folder:
            write_files(Path(folder), dict(artifacts))
            with sharing.unless_deleted(self._client, run_id):
                self._client.log_artifacts(run_id, folder)

    @as_tracking_error("logging the report to MLflow")
    def hold(self, content: RunContent, files: Mapping[str, bytes]) -> str:
        """Gives the run of a key its files, unless it has the same ones, and returns its id; it is no run of the study.

        Args:
            content: The run, created if there is none.
            files: Its files by path below its artifact folder.
        """
        key = content.run_key
        self.run_ids([key], again=True)
        self.add([content])
        run_id = self._known[key].run_id
        told = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest()
        changed = self._client.get_run(run_id).data.tags.get(HOLDS_TAG) != told
        sizes = {} if changed else self._sizes(run_id, {str(Path(name).parent) for name in files})
        if lacking := {name: content for name, content in files.items() if sizes.get(name) != len(content)}:
            self.add_artifacts(run_id, lacking)
        if changed:
            sharing.set_tag(self._client, run_id, HOLDS_TAG, told)
        return run_id

    @as_tracking_error("summing the study up in MLflow")
    def outdated_of(self, phase: str, digests: Mapping[str, str]) -> list[str]:
        """Deletes the runs of a phase that show something else than they should; returns the keys of those to write.

        Args:
            phase: The phase; the keys of its runs begin with its name and a dot.
            digests: What each run should show, as a hash, by its key; a run has it as the tag `HOLDS_TAG`.
        """
        self.run_ids(digests, again=True)
        for key in [key for key in self._known if key.startswith(f"{phase}.")]:
            run_id = self._known[key].run_id
            if self._client.get_run(run_id).data.tags.get(HOLDS_TAG) != digests.get(key):
                sharing.delete_run(self._client, run_id)
                del self._known[key]
        return [key for key in digests if key not in self._known]

    def _sizes(self, run_id: str, folders: Iterable[str]) -> dict[str, int]:
        """The sizes of a run's artifacts in some folders, by path."""
        found = (file for folder in folders for file in self._client.list_artifacts(run_id, folder.strip(".") or None))
        return {file.path: file.file_size or 0 for file in found if not file.is_dir}

    @as_tracking_error("looking for artifacts in MLflow")
    def artifacts(self, run_id: str, folder: str) -> set[str]:
        """The paths of a run's artifacts that lie in `folder`."""
        return {file.path for file in self._client.list_artifacts(run_id, folder) if file.is_dir or file.file_size}

    @as_tracking_error("describing the experiment in MLflow")
    def describe(self, note: str, tags: Mapping[str, str], over: bool = True) -> None:
        """Sets the experiment's note, in Markdown, and its other `tags`; `over`: also over those of an earlier note."""
        if not over and _NOTE_TAG in self._client.get_experiment(self.experiment_id).tags:
            return
        for name, text in {**tags, _NOTE_TAG: note}.items():  # the note last: with it the rest is there
            sharing.set_experiment_tag(self._client, self.experiment_id, name, text)
