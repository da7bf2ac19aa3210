"""A run into MLflow against the usual way and against what it cannot do without, and how that grows with the runs."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import ROOT, Row, run_output
from rmsprop_lab.objectives import Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.encoding import Picture
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.run import run_study
from rmsprop_lab.tracking.page import OWN_RUNS

TITLE = "MLflow"
ABOUT = """The time of the usual way over ours, per run, each into a SQLite store: `start_run`, `log_params`, 50 calls
of `log_metric` for each of 3 curves, a contour plot by pyplot through `log_figure`. Ours is what a study does for runs
that are on disk, 1,000 of them: 2 curves and all measures, contour plots, the trace, and the figures and page of the
study. Both are read back. Without drawing, every contour plot is the same ready one. The floor is what logging cannot
do without, in one thread: the rows by `executemany` in one transaction, the files written, the path drawn over a plane
that is there; ours is over it without the study's figures. Opening: what a process that has all else of a command
imported takes to import MLflow and open a store. Growth: a grid that is computed and logged, after the
imports; the exponent is the slope of log time against log runs."""
N_ITER, ROUNDS, OURS, THEIRS = 50, 5, 1_000, 4
SIZES = (1_000, 3_000, 10_000)
CURVES = ("curve/himmelblau/value", "curve/himmelblau/log10_gap", "curve/himmelblau/gradient_norm")


def rows() -> list[Row]:
    return [*_against_the_usual_way(), _against_the_floor(), _opening(), *_growth()]


def a_study(runs: int) -> Study:
    """A grid of this many runs, about; one start, as the usual way has it."""
    side = round(runs**0.5)
    space = {
        "step_size": Range(low=1e-4, high=0.5, scale="log", points=side),
        "rho": Range(low=0.5, high=0.999, scale="log_complement", points=round(runs / side)),
    }
    optimizers = {"rmsprop": RMSProp(0.01, 0.9)}
    return Study(
        "s", {"himmelblau": Himmelblau()}, optimizers, Starts(count=1), N_ITER, Search("grid"), {"rmsprop": space}
    )


def _against_the_usual_way() -> list[Row]:
    from rmsprop_lab.plots.run_picture.workers import PictureWorkers
    from rmsprop_lab.tracking.tracker import MlflowTracker

    study, times = a_study(OURS), {"usual": [], "ours": [], "ours, without drawing": []}
    drawn = PictureWorkers.draw
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run_study(study, output_dir=folder / "computed", tracking="none")
        MlflowTracker(None, folder / "empty")
        shutil.copytree(folder / "empty", folder / "usual")
        computed = StudyFolder(folder / "computed", "s")
        some = computed.trace_of(sorted(computed.run_keys())[:THEIRS])
        usual = _TheUsualWay(folder / "usual", list(some.values()))
        for turn in range(ROUNDS):
            for name in list(times)[turn % 3 :] + list(times)[: turn % 3]:
                if name == "usual":
                    times[name].append(_seconds(usual) / THEIRS)
                    continue
                if name != "ours":
                    ready = picture_of(folder / "computed")
                    PictureWorkers.draw = lambda self, sketches, ready=ready: (  # type: ignore[method-assign]
                        Picture(bytes(bytearray(ready)), b"small") for _ in sketches
                    )
                output = folder / f"{turn}{name}"
                shutil.copytree(folder / "computed", output)
                shutil.copytree(folder / "empty", output, dirs_exist_ok=True)
                times[name].append(_seconds(partial(_logged, study, output)) / len(study))
                PictureWorkers.draw = drawn  # type: ignore[method-assign]
                check_read_back(output, len(study))
                shutil.rmtree(output)
    seconds = {name: np.array(found) for name, found in times.items()}
    found = []
    for name, least in (("ours", 60), ("ours, without drawing", None)):
        note = f"{1e3 * np.median(seconds['usual']):.0f} ms against {1e3 * np.median(seconds[name]):.1f} ms a run"
        found.append(Row(f"the usual way, {name}", tuple(seconds["usual"] / seconds[name]), at_least=least, note=note))
    return found


def _logged(study: Study, output: Path) -> None:
    """Opens the store beside the folder, whatever store is named elsewhere, and logs."""
    from rmsprop_lab.tracking.tracker import MlflowTracker

    run_study(study, output_dir=output, tracking=MlflowTracker("local", output))


def picture_of(output: Path) -> bytes:
    return (output / "s/figures/himmelblau_rmsprop.png").read_bytes()


def check_read_back(output: Path, runs: int) -> None:
    """What was logged is there: every run, whole."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{output}/mlflow.db")
    found = client.search_runs([client.get_experiment_by_name("s").experiment_id], OWN_RUNS, max_results=50_000)
    assert len(found) == runs
    run = found[runs // 2]
    for name in CURVES[1:]:
        assert len(client.get_metric_history(run.info.run_id, name)) > N_ITER // 2
    assert "contour.png" in {file.path for file in client.list_artifacts(run.info.run_id)}


class _TheUsualWay:
    """One run after another, as tutorials log them."""

    def __init__(self, folder: Path, traces: list[Any]) -> None:
        import mlflow

        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        mlflow.create_experiment("usual", artifact_location=(folder / "artifacts").as_uri())
        mlflow.set_experiment("usual")
        self._traces = traces

    def __call__(self) -> None:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        import mlflow

        objective = Himmelblau()
        for trace in self._traces:
            with mlflow.start_run() as active:
                mlflow.log_params({"objective": "himmelblau", "optimizer": "rmsprop", "step_size": 0.01, "rho": 0.9})
                for step in range(N_ITER):
                    mlflow.log_metric(CURVES[0], trace.values[step, 0], step=step)
                    mlflow.log_metric(CURVES[1], np.log10(max(trace.values[step, 0], 1e-16)), step=step)
                    mlflow.log_metric(CURVES[2], trace.gradient_norms[step, 0], step=step)
                x = y = np.arange(-5.0, 5.0, 0.05)
                figure, axes = plt.subplots(figsize=(5.2, 4.4))
                filled = axes.contourf(x, y, objective.value(np.stack(np.meshgrid(x, y))), levels=50, cmap="jet")
                figure.colorbar(filled)
                axes.plot(trace.points[:, 0, 0], trace.points[:, 1, 0], ".-", color="w")
                mlflow.log_figure(figure, "contour.png")
                plt.close(figure)
            history = mlflow.MlflowClient().get_metric_history(active.info.run_id, CURVES[0])
            assert len(history) == N_ITER


def _against_the_floor() -> Row:
    from rmsprop_lab.tracking.tracker import MlflowTracker

    study, ratios, floors = a_study(OURS), [], []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run_study(study, output_dir=folder / "computed", tracking="none")
        MlflowTracker("local", folder / "empty")
        floor = _Floor(study, folder)
        for turn in range(ROUNDS):
            output = folder / str(turn)
            shutil.copytree(folder / "computed", output)
            shutil.copytree(folder / "empty", output, dirs_exist_ok=True)
            tracker = MlflowTracker("local", output)
            least = _seconds(floor)
            log = partial(run_study, study, output_dir=output, tracking=tracker, figures=False, report=False)
            ratios.append(_seconds(log) / least)
            floors.append(1e3 * least / len(study))
            check_read_back(output, len(study))
            shutil.rmtree(output)
    note = f"{np.median(floors):.1f} ms a run for the floor"
    return Row("a logged run over the floor", tuple(ratios), at_most=2, note=note)


class _Floor:
    """Inserts, writes and draws what MLflow gets of a study's runs; all of it is prepared before."""

    def __init__(self, study: Study, folder: Path) -> None:
        from rmsprop_lab.report.run_page import RunContents
        from rmsprop_lab.tracking.writers.artifacts import files_of
        from rmsprop_lab.tracking.writers.protocol import all_tags, note_of
        from rmsprop_lab.tracking.writers.rows import COLUMNS, rows_of

        (cell,), computed, describe = study.cells, StudyFolder(folder / "computed", "s"), RunContents(study, [])
        keys = sorted(computed.run_keys())
        runs = [(cell, cell.run(given)) for given in computed.hyperparameters(keys).values()]
        traces = computed.trace_of(keys)
        contents = describe.wholes(runs, computed.run_rows(keys), traces, dict.fromkeys(keys, "#000000"))
        self._folder, self._inserts, self._files = folder, dict[str, list[Any]](), list[dict[str, bytes]]()
        for number, content in enumerate(contents):
            run_id = f"{number:032x}"
            self._files.append(files_of(content))
            tags = all_tags(content, {}) | note_of(content, run_id)
            for model, rows in rows_of(run_id, content, tags, 0, "file:///nowhere", 0):
                columns = COLUMNS[model]
                insert = (
                    f"INSERT INTO {model.__tablename__} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
                )
                self._inserts.setdefault(insert, []).extend(rows)
        self._sketches = list(describe._sketches(runs, computed.run_rows(keys), traces))
        describe.close()

    def __call__(self) -> None:
        from rmsprop_lab.tracking.writers.artifacts import write_files

        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            shutil.copy(self._folder / "empty/mlflow.db", place)
            with closing(sqlite3.connect(Path(place) / "mlflow.db")) as database, database:
                for insert, rows in self._inserts.items():
                    database.executemany(insert, rows)
            for number, files in enumerate(self._files):
                write_files(Path(place) / str(number), files)
            for sketch in self._sketches:
                sketch.drawn()


OPEN = """
import sys, time
from rmsprop_lab.cli import job, prepare
from rmsprop_lab.tasks import cells, closing
prepare()
assert "mlflow" not in sys.modules
began = time.perf_counter()
from rmsprop_lab.tracking.tracker import MlflowTracker
MlflowTracker("local", sys.argv[1])
print(time.perf_counter() - began)
"""


def _opening() -> Row:
    with tempfile.TemporaryDirectory() as output:
        command = [sys.executable, "-c", OPEN, output]
        seconds = [float(run_output(command, ROOT)) for _ in range(2 * ROUNDS + 1)][1:]  # the first makes the store
    return Row("opening the store", tuple(seconds), at_most=1.5, unit="s")


# The peak is that of the process and the ones it started, each on its own.
GROW = """
import re, resource, sys, time
from pathlib import Path
from benchmarks.mlflow import a_study, check_read_back
from rmsprop_lab.tasks.run import run_study
began = time.perf_counter()
study = a_study(int(sys.argv[1]))
run_study(study, output_dir=sys.argv[2])
seconds = time.perf_counter() - began
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
check_read_back(Path(sys.argv[2]), len(study))
print(seconds, peak, len(study))
"""


def _growth() -> list[Row]:
    seconds, peaks, sizes, disk = [], [], [], 0.0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as output:
            command = [sys.executable, "-W", "ignore", "-c", GROW, str(size), output]
            environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"}
            ended = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
            if ended.returncode:
                raise RuntimeError(ended.stderr[-800:])
            took, peak, runs = map(float, re.split(r"\s+", ended.stdout.strip()))
            seconds.append(took)
            peaks.append(peak / 1024)
            sizes.append(runs)
            disk = sum(
                path.stat().st_blocks * 512 / path.stat().st_nlink for path in Path(output).rglob("*") if path.is_file()
            )
    slope = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
    note = ", ".join(f"{took:.0f} s" for took in seconds) + f" for {', '.join(f'{size:,.0f}' for size in sizes)} runs"
    return [
        Row("10,000 runs computed and logged", (seconds[-1],), at_most=60, unit="s", note=note),
        Row("exponent in runs", (slope,), at_most=1.1, unit=""),
        Row("peak memory, 10,000 runs", (peaks[-1],), at_most=1024, unit="MB"),
        Row("disk per run, everything", (disk / sizes[-1] / 1e3,), unit="kB"),
    ]


def _seconds(task: Any) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began
