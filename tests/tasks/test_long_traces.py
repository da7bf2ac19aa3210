"""Long descents: measured whole, kept thinned, within memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.studies import study

from rmsprop_lab import load, load_traces, run_study
from rmsprop_lab.evaluation import compute as batch
from rmsprop_lab.plan import problem
from rmsprop_lab.storage.folder import StudyFolder


def test_only_what_is_kept_is_thinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = study(n_iter=300, steps=(1e-3, 0.1, 10.0))
    run_study(whole, output_dir=tmp_path / "whole", tracking="none", figures=False)
    monkeypatch.setattr(problem, "MOST_KEPT", 40)
    monkeypatch.setattr(batch, "_SEGMENT_BYTES", 20_000)
    thin = study(n_iter=300, steps=(1e-3, 0.1, 10.0))
    run_study(thin, output_dir=tmp_path / "thin", tracking="none", figures=False)
    runs, kept = load("s", tmp_path / "whole"), load("s", tmp_path / "thin")
    assert (runs["outcome"] == "diverged").any()
    by_key = [table.sort_values("run_key", ignore_index=True) for table in (runs, kept)]
    assert by_key[0].equals(by_key[1])
    traces, few = load_traces("s", output_dir=tmp_path / "whole"), load_traces("s", output_dir=tmp_path / "thin")
    iterations = sorted(few["iteration"].unique())
    assert (iterations[0], iterations[-1]) == (0, 300)
    assert 20 < len(iterations) <= 40
    where = ["run_key", "start", "iteration"]
    expected = traces[traces["iteration"].isin(iterations)].sort_values(where, ignore_index=True)
    found = few.sort_values(where, ignore_index=True)
    assert found.drop(columns="point").equals(expected.drop(columns="point"))
    assert np.array_equal(np.stack(found["point"]), np.stack(expected["point"]), equal_nan=True)
    for trace in StudyFolder(tmp_path / "thin", "s").trace_of(list(kept["run_key"])).values():
        assert trace.iterations.tolist() == iterations


PEAK = """
import re, sys
from pathlib import Path
from rmsprop_lab.cli import main

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

try:
    main()
finally:
    print("PEAK", peak(), file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the /proc of Linux")
def test_a_hundred_thousand_iterations_stay_within_memory(tmp_path: Path) -> None:
    """Kept whole, these traces need 1.5 GB."""
    grid = ("optimizer.rmsprop.space.step_size.points=3", "optimizer.rmsprop.space.rho.points=3")
    grid += ("evaluation.count=0", "n_iter=100000", "tracking=none")
    given = ("objective=bowl", "optimizer=rmsprop", "search=grid", *grid)
    command = [sys.executable, "-c", PEAK, *given, "starts.count=10"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stderr.rpartition("PEAK")[2]) < 700  # MB, of which 220 are there before anything is computed
    assert len(load("study", tmp_path / "outputs")) == 9
