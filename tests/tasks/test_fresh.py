"""`fresh=true` begins a study anew, and what there was stays under another name."""

import re
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.studies import assert_same, tables

from rmsprop_lab import load
from rmsprop_lab.tasks.fresh import former_name
from rmsprop_lab.tracking.uri import default_uri

FEW = ("name=s", "optimizer=gd", "n_iter=3", "starts.count=2", "figures=false")
NONE = (*FEW, "tracking=none", "report=false")


def experiments(outputs: Path) -> dict[str, int]:
    """The number of runs of each experiment, but those that hold pages."""
    client = MlflowClient(default_uri(outputs))
    found = [one for one in client.search_experiments() if one.name != "Default"]
    where = "tags.phase != 'report' and tags.phase != 'summary'"
    return {one.name: len(client.search_runs([one.experiment_id], where)) for one in found}


def test_what_there_was_stays_under_another_name(lab, outputs: Path) -> None:
    assert lab(*FEW).status == 0
    before = tables(outputs)
    ended = lab(*FEW, "optimizer.gd.step_size=0.3", "fresh=true")
    assert ended.status == 0
    (former,) = outputs.glob("s.until-*")
    assert (
        f"fresh: what there was is kept as outputs/{former.name} and MLflow's experiment '{former.name}'" in ended.err
    )
    assert "1 of 1 run computed" in ended.out
    assert "of other commands" not in ended.out
    assert_same(tables(outputs, former.name), before)
    assert list(load("s", outputs)["step_size"]) == [0.3]
    assert experiments(outputs) == {"s": 1, former.name: 1}
    assert "0 of 1 run added" in lab("task=refill", f"name={former.name}").out
    assert "nothing to compute" in lab(*FEW, "optimizer.gd.step_size=0.3").out
    for task in ("report", "refill"):  # which read the command that said fresh=true
        assert lab(f"task={task}", "name=s").status == 0
    assert len(list(outputs.glob("s*"))) == 2


def test_an_experiment_without_its_folder_is_left_too(lab, outputs: Path) -> None:
    assert lab(*FEW).status == 0
    shutil.rmtree(outputs / "s")
    ended = lab(*FEW, "fresh=true")
    (former,) = set(experiments(outputs)) - {"s"}
    assert f"kept as MLflow's experiment '{former}'; delete it" in ended.err
    assert experiments(outputs) == {"s": 1, former: 1}


def test_without_tracking_mlflow_is_left_alone(lab, outputs: Path) -> None:
    assert lab(*FEW).status == 0
    ended = lab(*NONE, "fresh=true")
    assert re.search(r"kept as outputs/s\.until-\w+; delete .* stays, as tracking=none leaves MLflow alone", ended.err)
    assert set(experiments(outputs)) == {"s"}
    assert "fresh: nothing was there\n" in lab(*NONE, "name=other", "fresh=true").err


@pytest.mark.parametrize("words", [("jobs=2",), ("-m", "shards=2")], ids=["processes", "launcher"])
def test_processes_begin_it_anew_once(lab, tmp_path: Path, words: tuple[str, ...]) -> None:
    given = (*NONE, "search=grid", "search.points=4")
    assert lab(*given).status == 0
    ended = lab(*given, *words, "fresh=true")
    assert ended.status == 0, ended.err
    assert ended.err.count("fresh: ") == 1
    assert len(list((tmp_path / "outputs").glob("s.until-*"))) == 1
    assert len(load("s")) == len(load(next((tmp_path / "outputs").glob("s.until-*")).name)) > 4


def test_a_plan_says_so_and_renames_nothing(lab, tmp_path: Path) -> None:
    assert lab(*NONE).status == 0
    ended = lab(*NONE, "fresh=true", "task=plan")
    assert "on disk  what is in outputs/s is renamed first, as fresh=true\n" in ended.out
    assert "for 1 run" in ended.out
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["s"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("task=report",), "fresh: expected false, as task=report computes no study, found True. Use task=run."),
        (("search=grid", "shards=2", "shard=1"), "fresh: expected false for a shard"),
        (("fresh=yes",), "fresh: expected true or false, found 'yes'"),
    ],
)
def test_where_it_means_nothing_it_is_refused(lab, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    assert lab(*NONE).status == 0
    ended = lab(*NONE, "fresh=true", *words)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["s"]


@pytest.mark.parametrize("tables_gone", [False, True])
@pytest.mark.parametrize("text", ["{", '{"version": 3}'])
def test_what_cannot_be_read_is_renamed_all_the_same(lab, tmp_path: Path, text: str, tables_gone: bool) -> None:
    assert lab(*NONE).status == 0
    folder = tmp_path / "outputs/s"
    (folder / "format.json").write_text(text)
    for table in folder.glob("*.parquet") if tables_gone else ():
        shutil.rmtree(table)
    if tables_gone or text != "{":  # which the tables mend
        ended = lab(*NONE)
        assert (ended.status, ended.out) == (2, "")
        assert "begin the study anew with fresh=true" in ended.err
    assert "is renamed first" in lab(*NONE, "fresh=true", "task=plan").out
    ended = lab(*NONE, "fresh=true")
    assert ended.status == 0, ended.err
    (former,) = (tmp_path / "outputs").glob("s.until-*")
    assert (former / "format.json").read_text() == text
    assert len(load("s")) == 1


def test_a_file_in_the_place_of_the_folder_is_refused(lab, tmp_path: Path) -> None:
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs/s").touch()
    ended = lab(*NONE, "fresh=true")
    assert (ended.status, ended.out) == (2, "")
    assert "name: expected the name of a folder, or of none yet, found a file at outputs/s." in ended.err


def test_the_name_is_one_and_free(tmp_path: Path) -> None:
    long = tmp_path / (100 * "x")
    names = set()
    for _ in range(3):
        name = former_name(long)
        assert len(name) == 100
        long.with_name(name).mkdir()
        names.add(name)
    assert len(names) == 3
