"""Writing in bulk from several processes, killed, and on a full disk."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.processes import ENVIRONMENT
from support.writing import contents, open_study

CHILD = """
import sys
from pathlib import Path
from support.writing import contents, open_study
study = open_study(sys.argv[1], Path(sys.argv[2]), sys.argv[3], "bulk")
print("ready", flush=True)
sys.stdin.readline()
for low in range(0, 30, 10):
    study.log_all(contents(10, first=low))
"""


def child(uri: str, folder: Path, name: str, program: str = CHILD) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, uri, str(folder), name],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    line = started.stdout.readline()
    assert line == "ready\n", started.communicate()
    return started


@pytest.mark.slow
def test_two_processes_with_different_locks_never_double_a_run(uri: str, name: str, tmp_path: Path) -> None:
    open_study(uri, tmp_path, name, "bulk")
    children = [child(uri, tmp_path / place, name) for place in ("a", "b")]
    for one in children:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in children:
        _, err = one.communicate()
        assert one.returncode == 0, err
    study = open_study(uri, tmp_path, name, "bulk")
    runs = MlflowClient(uri).search_runs([study.experiment_id])
    assert sorted(run.data.tags["run_key"] for run in runs) == [content.run_key for content in contents(30)]
    assert {path.name for path in (tmp_path / "artifacts").iterdir()} == {run.info.run_id for run in runs}


KILLED = """
import os, signal, sys
from pathlib import Path
from rmsprop_lab.tracking.writers import bulk as bulk_writer
from support.writing import contents, open_study
study = open_study(sys.argv[1], Path(sys.argv[2]), sys.argv[3], "bulk")
study.log_all(contents(5))
insert = bulk_writer._insert
def fatal(connection, model, rows):
    insert(connection, model, rows)
    if model.__tablename__ == "metrics":
        os.kill(os.getpid(), signal.SIGKILL)
bulk_writer._insert = fatal
print("ready", flush=True)
study.log_all(contents(20))
"""


def test_killed_in_the_middle_of_a_batch_nothing_is_lost_or_doubled(uri: str, name: str, tmp_path: Path) -> None:
    killed = child(uri, tmp_path, name, KILLED)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    client = MlflowClient(uri)
    experiment_id = client.get_experiment_by_name(name).experiment_id
    assert len(client.search_runs([experiment_id])) == 5
    assert len([path for path in (tmp_path / "artifacts").iterdir() if path.name[0] != "."]) == 20
    study = open_study(uri, tmp_path, name, "bulk")
    assert len(study.run_ids()) == 5
    assert len(list((tmp_path / "artifacts").iterdir())) == 5, "what the killed batch left behind"
    assert study.log_all(contents(20)) == 15
    assert len(client.search_runs([experiment_id])) == 20
    assert len(list((tmp_path / "artifacts").iterdir())) == 20


FULL = """
import resource, signal, sys
from pathlib import Path
from support.writing import contents, open_study
study = open_study(sys.argv[1], Path(sys.argv[2]), sys.argv[3], "bulk")
study.log_all(contents(5))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path(sys.argv[1].removeprefix("sqlite:///")).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
print("ready", flush=True)
study.log_all(contents(400))
"""


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_nothing_of_the_batch(sqlite: str, tmp_path: Path) -> None:
    uri = sqlite
    full = child(uri, tmp_path, "s", FULL)
    _, err = full.communicate()
    assert full.returncode == 1
    assert "TrackingError: logging runs to MLflow: " in err
    assert re.search("disk|full|I/O|locked", err.splitlines()[-1]), err
    study = open_study(uri, tmp_path, "s", "bulk")
    assert len(study.run_ids()) == 5
    assert study.log_all(contents(400)) == 395
