"""The MLflow store, written through `MlflowClient` alone."""

import getpass
import logging
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import filelock

from rmsprop_lab.errors import Found, InputError, TrackingError
from rmsprop_lab.tracking.content import Point, RunContent
from rmsprop_lab.tracking.page import BEST_TAG
from rmsprop_lab.tracking.uri import KEY, artifact_root, check_uri, default_uri, redacted, sqlite_path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import mlflow.exceptions
from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Param, Run, RunStatus, RunTag, ViewType
from PIL import Image

_MOST_METRICS = 1000  # in one log_batch, by MLflow's own limit
_GRID_IMAGE = 256  # pixels: the image grid shows a copy of this size


@contextmanager
def _failures_in_words(doing: str) -> Iterator[None]:
    """What the store refuses becomes a `TrackingError`."""
    try:
        yield
    except (mlflow.exceptions.MlflowException, OSError) as error:
        reason = redacted(str(error)).strip().splitlines()[0]
        raise TrackingError(
            f"{doing}: {reason}. The results are on disk; the same command logs what MLflow lacks."
        ) from error


class MlflowTracker:
    """One store, opened; `study(name)` gives the experiment that a study logs to.

    Raises `InputError` (key `tracking.uri`) for a store that cannot be opened or has another schema.
    """

    def __init__(self, uri: str | None, output_dir: str | Path) -> None:
        self.is_default = uri is None
        self.uri = default_uri(output_dir) if uri is None else uri
        self._artifacts = artifact_root(output_dir) if self.uri.startswith("sqlite") else None
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what fails reaches the caller as an error
        if self.is_default:
            Path(output_dir).mkdir(parents=True, exist_ok=True)
        check_uri(self.uri)
        try:
            with _creation_lock(self.uri):  # several processes opening a fresh database at once all fail
                _create_whole(self.uri)
                self._client = MlflowClient(tracking_uri=self.uri)
                self._client.search_experiments(max_results=1)
        except mlflow.exceptions.MlflowException as error:
            raise InputError(
                KEY,
                f"a store that mlflow {mlflow.__version__} can read",
                Found(f"{redacted(self.uri)} ({redacted(str(error)).splitlines()[0]})"),
            ) from None

    def study(self, name: str, hyperparameters: Iterable[str]) -> "StudyTracker":
        """The experiment of a study, created if there is none; `hyperparameters` become params of every run."""
        with _failures_in_words(f"opening experiment {name!r} in {redacted(self.uri)}"):
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
        return StudyTracker(self._client, experiment, list(hyperparameters))


class StudyTracker:
    """One study's experiment. The caller holds the study's lock while it asks what is missing and logs it.

    Every method raises `TrackingError` if the store refuses something.
    """

    def __init__(self, client: MlflowClient, experiment: Experiment, hyperparameters: list[str]) -> None:
        self._client, self._experiment = client, experiment
        self._hyperparameters = hyperparameters
        self._common_tags = _source_tags()

    @property
    def experiment_id(self) -> str:
        return str(self._experiment.experiment_id)

    @_failures_in_words("asking MLflow for the study's runs")
    def run_ids(self) -> dict[str, str]:
        """The finished runs by `run_key`. Runs that were cut off are removed; older ones get missing params."""
        finished: dict[str, str] = {}
        for run in self._all_runs():
            key = run.data.tags.get("run_key")
            if key is None:
                continue
            if run.info.status != "FINISHED" or key in finished:
                self._client.delete_run(run.info.run_id)
                continue
            finished[key] = run.info.run_id
            for name in self._hyperparameters:
                if name not in run.data.params:
                    self._client.log_param(run.info.run_id, name, "0")
        return finished

    @_failures_in_words("logging a run to MLflow")
    def log(self, content: RunContent) -> None:
        """One run, whole: FINISHED only once everything has been accepted, else FAILED or, on Ctrl-C, KILLED."""
        status = RunStatus.FAILED
        run_id = None
        try:
            tags = {**self._common_tags, **content.tags, "run_key": content.run_key, "mlflow.runColor": content.colour}
            if content.images:
                tags["mlflow.loggedImages"] = "True"
            run = self._client.create_run(self._experiment.experiment_id, run_name=content.name, tags=tags)
            run_id = run.info.run_id
            self._log_numbers(run_id, content.params, content.points, content.note.replace("{run_id}", run_id))
            self._log_files(run_id, content.artifacts, content.images)
            status = RunStatus.FINISHED
        except KeyboardInterrupt:
            status = RunStatus.KILLED
            raise
        finally:
            if run_id is not None:
                # An interrupted transaction may hold the database: what counts is the error on its way.
                with nullcontext() if status == RunStatus.FINISHED else suppress(mlflow.exceptions.MlflowException):
                    self._client.set_terminated(run_id, RunStatus.to_string(status))

    @_failures_in_words("marking the best runs in MLflow")
    def mark_best(self, run_keys: Collection[str]) -> None:
        """Tags these runs, and no others, as the best ones, so that a saved view can show them alone."""
        for run in self._all_runs():
            marked, should = BEST_TAG in run.data.tags, run.data.tags.get("run_key") in run_keys
            if should and not marked:
                self._client.set_tag(run.info.run_id, BEST_TAG, "true")
            elif marked and not should:
                self._client.delete_tag(run.info.run_id, BEST_TAG)

    @_failures_in_words("logging figures to MLflow")
    def add_artifacts(self, run_id: str, artifacts: Mapping[str, bytes]) -> None:
        """Files for a run that is already there."""
        self._log_files(run_id, artifacts, {})

    @_failures_in_words("looking for artifacts in MLflow")
    def has_artifacts(self, run_id: str, folder: str) -> bool:
        """Whether a run has any artifact below `folder`."""
        return bool(self._client.list_artifacts(run_id, folder))

    @_failures_in_words("describing the experiment in MLflow")
    def describe(self, note: str, tags: Mapping[str, str]) -> None:
        """The experiment's note, in Markdown, and further tags of the experiment."""
        for name, text in {"mlflow.note.content": note, **tags}.items():
            self._client.set_experiment_tag(self.experiment_id, name, text)

    def _log_numbers(self, run_id: str, values: Mapping[str, str], points: Sequence[Point], note: str) -> None:
        now = int(time.time() * 1000)
        batch = [Metric(point.name, point.value, now, point.step) for point in points]
        for low in range(0, max(len(batch), 1), _MOST_METRICS):
            given = [Param(*item) for item in values.items()] if low == 0 else []
            tags = [RunTag("mlflow.note.content", note)] if low == 0 and note else []
            self._client.log_batch(run_id, batch[low : low + _MOST_METRICS], params=given, tags=tags)

    def _log_files(self, run_id: str, artifacts: Mapping[str, bytes], images: Mapping[str, bytes]) -> None:
        with tempfile.TemporaryDirectory(prefix="rmsprop-lab-") as folder:
            for path, content in {**artifacts, **_grid_layout(images)}.items():
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            self._client.log_artifacts(run_id, folder)

    def _all_runs(self) -> Iterable[Run]:
        token = None
        while True:
            page = self._client.search_runs(
                [self.experiment_id], run_view_type=ViewType.ACTIVE_ONLY, max_results=1000, page_token=token
            )
            yield from page
            token = page.token
            if not token:
                return


def _grid_layout(images: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that `log_image(key=..., step=0)` would write, which the image grid looks for."""
    files = {}
    for key, png in images.items():
        stem = f"images/{key}+step+0+timestamp+{int(time.time() * 1000)}+{uuid.uuid4()}"
        small = Image.open(BytesIO(png))
        small.thumbnail((_GRID_IMAGE, _GRID_IMAGE))
        buffer = BytesIO()
        small.save(buffer, "webp", quality=85)
        files[f"{stem}.png"], files[f"{stem}+compressed.webp"] = png, buffer.getvalue()
    return files


def _creation_lock(uri: str) -> AbstractContextManager[Any]:
    path = sqlite_path(uri)
    return nullcontext() if path is None else filelock.FileLock(f"{path}.lock")


def _create_whole(uri: str) -> None:
    """A new SQLite store under another name, renamed when it is complete: one that is cut off half-way through
    MLflow's migrations could never be opened again."""
    path = sqlite_path(uri)
    if path is None or path.exists():
        return
    for left_behind in path.parent.glob(f".{path.name}.new*"):
        left_behind.unlink()
    new = path.with_name(f".{path.name}.new")
    MlflowClient(tracking_uri=f"sqlite:///{new}").search_experiments(max_results=1)
    new.replace(path)


def _source_tags() -> dict[str, str]:
    """What `MlflowClient`, unlike the fluent API, does not set by itself."""
    tags = {"mlflow.source.name": "rmsprop-lab", "mlflow.source.type": "LOCAL"}
    with suppress(KeyError, OSError):  # a container's user may have no name
        tags["mlflow.user"] = getpass.getuser()
    if git := shutil.which("git"):
        commit = subprocess.run([git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
        if commit.returncode == 0:
            tags["mlflow.source.git.commit"] = commit.stdout.strip()
    return tags
