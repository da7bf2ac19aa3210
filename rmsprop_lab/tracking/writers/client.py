"""Writing runs one by one through `MlflowClient`, to any store: a database or a server."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunStatus, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.utils.validation import MAX_METRICS_PER_BATCH

from rmsprop_lab.tracking.content import MISSING_PARAM, RunContent
from rmsprop_lab.tracking.store import OWNER_TAG
from rmsprop_lab.tracking.writers.artifacts import files_of, write_files
from rmsprop_lab.tracking.writers.held import Held
from rmsprop_lab.tracking.writers.protocol import MEASURES_TAG, Entry, all_tags, note_of, now

_PAGE = 1000  # runs


class ClientWriter:
    """Writes runs one by one. A run is FINISHED once all of it is stored; else FAILED or, after Ctrl-C, KILLED."""

    def __init__(self, client: MlflowClient, experiment_id: str, common_tags: dict[str, str]) -> None:
        self._client, self._experiment_id, self._common_tags = client, experiment_id, common_tags

    def entries(self, hyperparameters: Sequence[str], since: int | None) -> list[Entry]:
        found = []
        recent = "" if since is None else f"attributes.start_time >= {since}"
        for run in runs_of(self._client, self._experiment_id, recent):
            if key := run.data.tags.get("run_key"):
                lacks = tuple(name for name in hyperparameters if name not in run.data.params)
                finished = run.info.status == RunStatus.to_string(RunStatus.FINISHED)
                owner = run.data.tags.get(OWNER_TAG, "")
                measures = run.data.tags.get(MEASURES_TAG, "")
                found.append(Entry(key, run.info.run_id, run.info.start_time, finished, owner, lacks, measures))
        return found

    def add_params(self, missing: Iterable[tuple[str, str]]) -> None:
        for run_id, name in missing:
            self._client.log_param(run_id, name, MISSING_PARAM)

    def write(self, contents: Sequence[RunContent]) -> Iterator[tuple[str, str]]:
        for content in contents:
            yield content.run_key, self._log(content)

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

    def _log(self, content: RunContent) -> str:
        status, run_id = RunStatus.FAILED, None
        try:
            tags = all_tags(content, self._common_tags)
            run = self._client.create_run(self._experiment_id, run_name=content.name, tags=tags)
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
                    self._client.set_terminated(run_id, RunStatus.to_string(status))
        return run_id

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


def runs_of(client: MlflowClient, experiment_id: str, filter_string: str = "") -> Iterator[Run]:
    """The active runs of an experiment, page by page, with their params, tags and last metrics."""
    token = None
    while True:
        page = client.search_runs([experiment_id], filter_string, ViewType.ACTIVE_ONLY, _PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
