"""`-m` over the shards of a study: the launcher computes them, and the command closes the study."""

import json
import os
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from support.sharing import QUIET, SMALL, deadly, tables_of

from rmsprop_lab.cli.launched import Launched
from rmsprop_lab.cli.study_names import Names
from rmsprop_lab.errors import InputError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.shard_end import end_of

BOTH = ("objective=[bowl,rosenbrock]", *SMALL, *QUIET)


@pytest.mark.slow
@pytest.mark.parametrize("given", [("shards=3",), ("shards=3", "shard=range(0,3)"), ("shards=2", "shard=1,0")])
def test_a_multirun_over_the_shards_ends_with_the_whole_study(lab, tmp_path: Path, given: tuple[str, ...]) -> None:
    assert lab(*BOTH, "name=whole").status == 0
    ended = lab("-m", *BOTH, "name=parts", *given)
    assert ended.status == 0, ended.err
    assert "cannot tell which optimizer is better" in ended.out
    assert ended.out.count("The order is that of the scores") == 1
    shards = int(given[0][-1])
    told = sorted(line.split(":")[0] for line in ended.err.splitlines() if line.startswith("shard "))
    assert told == [f"shard {shard} of {shards}" for shard in range(shards)]
    assert tables_of(tmp_path / "outputs/whole") == tables_of(tmp_path / "outputs/parts")


@pytest.mark.slow
def test_other_swept_keys_make_studies_that_are_closed_each(lab, tmp_path: Path) -> None:
    ended = lab("-m", *BOTH, "name=s", "n_iter=10,20", "shards=2")
    assert ended.status == 0, ended.err
    assert ended.out.count("The order is that of the scores") == 2
    for steps in (10, 20):
        assert lab(*BOTH, f"name=whole{steps}", f"n_iter={steps}").status == 0
        assert tables_of(tmp_path / f"outputs/s.n_iter-{steps}") == tables_of(tmp_path / f"outputs/whole{steps}")


@pytest.mark.slow
def test_a_launcher_that_dies_is_told_in_a_line_and_the_same_command_finishes(lab, tmp_path: Path) -> None:
    deadly(tmp_path, os.getpid())
    given = ("-m", "--config-dir", "mine", "objective=deadly", *SMALL, *QUIET, "name=s", "shards=2")
    ended = lab(*given)
    assert ended.status == 1
    lines = ended.err.splitlines()
    assert "launcher: ended by SIGKILL; what it printed is in outputs/s/shards/printed.log" in lines
    assert "of 2 lack" in lines[-1]
    assert "Traceback" not in ended.err
    again = lab(*given)
    assert again.status == 0, again.err
    assert "The order is that of the scores" in again.out


def test_a_launcher_that_raises_is_told_in_words(lab) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    ended = lab("-m", *BOTH, "name=s", "shards=2", "hydra/launcher=joblib", "hydra.launcher.n_jobs=0")
    assert ended.status == 1
    assert "launcher: ended with status 1: rmsprop-lab: the launcher failed, ValueError: n_jobs == 0" in ended.err
    assert ended.err.splitlines()[-1].startswith(
        "rmsprop-lab: shards 0, 1 of 2 lack 42 runs of 's', which is not ranked"
    )
    assert "Traceback" not in ended.err


@pytest.mark.slow
def test_only_shards_that_lack_runs_are_launched_again(lab, tmp_path: Path) -> None:
    for shard in (0, 2):
        assert lab(*BOTH, "name=s", "shards=3", f"shard={shard}").status == 0
    ended = lab("-m", *BOTH, "name=s", "shards=3")
    assert ended.status == 0
    assert [line.split(":")[0] for line in ended.err.splitlines() if line.startswith("shard ")] == ["shard 1 of 3"]


def test_a_worker_of_another_version_is_refused_and_named(tmp_path: Path) -> None:
    config = OmegaConf.create({"shards": 3, "shard": 1, "output_dir": str(tmp_path), "name": "s"})
    with pytest.raises(InputError, match=r"worker: expected rmsprop-lab 99\.0, as where it was launched, found "):
        Launched("99.0", Names())._check_version(config)
    end = end_of(StudyFolder(tmp_path, "s", shard=(1, 3)))
    assert end is not None
    assert end.told.startswith("worker: expected rmsprop-lab 99.0")


@pytest.mark.parametrize(
    "junk", [b"", b"[]", b"\xff", b'{"told": 1}', json.dumps({"told": "x", "seconds": "y"}).encode()]
)
def test_word_of_an_end_that_is_damaged_counts_as_none(tmp_path: Path, junk: bytes) -> None:
    folder = StudyFolder(tmp_path, "s", shard=(0, 2))
    folder.own_path.mkdir(parents=True)
    (folder.own_path / "ended.json").write_bytes(junk)
    assert end_of(folder) is None
