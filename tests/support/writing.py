"""Runs to be written to MLflow, and what is read of them afterwards."""

import math
import re
import time
from pathlib import Path
from typing import Any, NamedTuple

from mlflow import MlflowClient

from rmsprop_lab.tracking.content import Point, RunContent
from rmsprop_lab.tracking.store import OWNER_TAG
from rmsprop_lab.tracking.tracker import MlflowTracker, StudyTracker

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"IEND\xaeB`\x82"
WEBP = b"RIFF\x04\x00\x00\x00WEBP"


class Store(NamedTuple):
    uri: str
    writer: str


def contents(count: int = 7, first: int = 0) -> list[RunContent]:
    """Runs as they come: curves, a failed one without metrics, one without pictures, the same numbers again."""
    found = []
    for index in range(first, first + count):
        curve = [Point("curve/value", math.cos(step * (index + 1)) * 10.0 ** (-step), step) for step in (0, 1, 2, 5, 9)]
        again = [
            Point("repeated", 1.5, 3),
            Point("repeated", 1.5, 3),
            Point("repeated", -2.0, 3),
            Point("repeated", 7.0, 1),
        ]
        odd = [Point("odd/nan", math.nan, 0), Point("odd/infinite", math.inf, 0), Point("odd/lowest", -math.inf, 0)]
        end = [Point("final/log10_gap", float(-index), 0), Point("final/steps_to_1e-3", 2.0**60, 0)]
        failed = index % 7 == 3
        found.append(
            RunContent(
                run_key=f"{index:064x}",
                name=f"rmsprop {index} ρ0.99 “ü” 漢",
                params={"step_size": repr(0.1 * index), "rho": "0", "long": "x" * 500, "text": "ü\n'\";--\t漢 \\N"},
                points=[] if failed else [*curve, *again, *odd, *end],
                tags={"objective": "bowl", "outcome": "failed" if failed else "ok"},
                colour="#123456",
                note="of {run_id} " + "n" * 9000,
                artifacts={"config.yaml": f"a: {index}".encode(), "deep/er/empty.txt": b"", "contour.png": PNG},
                images={} if failed else {("contour", 0): (PNG, WEBP)},
            )
        )
    return found


def open_study(uri: str, folder: Path, name: str, writer: str) -> StudyTracker:
    return MlflowTracker(uri, folder, writer).study(name, ["step_size", "rho"])


def files(client: MlflowClient, run_id: str, folder: str | None = None) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for file in client.list_artifacts(run_id, folder):
        if file.is_dir:
            found |= files(client, run_id, file.path)
        else:
            path = re.sub(r"timestamp\+\d+\+[0-9a-f-]{36}", "timestamp", file.path)
            found[path] = Path(client.download_artifacts(run_id, file.path)).read_bytes()
            assert file.file_size == len(found[path])
    return found


def as_read(client: MlflowClient, experiment_id: str) -> dict[str, Any]:
    """Everything of each run that does not differ from one writing to the next."""
    found = {}
    for run in client.search_runs([experiment_id]):
        info, tags = run.info, dict(run.data.tags)
        assert len(tags.pop(OWNER_TAG)) == 16
        assert info.run_id in tags["mlflow.note.content"]
        tags["mlflow.note.content"] = tags["mlflow.note.content"].replace(info.run_id, "")
        assert info.start_time <= info.end_time <= time.time() * 1000
        assert info.artifact_uri.endswith(f"/artifacts/{info.run_id}/artifacts")
        assert repr(client.get_run(info.run_id).to_dictionary()) == repr(run.to_dictionary())
        histories = {
            key: [(point.step, repr(point.value)) for point in client.get_metric_history(info.run_id, key)]
            for key in run.data.metrics
        }
        found[run.data.tags["run_key"]] = {
            "info": (info.run_name, info.status, info.lifecycle_stage, info.user_id),
            "params": run.data.params,
            "tags": tags,
            "latest": {key: repr(value) for key, value in run.data.metrics.items()},
            "histories": histories,
            "files": files(client, info.run_id),
            "inputs": (run.inputs.dataset_inputs, run.outputs.model_outputs),
        }
    return found
