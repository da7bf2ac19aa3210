"""Bad input: one message with the key and what to change, exit status 2, no traceback, nothing created."""

from pathlib import Path

import pytest

GRID = ("search=grid", "optimizer=rmsprop")

CASES = [
    (["objective=bowll"], "objective: expected an option of objective, found 'bowll'. Did you mean 'bowl'?"),
    (["objective=[bowl,bael]"], "Did you mean 'beale'?"),
    (["optimizer=rmspropp"], "Did you mean 'rmsprop'?"),
    (["experiment=tutoral"], "Did you mean 'tutorial'?"),
    (["optimizer.rmsprop.rhoo=0.9"], "optimizer.rmsprop.rhoo: expected a key of optimizer.rmsprop"),
    (["optimizer.rmsprop.rhoo=0.9"], "Did you mean 'rho'?"),
    (["+optimizer.rmsprop.rhoo=0.9"], "optimizer.rmsprop.rhoo: expected a field of RMSProp"),
    (["n_itr=5"], "Did you mean 'n_iter'?"),
    (["serach=grid"], "Did you mean 'search'?"),
    (["optimizer.gd.step_size=0"], "optimizer.gd.step_size: expected a finite number > 0, found 0."),
    (["optimizer.gd.step_size=-0.1"], "optimizer.gd.step_size"),
    (["optimizer.gd.step_size=1e400"], "optimizer.gd.step_size"),
    (["optimizer.gd.step_size=nan"], "optimizer.gd.step_size"),
    (["optimizer.gd.step_size=fast"], "found 'fast'"),
    (["optimizer.rmsprop.rho=1"], "optimizer.rmsprop.rho: expected a number in [0, 1), found 1."),
    (["optimizer.rmsprop.rho=-0.1"], "optimizer.rmsprop.rho"),
    (["n_iter=0"], "n_iter: expected an integer >= 1, found 0."),
    (["n_iter=1.5"], "n_iter"),
    (["n_iter=5,10"], "--multirun"),
    (["objective.bowl.bounds=[1,-1]"], "objective.bowl.bounds: expected [low, high]"),
    (["objective.bowl.dim=0"], "objective.bowl.dim"),
    (["starts.count=0"], "starts.count"),
    (["starts=fixed", "starts.points=[[1,2,3]]"], "starts.points: expected rows of 2"),
    (["objective=[]"], "objective: expected at least one option"),
    ([*GRID, "optimizer.rmsprop.space=null"], "optimizer.rmsprop.space"),
    ([*GRID, "optimizer.rmsprop.space.rho.values=[]"], "optimizer.rmsprop.space.rho.values"),
    ([*GRID, "optimizer.rmsprop.space.rho.points=0"], "optimizer.rmsprop.space.rho.points"),
    ([*GRID, "optimizer.rmsprop.space.rho.high=1.0"], "optimizer.rmsprop.space.rho.high"),
    ([*GRID, "optimizer.rmsprop.space.step_size.low=2"], "optimizer.rmsprop.space.step_size.low"),
    ([*GRID, "+optimizer.rmsprop.space.beta.values=[1]"], "hyperparameters of RMSProp (step_size, rho, epsilon)"),
    ([*GRID, "optimizer.rmsprop.space.rho.points=1000000000"], "9,000,000,003 runs"),
    (["search.method=gird"], "search.method"),
    (["search=tpe", "search.trials=0"], "search.trials: expected an integer >= 1, found 0."),
    (["search=tpe", "search.batch=0"], "search.batch"),
    (["search=gp"], "search: expected an option of search, found 'gp'."),
    (["search=tpe", "search.score=best"], "search.score: expected one of mean_log10_gap"),
    (
        ["objective=[monkey_saddle,bowl]", "search.score=steps_to_1e-3"],
        "search.score: expected null or mean_value, as monkey_saddle states no minimum, found steps_to_1e-3.",
    ),
    (["search.score=mean_value"], "search.score: expected null or any but mean_value, as bowl states a minimum"),
    (
        ["search=grid", "starts=tutorial", "search.repeats=2", "evaluation.count=0"],
        "search.repeats: expected 1, as every",
    ),
    (["starts=fixed", "search.repeats=2"], "search.repeats: expected 1, as every repeat would be the same"),
    (["shards=4", "shard=1"], "shards"),
    (["search=tpe", "shards=4", "shard=1"], "shards"),
    (["shards=2", "task=check"], "shards"),
    (["jobs=0"], "jobs"),
    (["jobs=x"], "jobs"),
    (["jobs=2", "shards=2", "shard=1"], "jobs"),
    (["jobs=2", "task=landscape"], "jobs"),
    (["limits.silence=-1"], "limits.silence"),
    (["from=[outputs/study]"], "from"),
    (["task=merge"], "from"),
    (["task=merge", "from=[]"], "from"),
    (["task=merge", "from=[1]"], "from"),
    (["task=merge", "from=[nowhere]"], "from"),
    (["-m", "shards=3", "shard=0,1"], "shard"),
    (["-m", "shards=3", "shard=range(0,4)"], "shard"),
    (["-m", "shard=0,1"], "shard"),
    (["-m", "shards=2,3"], "shards"),
    (["-m", "shards=x"], "shards"),
    (["-m", "hydra/launcher=ray", "shards=3"], "hydra/launcher"),
    (["search=tpe", "optimizer=gd", "optimizer.gd.space.step_size.values=[0.1]"], "a range of more than one number"),
    (["evaluation.count=-1"], "evaluation.count"),
    (["evaluation=null"], "evaluation: expected a mapping"),
    (["target=0"], "target: expected a number > 0"),
    ([*GRID, "+optimizer.rmsprop.space.rho.when={beta: 1}"], "a hyperparameter that precedes rho in the space"),
    ([*GRID, "+optimizer.rmsprop.space.rho.when={step_size: 1}"], "a hyperparameter with explicit `values`"),
    (["optimizer=rmsprop_graves", "optimizer.rmsprop_graves.centered=2"], "expected true or false, found 2"),
    (["objective.bowl._target_=os.system"], "objective.bowl._target_"),
    (["objective.bowl._target_=pandas.read_pickle"], "objective.bowl._target_"),
    (["objective.bowl._target_=hydra.utils.call"], "objective.bowl._target_"),
    (["objective.bowl._target_=rmsprop_lab.optimizers.gd.GD"], "a subclass of rmsprop_lab.base.Objective"),
    (["objective.bowl._target_=rmsprop_lab.base.Objective"], "objective.bowl._target_"),
    (["optimizer.gd._target_=rmsprop_lab.optimizers.gd.GDD"], "Did you mean 'GD'?"),
    (["objective.bowl._target_=nowhere.Thing"], "No module named 'nowhere'"),
    (["+objective.beale.dim=2"], "list it: objective=[beale]"),
    (["tracking.uri=sqlite:////nonexistent/x.db"], "tracking.uri"),
    (["tracking.uri=sqlite:///relative.db"], "tracking.uri: expected an absolute path"),
    (["tracking.uri=http://127.0.0.1:9"], "tracking.uri: expected an MLflow server that answers"),
    (["tracking.uri=file:///somewhere"], "tracking.uri"),
    (["tracking.uri=mlruns"], "tracking.uri"),
    (["tracking=mlfow"], "Did you mean 'mlflow'?"),
    (["name=../elsewhere"], "name: expected up to 100 letters"),
    (["name=artifacts"], "name"),
    (["name=Default"], "name: expected a name other than Default"),
    (["output_dir=file.txt"], "output_dir: expected a folder, found the file"),
    (["hydra.run.dir=elsewhere"], "hydra.run.dir"),
    (["+hydra.callbacks.mine._target_=os.system"], "hydra.callbacks"),
    (["hydra/launcher=nowhere"], "hydra/launcher"),
    (["-m", "n_iter=5,0"], "n_iter: expected an integer >= 1, found 0."),
    (["-m", "n_iter=range(1,1000000000)"], "at most 1,000 jobs, found 999,999,999"),
    (["limits.runs=2"], "limits.runs"),
    (["limits.runs=100000000000"], "limits.runs: expected an integer from 1 to 1,000,000"),
    (["--config-dir", "nowhere"], "--config-dir"),
    (["starts.count=1000000000"], "starts.count: expected an integer from 1 to 1,000,000"),
    (["starts.count=1000000", "objective.bowl.dim=1000000"], "starts.count: expected at most 100,000,000"),
    (["objective.bowl.dim=1000000000"], "objective.bowl.dim: expected an integer from 1 to 1,000,000"),
    (["evaluation.count=-1"], "evaluation.count: expected an integer from 0 to 1,000,000"),
    (["evaluation.count=1000000000000"], "evaluation.count: expected an integer from 0 to 1,000,000"),
    (["starts.method=fresh", "search=random"], "Leave starts.method at uniform, or choose another evaluation.seed."),
    (["name=[a]"], "starting with a letter or digit, found ['a']. Try my_study.\n"),
    (["task=report", "studies=[[a],[b]]"], "starting with a letter or digit, found ['a'].\n"),
    (["starts=3"], "starts: expected an option of starts, found 3. For a number of starts, use starts.count=3."),
    (
        ["n_iter=1000000000"],
        "n_iter: expected at most 100,000,000 iterations, found 1,000,000,000, which take at least 3 hours",
    ),
    (["~n_iter"], "n_iter: expected a value, found none"),
    (["~tracking"], "tracking: expected a value, found none"),
    (["limits=null"], "limits: expected a mapping"),
    (["+foo=1"], "foo: expected a key of the config"),
    (["name=ümlaut"], "name: expected up to 100 letters, digits, '.', '_' and '-', starting with a letter or digit"),
    (["-m", "name=a,ümlaut"], "name: expected up to 100 letters"),
    (["objective=ümlaut"], """found objective=ümlaut. Put the value in quotes of its own: "objective='ümlaut'"."""),
    (["ümlaut=3"], "A key has letters, digits, '_' and '.'."),
    (["output_dir=[a"], "Close every quote and bracket"),
    (["n_iter"], "found n_iter. Give it a value, without spaces: n_iter=<value>."),
    ([""], "command line: expected key=value, found an empty argument. Leave it out."),
    (["+objective.bowl={null: 1}"], "expected names as keys, found a key of the type 'NoneType'"),
    (["objective=bowl,beale"], "Use objective=[bowl,beale] for a list"),
    (["objective.beale.dim=2"], "List it: objective=[beale]."),
    (["name=" + 101 * "x"], "up to 100 letters"),
    (["shards=2", "shard=2"], "shard: expected an integer from 0 to 1"),
    (["shards=0"], "shards: expected an integer >= 1"),
    (["search=random", "search.trials=0"], "search.trials: expected an integer >= 1"),
    (["search=grid", "search.over=step_size"], "search.over: expected a list of names of hyperparameters"),
    (["search=grid", "search.over=[rho]"], "search.over: expected one or more hyperparameters of optimizer.gd.space"),
    (["search=grid", "search.points=0"], "search.points"),
    (["task=landscape", "landscape.resolution=4096"], "landscape.resolution: expected an integer from 2 to 2048"),
    (["task=landscape", "landscape.resolution=1"], "landscape.resolution"),
    (["task=landscape", "optimizer=gd", "objective=monkey_saddle"], "task: expected an optimizer with two"),
    (["engine=fast"], "engine: expected 'auto', 'numpy' or 'numba', found 'fast'"),
    (["task=chek"], "task: expected a task"),
    (["task=refill", "name=nothing"], "name: expected the name of a study that has runs"),
    (["task=refill", "tracking=none"], "tracking: expected mlflow"),
    (["tracking.writer=fast"], "tracking.writer: expected one of auto, bulk, client"),
    (["starts.seed=9223372036854775808"], "starts.seed: expected an integer from 0 to 9,223,372,036,854,775,807"),
    (["search=random", "search.repeats=2", "starts.seed=9223372036854775807"], "starts.seed: expected an integer from"),
    (["search=random", "search.repeats=2", "evaluation.seed=9223372036854775807"], "evaluation.seed: expected an"),
    (["search=random", "search.repeats=1000000000"], "search.repeats: expected an integer from 1 to 1000"),
    (["search=random", "search.trials=9223372036854775807"], "search.trials: expected an integer from 1 to"),
    (["search=grid", "search.points=2000000000", "optimizer=rmsprop_momentum"], "4,000,000,000,000,000,003 runs"),
    (
        ["optimizer.gd.step_size=1" + 400 * "0"],
        "step_size: expected a finite number > 0, found an integer of 401 digits",
    ),
    (["optimizer.gd.step_size=1" + 5000 * "0"], "optimizer.gd.step_size: expected numbers of at most 4300 digits"),
    (["target=1" + 400 * "0"], "target: expected a number > 0, or null, found an integer of 401 digits"),
    (["n_iter=1" + 400 * "0"], "n_iter: expected an integer from 1 to"),
    (["objective.bowl.bounds=[-1e308,1e308]"], "objective.bowl.bounds: expected numbers from -1e+150 to 1e+150"),
    (["objective.bowl.bounds=['-1',1]"], "objective.bowl.bounds: expected [low, high]"),
    (["starts=fixed", "starts.points=[['1',2]]"], "starts.points: expected rows of finite numbers"),
    (["starts=fixed", "starts.points=[[true,2]]"], "starts.points: expected rows of finite numbers"),
    ([*GRID, "optimizer.rmsprop.space.step_size.high=1" + 400 * "0"], "space.step_size.high: expected a finite number"),
    ([*GRID, "optimizer.rmsprop.space.rho={low: -1e308, high: 1e308}"], "optimizer.rmsprop.space.rho"),
    (["output_dir=s3://b/x"], "output_dir: expected a folder of this machine, found 's3://b/x'"),
    (["output_dir=file:///x"], "output_dir: expected a folder of this machine"),
    (["output_dir='a?b'"], "output_dir: expected a path without '?'"),
    (["output_dir='~nobody_of_this_name/x'"], "output_dir: expected a folder"),
    (["output_dir=" + 300 * "x"], "output_dir: expected a path whose parts have at most 255 bytes"),
    (["name=MLflow.db-wal"], "name: expected a name other than"),
    (["name=null"], "name: expected up to 100 letters"),
    (["--config-path", "/tmp"], "--config-path: expected no other config, found /tmp. Use --config-dir to add files."),
    (["--config-name", "x"], "--config-name: expected no other config, found x."),
    (["--package", "x"], "--package: expected --cfg beside it"),
    (["--resolve"], "--resolve: expected --cfg beside it"),
    (["optimizer.gd.step_size=[1,2]"], "Give the values of a search in optimizer.gd.space.step_size."),
    (["tracking=postgresql://me@h/db"], "tracking: expected mlflow or none, found a store. To name a store, use track"),
    (["tracking=sqlite:////tmp/x.db"], "tracking: expected mlflow or none, found a store."),
    (["tracking=local"], "use tracking.uri=local."),
    (["optimizer=a/gd"], "optimizer: expected an option of optimizer, found 'a/gd'."),
    (
        ["-m", "n_iter=20,40", "n_iter=30"],
        "n_iter: expected one override, as one of them is a sweep, found n_iter=20,40",
    ),
    (["-m", "n_iter=30", "+n_iter=20,40"], "found n_iter=30 and +n_iter=20,40. Keep one of them."),
    (["-m", "objective=bowl,beale", "objective=levy"], "objective: expected one override"),
]


@pytest.mark.parametrize(("arguments", "says"), CASES, ids=[" ".join(case[0]) for case in CASES])
def test_is_refused(lab, tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "file.txt").touch()
    ended = lab(*arguments)
    assert ended.status == 2
    assert says in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


LONG = 300 * "x"
TOO_LONG = [
    *([f"{key}={LONG}"] for key in ("name", "n_iter", "optimizer", "search.score", "task", "tracking.uri", "tracking")),
    *([f"{before}{LONG}=3"] for before in ("", "+", "optimizer.", "optimizer.gd.", "search.")),
    *([word] for word in (LONG, f"name={LONG}=", f"optimizer=[{LONG},gd]", f"tracking.uri={LONG}://h", f"--{LONG}")),
    *(["--cfg", LONG], ["--config-dir", LONG], ["--config-name", LONG], ["-m", f"n_iter=3,{LONG}", "n_iter=4"]),
    ["optimizer=", f"search.over=[{LONG}]"],
    [f"objective.bowl._target_={LONG}"],
]


@pytest.mark.parametrize("arguments", TOO_LONG, ids=[" ".join(words).replace(LONG, "LONG") for words in TOO_LONG])
def test_no_word_is_echoed_whole_that_is_too_long_to_read(lab, tmp_path: Path, arguments: list[str]) -> None:
    ended = lab(*arguments)
    assert ended.status == 2
    assert 150 * "x" not in ended.err
    assert "Traceback" not in ended.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["search.score=bogus"], ["engine=bogus"], ["tracking.writer=bogus"]])
def test_what_can_be_chosen_is_listed_once(lab, arguments: list[str]) -> None:
    words = [word.strip("',.") for word in lab(*arguments).err.partition("expected ")[2].split()]
    assert len({word for word in words if words.count(word) > 1} - {"or"}) == 0


def test_a_key_without_a_sweep_may_be_given_again(lab) -> None:
    given = ["optimizer=gd", "n_iter=3", "n_iter=4", "tracking=none", "figures=false"]
    assert "4 iterations" in lab(*given).err
    assert "4 iterations" in lab("-m", *given, "name=a,b").err


def test_a_file_that_is_no_database(lab, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("a text file, and long enough to be looked at as a database header" * 20)
    ended = lab(f"tracking.uri=sqlite:///{tmp_path}/x.db")
    assert ended.status == 2
    assert "tracking.uri: expected an SQLite database" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


def test_a_password_is_never_printed(lab) -> None:
    ended = lab("tracking.uri=postgresql://me:secret@127.0.0.1:9/db")
    assert ended.status == 2
    assert "secret" not in ended.err


@pytest.mark.parametrize("node", ["callbacks: {x: {_target_: builtins.print}}", "sweep: {dir: /tmp/elsewhere}"])
def test_a_file_cannot_change_hydra(lab, tmp_path: Path, node: str) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    (tmp_path / "mine/experiment/evil.yaml").write_text(f"# @package _global_\nhydra:\n  {node}\n")
    ended = lab("--config-dir", "mine", "experiment=evil")
    assert ended.status == 2
    assert "hydra." in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
