"""Overrides that Hydra itself would answer with a traceback are refused in one line, with status 2."""

from pathlib import Path

import pytest

OPTION = "{0}: expected an option of {0}, found {1}."
CASES = [
    (["objective=null"], OPTION.format("objective", "null")),
    (["optimizer=null"], OPTION.format("optimizer", "null")),
    (["starts=null"], OPTION.format("starts", "null")),
    (["search=null"], OPTION.format("search", "null")),
    (["tracking=null"], OPTION.format("tracking", "null")),
    (["experiment=5"], OPTION.format("experiment", "5")),
    (["experiment=true"], OPTION.format("experiment", "True")),
    (["objective=[[1]]"], OPTION.format("objective", "[[1]]")),
    (["objective=[1]"], OPTION.format("objective", "[1]")),
    (["objective=[bowl,null]"], OPTION.format("objective", "['bowl', None]")),
    (["objective={a: 1}"], OPTION.format("objective", "{'a': 1}")),
    (["objective=''"], OPTION.format("objective", "''")),
    (["objective=???"], OPTION.format("objective", "'???'")),
    (["objective=../config"], OPTION.format("objective", "'../config'")),
    (["objective=/etc/passwd"], OPTION.format("objective", "'/etc/passwd'")),
    (["objective=${oc.decode:'[1,2]'}"], "objective: expected an option of objective, found "),
    (["starts=[1,2]"], OPTION.format("starts", "[1, 2]")),
    (["search=[grid,tpe]"], OPTION.format("search", "['grid', 'tpe']")),
    (["hydra/launcher=0"], OPTION.format("hydra/launcher", "0")),
    (["hydra/launcher=null"], OPTION.format("hydra/launcher", "null")),
    (["objective@x=bowl"], "objective: expected objective=<option>, found objective@x=bowl. Leave out ++ and @."),
    (["+objective@x=bowl"], "objective: expected objective=<option>"),
    (["++objective=bowl"], "objective: expected objective=<option>, found ++objective=bowl."),
    (["~objective"], "objective: expected a value, found ~objective."),
    (["~hydra/launcher"], "no Hydra setting but hydra/launcher and hydra.launcher.*, found ~hydra/launcher."),
    (["~hydra"], "no Hydra setting"),
    (["hydra=null"], "no Hydra setting"),
    (["hydra.launcher=null"], "no Hydra setting"),
    (["-m", "++hydra.launcher._target_=hydra_plugins.x.X"], "no Hydra setting"),
    (["-m", "++hydra.launcher.foo=1"], "hydra._internal.core_plugins.basic_launcher.BasicLauncher"),
    (["~limits.runs"], "limits.runs: expected a value, found none."),
    (["~landscape.resolution"], "landscape.resolution: expected a value, found none."),
    (["~tracking.writer"], "tracking.writer: expected a value, found none."),
    (["~tracking.backend"], "tracking.backend: expected a value, found none."),
    (["~tracking.uri"], "tracking.uri: expected a value, found ~tracking.uri."),
    (["~evaluation.count"], "evaluation.count: expected a value, found none."),
    (["~evaluation.seed"], "evaluation.seed: expected a value, found none."),
    (["~search.method"], "search.method: expected a value, found none."),
    (["~starts.method"], "starts.method: expected a value, found none."),
    (["n_iter=???"], "n_iter: expected a value, found none."),
    (["name=${name}"], "name: expected a value that can be composed, found Recursive interpolation"),
    (["name=${nope}"], "name: expected a value that can be composed, found Interpolation key 'nope' not found."),
    (["search=grid", "search.points=" + "9" * 20], "limits.runs: expected a study of at most 20,000 runs"),
    (["search=random", "search.trials=" + "9" * 20], "limits.runs: expected a study of at most 20,000 runs"),
    (["search=random", "search.repeats=" + "9" * 20], "search.repeats: expected an integer from 1 to 1000"),
    (["=5"], "command line: expected key=value, found =5."),
    (["@=1"], "command line: expected key=value"),
    ([""], "command line: expected key=value"),
    (["starts.points=" + "[" * 3000], "command line: expected "),
    (["a." * 3000 + "b=1"], "command line: expected"),
    (["objective.bowl._target_=..rmsprop_lab.X"], "objective.bowl._target_: expected package.module.Class"),
    (["objective.bowl._target_='a b.X'"], "objective.bowl._target_: expected package.module.Class"),
    (["objective.bowl._target_=" + "x" * 300 + ".py:X"], "objective.bowl._target_: expected path/to/file.py:Class"),
    (["output_dir=" + "x" * 300], "output_dir: expected the path of a folder"),
    (["tracking.uri='http://a b/'"], "tracking.uri: expected sqlite:"),
    (["tracking.uri='http://a:b/'"], "tracking.uri: expected sqlite:"),
    (["tracking.uri='postgresql://h:abc/db'"], "tracking.uri: expected sqlite:"),
    (["tracking.uri=sqlite:////dev/zero"], "found /dev/zero, which is no regular file"),
    (["tracking.uri='sqlite:////tmp/" + "x" * 300 + "'"], "tracking.uri: expected sqlite:"),
    (["-m", "n_iter=range(0,3,0)"], "n_iter: expected a range of finite numbers, with steps other than 0"),
    (["-m", "n_iter=range(1,inf)"], "n_iter: expected a range of finite numbers"),
    (["-m", "n_iter=range(3,0)"], "n_iter: expected one option or more, found none in n_iter=range(3,0)."),
    (["-m", "n_iter=interval(1,5)"], "-m cannot sweep an interval."),
    (["-m", "objective=glob(zz*)"], "objective: expected one option or more, found none in objective=glob(zz*)."),
    (["-m", "objective=bowl,null"], OPTION.format("objective", "null")),
    (["-m", "starts=range(0,3)"], OPTION.format("starts", "0")),
    (["-m", "hydra/launcher=0,basic"], OPTION.format("hydra/launcher", "0")),
    (["--run", "-m"], "command line: expected one of Hydra's flags, found --run and --multirun."),
    (["--cfg", "job", "objective=null"], OPTION.format("objective", "null")),
    (["--help", "objective=[1]"], OPTION.format("objective", "[1]")),
]


@pytest.mark.parametrize(("arguments", "says"), CASES, ids=[" ".join(case[0])[:60] for case in CASES])
def test_is_refused_in_one_line(lab, tmp_path: Path, arguments: list[str], says: str) -> None:
    ended = lab(*arguments)
    assert ended.status == 2, ended.err
    assert says in ended.err
    assert ended.err.startswith("rmsprop-lab: ")
    assert ended.err.count("\n") == 1
    assert len(ended.err) < 1000 + len(" ".join(arguments))
    assert not [*tmp_path.iterdir()]


FEW = ("objective=bowl", "optimizer=gd", "n_iter=2", "tracking=none", "figures=false")


@pytest.mark.parametrize("given", ["experiment=null", "experiment=NULL", "experiment=[]", "~experiment"])
def test_null_is_no_experiment(lab, tmp_path: Path, given: str) -> None:
    ended = lab(*FEW, given)
    assert ended.status == 0, ended.err
    assert (tmp_path / "outputs/study").is_dir()


def test_the_last_experiment_holds(lab, tmp_path: Path) -> None:
    assert lab(*FEW, "experiment=compare", "experiment=null").status == 0
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["study"]


def test_null_is_no_experiment_in_a_multirun(lab, tmp_path: Path) -> None:
    ended = lab("-m", *FEW, "experiment=null,tutorial", "print_trace=false")
    assert ended.status == 0, ended.err
    assert {"study", "tutorial"} <= {path.name for path in (tmp_path / "outputs").iterdir()}
