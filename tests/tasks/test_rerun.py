"""`task=rerun`: one run again from its key."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.own import HEAD, own

from rmsprop_lab import load
from rmsprop_lab.errors import InputError
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks import rerun as module
from rmsprop_lab.tasks.rerun import key_from

N = ("tracking=none", "figures=false", "report=false")
STUDY = ("search=random", "search.trials=3", "search.repeats=2", "optimizer=adam", "n_iter=30", "starts.count=3",
         "evaluation.count=4", "name=1e5", *N)  # fmt: skip
SIGN = HEAD + (
    "class Sign(Optimizer):\n    step_size: Positive\n"
    "    def update(self, g, state): return self.step_size * np.sign(g), state\n"
)


def line(out: str, label: str) -> str:
    (found,) = [text for text in out.splitlines() if text.startswith(f"{label:9}")]
    return found[9:]


@pytest.mark.slow
def test_runs_of_every_kind_agree_to_the_bit(lab, tmp_path: Path) -> None:
    lab(*STUDY)
    kinds = StudyFolder("outputs", "1e5").trials().drop_duplicates(["phase", "regime", "repeat"])["run_key"].unique()
    assert len(kinds) >= 6  # search and evaluation, tuned and as configured, of two repeats
    for key in kinds:
        ended = lab("task=rerun", "name=1e5", f"run_key={key[:12]}")
        assert ended.status == 0, ended.err
        assert line(ended.out, "table").startswith("agrees: every bit of its rows in runs.parquet, traces.parquet")
    assert len(list((tmp_path / "outputs/1e5/reruns").iterdir())) == len(kinds)
    assert not (tmp_path / "outputs/mlflow.db").exists()


def test_a_search_over_what_only_another_optimizer_has_does_not_matter(lab) -> None:
    words = ["search=grid", "search.over=[step_size,rho]", "search.points=2", "optimizer=[gd,rmsprop]", "name=o"]
    lab(*words, "n_iter=5", "evaluation.count=0", *N)
    key = load("o", "outputs").query("optimizer == 'gd'")["run_key"].iloc[0]
    ended = lab("task=rerun", "name=o", f"run_key={key}")
    assert ended.status == 0, ended.err


def test_it_shows_the_run_and_writes_its_picture_and_trace(lab, tmp_path: Path) -> None:
    lab("experiment=tutorial", *N)
    (key,) = load("tutorial", "outputs")["run_key"]
    before = {path: path.read_bytes() for path in (tmp_path / "outputs").rglob("*") if path.is_file()}
    out = lab("task=rerun", "name=tutorial", f"run_key={key}").out
    assert line(out, "run") == f"{key[:12]}: bowl: rmsprop, step_size 0.01, rho 0.99"
    assert line(out, "on disk") == "f = 1.56e-08 after 50 iterations (1 start)"
    assert line(out, "trace") == "iteration, value and point"
    assert "     50   1.56" in out
    assert line(out, "files") == f"outputs/tutorial/reruns/{key[:12]}: contour.png, trace.csv"
    home = tmp_path / "outputs/tutorial/reruns" / key[:12]
    assert (home / "contour.png").read_bytes()[:4] == b"\x89PNG"
    table, there = pd.read_csv(home / "trace.csv"), StudyFolder("outputs", "tutorial").traces([key])
    assert list(table) == ["start", "iteration", "value", "gradient_norm", "x1", "x2"]
    np.testing.assert_array_equal(table["value"], there["value"])
    np.testing.assert_array_equal(table[["x1", "x2"]], np.stack(there["point"]))
    assert {path: path.read_bytes() for path in before} == before


def test_a_bit_that_differs_is_named(lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab("experiment=tutorial", *N)
    compute = module.compute

    def other(runs):
        (found,) = compute(runs)
        found.columns["final_value"] = np.nextafter(found.columns["final_value"], 1.0)
        return [found]

    monkeypatch.setattr(module, "compute", other)
    (key,) = load("tutorial", "outputs")["run_key"]
    ended = lab("task=rerun", "name=tutorial", f"run_key={key}")
    assert ended.status == 1
    assert line(ended.out, "table") == "differs: runs.final_value (by 2e-16 of it)"
    assert f"rmsprop-lab: run {key[:12]} is not what the tables say" in ended.err


def test_a_run_that_failed_or_was_lost_is_computed_again(lab, tmp_path: Path) -> None:
    code = SIGN.replace(
        "return", "\n        if np.any(self.step_size > 0.5): raise ValueError('too far')\n        return"
    )
    own(tmp_path, "optimizer", "sign", code, "_target_: sign.py:Sign\n  step_size: 0.7")
    lab("--config-dir", "mine", "optimizer=[sign,gd]", "optimizer.gd.step_size=1e200", "n_iter=5", "name=f", *N)
    keys = load("f", "outputs").set_index("optimizer")["run_key"]
    for optimizer, told in (("sign", "failed: ValueError: too far"), ("gd", "10 of 10 diverged, first at")):
        ended = lab("task=rerun", "name=f", f"run_key={keys[optimizer]}", "trust=true")
        assert ended.status == 0, ended.err
        assert line(ended.out, "on disk").startswith(told)
        assert line(ended.out, "table").startswith("agrees")


@pytest.fixture
def own_study(lab, tmp_path: Path) -> str:
    """The key of a run of a user's own optimizer, in a study with one of ours."""
    own(tmp_path, "optimizer", "sign", SIGN, "_target_: sign.py:Sign\n  step_size: 0.1")
    lab("--config-dir", "mine", "optimizer=[sign,gd]", "n_iter=5", "name=own", *N)
    return str(load("own", "outputs").query("optimizer == 'sign'")["run_key"].item())


def test_code_of_others_runs_only_if_it_is_named(lab, own_study: str) -> None:
    ended = lab("task=rerun", "name=own", f"run_key={own_study}")
    assert ended.status == 2
    assert "found one of sign on bowl: not run, as this command does not name it: " in ended.err
    assert "sign.py; if you trust it, trust=true runs it, as does --config-dir." in ended.err
    for words in (["trust=true"], ["--config-dir", "mine"]):
        assert lab(*words, "task=rerun", "name=own", f"run_key={own_study}").status == 0


def test_a_class_whose_file_is_gone_is_named(lab, tmp_path: Path, own_study: str) -> None:
    shutil.rmtree(tmp_path / "mine")
    for words in ([], ["trust=true"]):
        ended = lab("task=rerun", "name=own", f"run_key={own_study}", *words)
        assert ended.status == 2
        gone = tmp_path / "mine/optimizer/sign.py"
        assert ended.err == (
            "rmsprop-lab: run_key: expected a run that can be computed again, found one of sign on bowl, whose file "
            f"{gone} is not there. Put it back, with the files that it reads.\n"
        )
    ours = load("own", "outputs").query("optimizer == 'gd'")["run_key"].item()
    assert lab("task=rerun", "name=own", f"run_key={ours}").status == 0  # of the same command


def test_a_class_that_has_changed_is_named(lab, tmp_path: Path, own_study: str) -> None:
    path = tmp_path / "mine/optimizer/sign.py"
    path.write_text(path.read_text().replace("self.step_size * np", "2.0 * self.step_size * np"))
    ended = lab("task=rerun", "name=own", f"run_key={own_study}", "trust=true")
    assert ended.status == 2
    assert f"found one of sign on bowl, whose code is another now. Put back the {path} of then." in ended.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["name=own"], "run_key: expected a run's key, or its first digits, of 0-9 and a-f, found none. Copy it from"),
        (["name=own", "run_key=xyz"], "run_key: expected a run's key, or its first digits, of 0-9 and a-f, found 'xyz"),
        (["name=own", "run_key=[1,2]"], "run_key: expected a run's key, or its first digits, of 0-9 and a-f, found"),
        (["name=nope", "run_key=1"], "name: expected the name of a study that has runs, found none in outputs/nope."),
        (["task=run", "run_key=1e5"], "run_key: expected null, as task=run does not read it, found '1e5'. Use task=r"),
        (["name=own", "run_key=1", "jobs=2"], "jobs: expected 1, as task=rerun works in one process, found 2."),
    ],
)  # fmt: skip
def test_bad_input_is_refused(lab, own_study: str, tmp_path: Path, words: list[str], expected: str) -> None:
    ended = lab(*([] if words[0].startswith("task=") else ["task=rerun"]), *words)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"rmsprop-lab: {expected}"), ended.err
    assert not (tmp_path / "outputs/own/reruns").exists()


def test_keys_are_found_by_their_first_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = StudyFolder("outputs", "s")
    keys = ["12ab" + 60 * "0", "12cd" + 60 * "0", "12ce" + 60 * "0", *(f"9{digit}{62 * '0'}" for digit in range(7))]
    monkeypatch.setattr(folder, "run_keys", lambda: set(keys))
    assert key_from(folder, "12a") == keys[0]
    assert key_from(folder, keys[1]) == keys[1]
    with pytest.raises(
        InputError, match=r"found '12c', which 2 runs begin with: 12cd00000000, 12ce00000000. Give more"
    ):
        key_from(folder, "12c")
    with pytest.raises(InputError, match=r"which 7 runs begin with: 9000.*, 9400.* and 2 more. Give more"):
        key_from(folder, "9")
    with pytest.raises(
        InputError, match=r"one of the 10 runs in outputs/s.*found '12ae'. The nearest are 12ab00000000,"
    ):
        key_from(folder, "12ae")
