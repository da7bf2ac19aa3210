"""Writing runs one by one through `MlflowClient`, to any store: a database or a server."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunStatus, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.utils.validation import MAX_METRICS_PER_BATCH

from rmsprop_lab.processes.deferred import deferred
from rmsprop_lab.tracking.content import MISSING_PARAM, RunContent
from rmsprop_lab.tracking.owners import OWNER_TAG
from rmsprop_lab.tracking.sharing import set_tag, unless_deleted
from rmsprop_lab.tracking.uri import is_database
from rmsprop_lab.tracking.writers.artifacts import files_of, write_files
from rmsprop_lab.tracking.writers.held import Held
from rmsprop_lab.tracking.writers.protocol import MEASURES_TAG, Entry, all_tags, note_of, now

_PAGE = 1000  # runs
_MOST_IDS = 2000  # in one filter: MLflow's parser takes 10,000 tokens, two an id; SQL Server 2,100 parameters
_FINISHED = RunStatus.to_string(RunStatus.FINISHED)


class ClientWriter:
    """Writes runs one by one. A run is FINISHED once all of it is stored; else FAILED or, after Ctrl-C, KILLED."""

    def __init__(self, client: MlflowClient, experiment_id: str, common_tags: dict[str, str]) -> None:
        self._client, self._experiment_id, self._common_tags = client, experiment_id, common_tags

    def entries(self, hyperparameters: Sequence[str]) -> list[Entry]:
        return [
            _entry(run, hyperparameters)
            for run in runs_of(self._client, self._experiment_id)
            if run.data.tags.get("run_key")
        ]

    def news(self, keys: Collection[str], known: Mapping[str, str]) -> list[Entry]:
        """MLflow's filters have lists of run ids, but neither lists of tags nor OR: so asks for all but the known."""
        return [
            _entry(run)
            for prefix, run_ids in _by_prefix(keys, known).items()
            for run in runs_of(self._client, self._experiment_id, _all_but(prefix, run_ids))
        ]

    def active(self, run_ids: Collection[str]) -> set[str]:
        asked = sorted(run_ids)
        return {
            run.info.run_id
            for low in range(0, len(asked), _PAGE)
            for run in runs_of(
                self._client, self._experiment_id, f"attributes.run_id IN {_listed(asked[low : low + _PAGE])}"
            )
        }

    def add_params(self, missing: Iterable[tuple[str, str]]) -> None:
        for run_id, name in missing:
            with unless_deleted(self._client, run_id):
                self._client.log_param(run_id, name, MISSING_PARAM)

    def tag(self, name: str, values: Mapping[str, str]) -> None:
        for run_id, text in values.items():
            set_tag(self._client, run_id, name, text)

    def write(self, contents: Sequence[RunContent]) -> Iterator[Entry]:
        in_process = is_database(self._client.tracking_uri)  # its locks outlive interrupted statements
        for content in contents:
            with deferred() if in_process else nullcontext():
                entry = self._log(content)
            yield entry

    def renew(self, run_id: str, content: RunContent) -> None:
        """Logs `final/*` again. MLflow cannot remove points of a curve, so curves stay as they are."""
        timestamp = now()
        final = [Metric(name, value, timestamp, step) for name, value, step in content.points if name[:6] == "final/"]
        tags = all_tags(content, {}) | note_of(content, run_id)
        self._client.log_batch(run_id, final, tags=[RunTag(*item) for item in tags.items()])

    def held(self, run_ids: Collection[str]) -> dict[str, Held]:
        return {run_id: self._held(run_id) for run_id in run_ids}

    def _held(self, run_id: str) -> Held:
        data = self._client.get_run(run_id).data
        steps = {name: {point.step for point in self._client.get_metric_history(run_id, name)} for name in data.metrics}
        params = dict.fromkeys(data.params, "")  # MLflow changes none
        return Held(steps, data.metrics, params, data.tags, self._sizes(run_id))

    def _sizes(self, run_id: str, folder: str | None = None) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for file in self._client.list_artifacts(run_id, folder):
            sizes |= self._sizes(run_id, file.path) if file.is_dir else {file.path: file.file_size or 0}
        return sizes

    def restore(self, run_id: str, content: RunContent, held: Held) -> None:
        tags = {name: text for name, text in self.tags_of(run_id, content).items() if name not in held.tags}
        self._log_numbers(run_id, held.lost_points(content), held.lost_params(content), tags)
        self._log_files(run_id, held.lost_files(content))

    def tags_of(self, run_id: str, content: RunContent) -> dict[str, str]:
        return all_tags(content, self._common_tags) | note_of(content, run_id)

    def _log(self, content: RunContent) -> Entry:
        status, run_id, span = RunStatus.FAILED, None, content.computed
        began, ended = ({"start_time": span.began}, span.ended) if span else ({}, None)
        try:
            tags = all_tags(content, self._common_tags)
            run = self._client.create_run(self._experiment_id, run_name=content.name, tags=tags, **began)
            run_id = str(run.info.run_id)
            self._log_numbers(run_id, content.points, content.params, note_of(content, run_id))
            self._log_files(run_id, files_of(content))
            status = RunStatus.FINISHED
        except KeyboardInterrupt:
            status = RunStatus.KILLED
            raise
        finally:
            if run_id is not None:
                # Setting the status may fail as well, e.g. in a locked database: the first error is the one to raise.
                with nullcontext() if status == RunStatus.FINISHED else suppress(MlflowException):
                    whole = status == RunStatus.FINISHED
                    self._client.set_terminated(run_id, RunStatus.to_string(status), ended if whole else None)
        owner, measures = tags.get(OWNER_TAG, ""), tags.get(MEASURES_TAG, "")
        return Entry(content.run_key, run_id, run.info.start_time, True, owner, measures=measures)

    def _log_numbers(
        self, run_id: str, points: Sequence[Any], given: Mapping[str, str], notes: Mapping[str, str]
    ) -> None:
        timestamp = now()
        metrics = [Metric(name, value, timestamp, step) for name, value, step in points]
        for low in range(0, max(len(metrics), 1), MAX_METRICS_PER_BATCH):
            params = [Param(*item) for item in given.items()] if low == 0 else []
            tags = [RunTag(*item) for item in notes.items()] if low == 0 else []
            self._client.log_batch(run_id, metrics[low : low + MAX_METRICS_PER_BATCH], params=params, tags=tags)

    def _log_files(self, run_id: str, files: dict[str, bytes]) -> None:
        with tempfile.TemporaryDirectory(prefix="rmsprop-lab-") as folder:
            write_files(Path(folder), files)
            self._client.log_artifacts(run_id, folder)


def _entry(run: Run, hyperparameters: Sequence[str] = ()) -> Entry:
    tags = run.data.tags
    lacks = tuple(name for name in hyperparameters if name not in run.data.params)
    finished, owner, measures = run.info.status == _FINISHED, tags.get(OWNER_TAG, ""), tags.get(MEASURES_TAG, "")
    return Entry(tags["run_key"], run.info.run_id, run.info.start_time, finished, owner, lacks, measures)


def _by_prefix(keys: Collection[str], known: Mapping[str, str]) -> dict[str, list[str]]:
    """The shortest prefixes of the keys for which no filter gets too long, each with the ids of its known runs."""
    for length in count():
        found: dict[str, list[str]] = {key[:length]: [] for key in keys}
        for key, run_id in known.items():
            if key[:length] in found:
                found[key[:length]].append(run_id)
        if all(len(run_ids) <= _MOST_IDS for run_ids in found.values()):
            return found
    raise AssertionError("a whole key has one known run")


def _all_but(prefix: str, run_ids: Sequence[str]) -> str:
    """The filter of the finished runs whose key begins with a prefix, without some runs."""
    found = f"attributes.status = '{_FINISHED}' AND tags.run_key LIKE '{prefix}%'"
    return f"{found} AND attributes.run_id NOT IN {_listed(run_ids)}" if run_ids else found


def _listed(run_ids: Sequence[str]) -> str:
    return f"({','.join(repr(str(run_id)) for run_id in run_ids)})"


def runs_of(client: MlflowClient, experiment_id: str, filter_string: str = "") -> Iterator[Run]:
    """The active runs of an experiment, page by page, with their params, tags and last metrics."""
    token = None
    while True:
        page = client.search_runs([experiment_id], filter_string, ViewType.ACTIVE_ONLY, _PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
