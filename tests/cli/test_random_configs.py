"""Random command lines: each is read, or refused in one line that names a key, in time and without creating anything.

`make test` reads 300 of them in one process, and runs each hundredth as a command. RMSPROP_LAB_CONFIGS says how many.
"""

import os
import resource
import time
from pathlib import Path

import pytest
from hydra.errors import HydraException
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf.errors import OmegaConfBaseException

from rmsprop_lab.cli.composing import _hydra_at_work, _initialized, compose
from rmsprop_lab.cli.endings import ending
from rmsprop_lab.cli.job import Job
from rmsprop_lab.cli.overrides import as_typed, check_digits, parsed, with_null_as_no_option
from rmsprop_lab.errors import LabError

COUNT = int(os.environ.get("RMSPROP_LAB_CONFIGS", "300"))
MOST_SECONDS, MOST_BYTES = 5.0, 500 * 2**20

KEYS = [
    "task",
    "name",
    "output_dir",
    "n_iter",
    "print_trace",
    "figures",
    "animate",
    "engine",
    "shards",
    "shard",
    "target",
    "trust",
    "evaluation.count",
    "evaluation.seed",
    "search",
    "search.method",
    "search.score",
    "search.over",
    "search.points",
    "search.trials",
    "search.seed",
    "search.batch",
    "search.repeats",
    "search.widen",
    "tracking.uri",
    "tracking.writer",
    "tracking.backend",
    "landscape.resolution",
    "limits.runs",
    "limits.wait",
    "starts",
    "starts.count",
    "starts.seed",
    "starts.method",
    "starts.points",
    "objective",
    "optimizer",
    "experiment",
    "objective.bowl",
    "objective.bowl.dim",
    "objective.bowl.bounds",
    "objective.bowl._target_",
    "optimizer.rmsprop.rho",
    "optimizer.rmsprop.step_size",
    "optimizer.gd.space",
    "optimizer.gd.space.step_size",
    "optimizer.gd.space.step_size.low",
    "optimizer.rmsprop.space.rho.scale",
    "optimizer.rmsprop.space.rho.values",
    "optimizer.rmsprop.space.rho.points",
    "hydra.run.dir",
    "hydra/launcher",
    "limits",
    "search.o",
    "n_itr",
    "optimizr",
    "objectve.bowl.dim",
    "conf",
]
WORDS = st.sampled_from(
    [
        "null",
        "true",
        "false",
        "0",
        "1",
        "2",
        "-1",
        "3",
        "1.5",
        "1e-3",
        "1e400",
        "nan",
        "inf",
        "-inf",
        "9223372036854775808",
        "10000000000000000000000000",
        "''",
        "x",
        "bowl",
        "rosenbrock",
        "monkey_saddle",
        "rastrigin",
        "gd",
        "rmsprop",
        "adam",
        "grid",
        "random",
        "tpe",
        "qmc",
        "none",
        "mlflow",
        "uniform",
        "tutorial",
        "fixed",
        "run",
        "check",
        "landscape",
        "refill",
        "optuna",
        "plan",
        "mean_log10_gap",
        "best_gap",
        "steps_to_1e-3",
        "auto",
        "numpy",
        "numba",
        "log",
        "linear",
        "log_complement",
        "~/x",
        "/",
        "../x",
        "s3://b/x",
        "http://a.b/",
        "sqlite:////dev/zero",
        "rmsprop_lab.objectives.bowl.Bowl",
        "os.system",
        "file.py:X",
        "${n_iter}",
        "${oc.env:HOME}",
        "${nope}",
        "${oc.decode:'[1]'}",
        "[]",
        "{}",
        "[1]",
        "[[1]]",
        "[[1,2]]",
        "[[true,2]]",
        "[bowl]",
        "[gd,rmsprop]",
        "[step_size]",
        "[rhoo]",
        "{low:1e-4,high:1}",
        "{low:1,high:0}",
        "{values:[0.1]}",
        "{a:{b:1}}",
        "0x10",
        "1_000",
        "on",
        "é",
        "₁",
        "a,b",
        "'it\"s'",
    ]
)
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=12)
VALUES = st.one_of(
    WORDS, st.integers().map(str), st.floats().map(repr), TEXT, WORDS.map(lambda word: f"[{word},{word}]")
)
OVERRIDES = st.builds(
    lambda sign, key, value: f"{sign}{key}" if sign == "~" else f"{sign}{key}={value}",
    st.sampled_from(["", "", "", "", "+", "++", "~"]),
    st.one_of(st.sampled_from(KEYS), st.sampled_from(KEYS).map(lambda key: key[:-1]), TEXT),
    VALUES,
)
LINES = st.lists(OVERRIDES, min_size=1, max_size=4)
SMALL = ["tracking=none", "figures=false", "limits.runs=40", "n_iter=3"]


def read(line: list[str]) -> tuple[int, str]:
    """The status that the command would have before it begins, and its line."""
    try:
        check_digits(line)
        given = with_null_as_no_option([as_typed(word) for word in line])
        with _hydra_at_work(), _initialized():
            parsed(given)
        Job(compose(given))
    except (LabError, HydraException, OmegaConfBaseException) as error:
        return ending(error)
    return 0, ""


@pytest.mark.slow
@settings(max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck), derandomize=COUNT <= 300)
@given(line=LINES)
def test_a_line_is_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, line: list[str]) -> None:
    folder, began = tmp_path_factory.getbasetemp() / "lines", time.monotonic()
    folder.mkdir(exist_ok=True)
    here = Path.cwd()
    os.chdir(folder)
    try:
        status, told = read(["limits.runs=40", *line])
    finally:
        os.chdir(here)
    assert status in (0, 1, 2), told
    assert (status == 0) == (told == "")
    assert "Traceback" not in told
    if status == 2:
        assert ":" in told or "'" in told
    assert not [*folder.iterdir()], "something was created"
    assert time.monotonic() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < 3 * MOST_BYTES  # of all tests before it, too


@settings(
    max_examples=max(3, COUNT // 100), deadline=None, suppress_health_check=list(HealthCheck), derandomize=COUNT <= 300
)
@given(line=LINES)
def test_a_command_ends_in_words(lab, line: list[str]) -> None:
    ended = lab(*SMALL, *(word for word in line if not word.startswith("-")))
    assert ended.status in (0, 1, 2), ended.err
    assert "Traceback" not in ended.err
