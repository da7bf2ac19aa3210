"""`jobs=N` computes a study in N processes: the same bits, and whatever happens to a process is told."""

import os
import signal
import time
from pathlib import Path

import pandas as pd
import pytest
from support.mlflow_runs import runs_in
from support.sharing import QUIET, SMALL, deadly, processes_with, rows_of, started, tables_of
from support.waiting import until

LONG = ("objective=[rosenbrock,bowl]", "optimizer=[gd,rmsprop,adam]", "search=random", "search.trials=64")
LONG = (*LONG, "n_iter=200000", "starts.count=64", "jobs=2", *QUIET)


@pytest.mark.slow
def test_two_processes_make_what_one_makes_bit_for_bit(lab, outputs: Path) -> None:
    given = ("objective=[bowl,rosenbrock]", *SMALL, "name=s")
    one = lab(*given, "tracking=none", "output_dir=alone")
    two = lab(*given, "jobs=2")
    assert (one.status, two.status) == (0, 0), two.err
    alone, shared = outputs.parent / "alone/s", outputs / "s"
    assert tables_of(alone) == tables_of(shared)
    pd.testing.assert_frame_equal(rows_of(alone), rows_of(shared), check_exact=True)
    for path in alone.glob("figures/*.png"):
        assert path.read_bytes() == (shared / "figures" / path.name).read_bytes(), path.name
    told = [line for line in two.err.splitlines() if line.startswith("shard ")]
    assert [line.split(":")[0] for line in sorted(told)] == ["shard 0 of 2", "shard 1 of 2"]
    assert "plan: 54 runs in 2 processes" in two.err
    _, runs = runs_in(outputs)
    assert len(runs) == len(rows_of(shared))
    again = lab(*given, "jobs=2")
    assert "nothing to compute" in again.out
    assert "shard " not in again.err


def test_there_are_no_more_processes_than_pieces_of_work(lab) -> None:
    ended = lab("optimizer=gd", "n_iter=3", "jobs=8", *QUIET)
    assert ended.status == 0
    assert "processes" not in ended.err


@pytest.mark.slow
def test_a_process_that_dies_is_named_and_the_same_command_finishes(lab, tmp_path: Path) -> None:
    deadly(tmp_path, os.getpid())
    given = ("--config-dir", "mine", "objective=deadly", *SMALL, *QUIET, "name=s", "jobs=2")
    ended = lab(*given)
    assert ended.status == 1
    assert "ended by SIGKILL" in ended.err
    assert ended.err.splitlines()[-1].startswith("rmsprop-lab: shard ")
    assert "lack" in ended.err.splitlines()[-1]
    assert "which is not ranked: the same command computes them" in ended.err
    assert "rank" not in ended.out
    assert not (tmp_path / "outputs/s/tables").exists()
    again = lab(*given)
    assert again.status == 0, again.err
    whole = lab(*given[:-2], "name=whole")
    assert whole.status == 0
    assert tables_of(tmp_path / "outputs/s") == tables_of(tmp_path / "outputs/whole")


def test_runs_that_fail_in_a_process_are_told_once(lab, tmp_path: Path) -> None:
    deadly(tmp_path, os.getpid())
    code = (tmp_path / "mine/objective/deadly.py").read_text()
    raising = code.replace("os.kill(os.getpid(), signal.SIGKILL)", "pass").replace("return 2.0 * point", "1 / 0")
    (tmp_path / "mine/objective/deadly.py").write_text(raising)
    given = ("optimizer=[gd,rmsprop,adam,momentum]", "n_iter=5", *QUIET, "jobs=2")
    ended = lab("--config-dir", "mine", "objective=[deadly,bowl]", *given)
    assert ended.status == 1
    assert "4 of 8 runs failed" in ended.err.splitlines()[-1]
    assert "bowl" in ended.out


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_processes_within_five_seconds(tmp_path: Path, number: int, status: int) -> None:
    name = f"signalled{number}"
    process = started(tmp_path, *LONG, f"name={name}")
    assert until(lambda: len(processes_with(name)) == 3)
    time.sleep(2)
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert time.monotonic() - began < 20  # 0.2 s on an idle machine; the most is 3.5 s and a kill
    assert "the same command continues the study" in err
    assert until(lambda: not processes_with(name))


def test_no_process_outlives_its_parent(tmp_path: Path) -> None:
    process = started(tmp_path, *LONG, "name=orphans")
    assert until(lambda: len(processes_with("orphans")) == 3)
    process.kill()
    process.communicate()
    assert until(lambda: not processes_with("orphans"))


def test_silence_ends_after_a_time_that_can_be_set(tmp_path: Path) -> None:
    process = started(tmp_path, *LONG, "name=silent", "limits.silence=0.5", "n_iter=10000000")
    _, err = process.communicate(timeout=200)
    assert process.returncode == 1
    assert "stopped, as nothing was heard for 0.5 s (limits.silence)" in err
    assert until(lambda: not processes_with("silent"))


def test_a_store_that_cannot_be_opened_is_refused_before_anything_is_computed(lab, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no database")
    ended = lab("jobs=2", "n_iter=5", f"tracking.uri=sqlite:///{tmp_path}/no.db")
    assert ended.status == 2
    assert not list(tmp_path.glob("outputs/study/shards"))
