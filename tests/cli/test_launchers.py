"""Launchers of Hydra compute the shards of a study, and the command closes it: the union is the study, bit for bit.

Those that are not installed are skipped; `make engines` has Ray.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from support.processes import without_progress
from support.sharing import QUIET, SMALL, deadly, rows_of, tables_of

GIVEN = ("objective=[bowl,rosenbrock]", *SMALL, *QUIET)
INSTALLED = {
    "joblib": find_spec("hydra_plugins.hydra_joblib_launcher") if find_spec("hydra_plugins") else None,
    "submitit_local": find_spec("hydra_plugins.hydra_submitit_launcher") if find_spec("hydra_plugins") else None,
    "ray": find_spec("hydra_plugins.hydra_ray_launcher") if find_spec("hydra_plugins") else None,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize(
        "engine",
        [
            "basic",
            *(
                pytest.param(name, marks=pytest.mark.skipif(spec is None, reason=f"{name} is not installed"))
                for name, spec in INSTALLED.items()
            ),
        ],
    ),
]


def test_the_union_of_the_shards_is_the_study(lab, tmp_path: Path, engine: str) -> None:
    assert lab(*GIVEN, "name=s", "output_dir=whole").status == 0
    ended = lab("-m", f"hydra/launcher={engine}", "shards=3", *GIVEN, "name=s")
    assert ended.status == 0, ended.err
    assert ended.out.count("The order is that of the scores") == 1
    told = sorted(line.split(":")[0] for line in ended.err.splitlines() if line.startswith("shard "))
    assert told == ["shard 0 of 3", "shard 1 of 3", "shard 2 of 3"]
    assert len(without_progress(ended.err)) == 4  # with the plan
    assert tables_of(tmp_path / "whole/s") == tables_of(tmp_path / "outputs/s")
    pd.testing.assert_frame_equal(rows_of(tmp_path / "whole/s"), rows_of(tmp_path / "outputs/s"), check_exact=True)


def test_a_sweep_prints_no_warning_of_hydra(lab, engine: str) -> None:
    ended = lab("-m", f"hydra/launcher={engine}", "optimizer=gd", "n_iter=3,4", *QUIET)
    assert ended.status == 0, ended.err
    assert "Warning" not in ended.err


def test_a_worker_that_is_killed_is_told_and_the_same_command_finishes(lab, tmp_path: Path, engine: str) -> None:
    deadly(tmp_path, os.getpid())
    given = ("-m", f"hydra/launcher={engine}", "--config-dir", "mine", "objective=deadly", "shards=2", *SMALL, *QUIET)
    ended = lab(*given, "name=s")
    assert ended.status == 1, ended.err
    lines = without_progress(ended.err)
    assert len(lines) <= 5
    assert any(line.startswith("launcher: ended ") for line in lines), ended.err
    assert " of 2 lack" in lines[-1]
    assert "Traceback" not in ended.err
    again = lab(*given, "name=s")
    assert again.status == 0, again.err
    assert lab("--config-dir", "mine", "objective=deadly", *SMALL, *QUIET, "name=s", "output_dir=whole").status == 0
    assert tables_of(tmp_path / "whole/s") == tables_of(tmp_path / "outputs/s")
