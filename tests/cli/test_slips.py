"""What newcomers write by mistake: each is told what was expected, what was found, and what to change."""

from pathlib import Path

import pytest
from support.own import QUARTIC, own

KEYS = "command line: expected key=value, found "
SLIPS = {
    "n_iter:5": f"{KEYS}n_iter:5. Write n_iter=5.",
    "n_iter": f"{KEYS}n_iter. Give it a value, without spaces: n_iter=<value>.",
    "--n_iter=5": f"{KEYS}--n_iter=5. Leave out the dashes: n_iter=5.",
    "list": f"{KEYS}list. Did you mean task=list?",
    "help": f"{KEYS}help. Did you mean --help?",
    "compare": f"{KEYS}compare. Did you mean experiment=compare?",
    "rosenbrock": f"{KEYS}rosenbrock. Did you mean objective=rosenbrock?",
    "sine": f"{KEYS}sine. Give the key a value, as in n_iter=50.",
    "objective=[bowl,": f"{KEYS}objective=[bowl,. The shell cuts at spaces: leave them out, or put all in quotes",
    "objective=bowl,": f"{KEYS}objective=bowl,. The shell cuts at spaces: leave them out, or put all in quotes",
    "objective=[bowl": f"{KEYS}objective=[bowl. Close every quote and bracket. The shell cuts at spaces: leave them",
    "search=tpe.trials=3": f"{KEYS}search=tpe.trials=3. Make it two words: search=tpe search.trials=3.",
    "objective=bowl.dim=3": f"{KEYS}objective=bowl.dim=3. Make it two words: objective=bowl objective.bowl.dim=3.",
    "objective=[bowl,bowl]": "objective: expected different options, found [bowl,bowl]. Name each once: objec",
    "objective=bowl,levy": "objective: expected one value or a list, found bowl,levy. Use objective=[bowl,levy]",
    "optimizer=RMSprop": "optimizer: expected an option of optimizer, found 'RMSprop'. Did you mean 'rmsprop'?",
    "~objective": "objective: expected a value, found ~objective. Set another, or leave it out.",
    "+foo=1": "foo: expected a key of the config, found 'foo'. Choose from: animate,",
    "starts=16": "starts: expected an option of starts, found 16. For a number of starts, use starts.count=16.",
    "tracking=false": "tracking: expected an option of tracking, found False. For no tracking, use tracking=none.",
    "search.over=rho": "search.over: expected a list of names of hyperparameters, or null for all, found 'rho'. Put",
    "trials=5": "trials: expected a key of the config, found 'trials'. Did you mean search.trials?",
    "seed=3": "seed: expected a key of the config, found 'seed'. Did you mean evaluation.seed, search.seed or sta",
    "dim=10": "dim: expected a key of the config, found 'dim'. Did you mean objective.bowl.dim?",
    "optimizer.rho=0.9": "optimizer.rho: expected a key of optimizer, found 'rho'. Did you mean optimizer.rmsprop.rho?",
    "rmsprop.rho=0.9": "rmsprop: expected a key of the config, found 'rmsprop'. Did you mean optimizer.rmsprop?",
    "optimizer.rmsprop.lr=1": "optimizer.rmsprop.lr: expected a key of optimizer.rmsprop, found 'lr'. Did you mean opt",
    "+optimizer.rmsprop.lr=1": "optimizer.rmsprop.lr: expected a field of RMSProp, found lr. Did you mean 'step_size'?",
    "iterations=10": "iterations: expected a key of the config, found 'iterations'. Did you mean n_iter?",
    "+iterations=10": "iterations: expected a key of the config, found 'iterations'. Did you mean 'n_iter'?",
    "iters=": "iters: expected a key of the config, found 'iters'. Did you mean n_iter?",
    "steps=5": "steps: expected a key of the config, found 'steps'. Did you mean n_iter?",
    "epochs=5": "epochs: expected a key of the config, found 'epochs'. Did you mean n_iter?",
    "lr=1": "lr: expected a key of the config, found 'lr'. Did you mean optimizer.gd.step_size, optimizer.adagrad.step",
    "learning_rate=1": "learning_rate: expected a key of the config, found 'learning_rate'. Did you mean optimizer.gd.",
    "search.n_trials=5": "search.n_trials: expected a key of search, found 'n_trials'. Did you mean search.trials?",
    "optimizer.gd.step_size=0,1": "optimizer.gd.step_size: expected one value or a list, found 0,1. A decimal has a p",
    "+n_iter=5": "n_iter: expected an override without a plus, found +n_iter=5. Write n_iter=5.",
    "+search=tpe": "search: expected one option, found +search=tpe. Leave out the plus: search=tpe.",
    "n_iter=choice(1,2)": "n_iter: expected one value, found choice(1,2). For one job per value, add --multirun.",
    "n_iter=shuffle(1,2)": "n_iter: expected one value, found shuffle(1,2). For one job per value, add --multirun.",
    "objective=glob(*)": "objective: expected one value, found glob(*). For one job per value, add --multirun.",
    "hydra/launcher=nope": "hydra/launcher: expected an option of hydra/launcher, found 'nope'. Choose from: basic, ",
    "hydra.launcher.n_jobs=abc": "hydra.launcher.n_jobs: expected a key of the launcher that is chosen, found 'n_jobs'",
    "search=[tpe,grid]": "search: expected an option of search, found ['tpe', 'grid']. To set a value in it, use searc",
}
OPTIONS = {
    "hydra/launcher=joblib hydra.launcher.n_jobs=abc": "hydra.launcher.n_jobs: expected an integer, found 'abc'.",
    "--experiment compare": f"{KEYS}--experiment. Write experiment=compare.",
    "--name x": f"{KEYS}--name. Write name=x.",
    "-name x": f"{KEYS}-name. Write name=x.",
    "--task list": f"{KEYS}--task. Write task=list.",
    "--optimizer rmsprop": f"{KEYS}--optimizer. Write optimizer=rmsprop.",
    "--search.trials 5": f"{KEYS}--search.trials. Write search.trials=5.",
    "--hydra/launcher joblib": f"{KEYS}--hydra/launcher. Write hydra/launcher=joblib.",
    "--fresh": f"{KEYS}--fresh. Write fresh=<value>.",
    "--lr 0.1": f"{KEYS}--lr. Did you mean optimizer.gd.step_size, optimizer.adagrad.step_size or",
    "--multi": "command line: expected key=value, or an option, found --multi. Did you mean --multirun?",
    "--config mine": "command line: expected key=value, or an option, found --config. Did you mean --config-dir?",
    "--list": "command line: expected key=value, or an option, found --list. Did you mean task=list?",
    "-config-dir mine": "command line: expected an option, found -config-dir. Did you mean --config-dir?",
    "--cfg foo": "command line: expected options as rmsprop-lab --hydra-help lists them, found argument --cfg/-c: inv",
}
RANGE = "optimizer.gd.space.step_size: expected a range: {low, high, scale, points} or {values}, found "
VALUES = "For these values, write 'optimizer.gd.space.step_size={values: [0.1,0.2]}'."


@pytest.mark.parametrize("word", SLIPS)
def test_a_slip_is_told_with_what_to_change(lab, tmp_path: Path, word: str) -> None:
    ended = lab(word)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"rmsprop-lab: {SLIPS[word]}"), ended.err
    assert ended.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", OPTIONS)
def test_a_key_that_is_written_as_an_option_is_told_with_what_to_write(lab, tmp_path: Path, words: str) -> None:
    ended = lab(*words.split())
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"rmsprop-lab: {OPTIONS[words]}"), ended.err
    assert ended.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("group", "name", "near"), [("optimizer", "amsgrad", "adagrad"), ("objective", "logit", "log")]
)
def test_an_unknown_option_may_be_ones_own(lab, tmp_path: Path, group: str, name: str, near: str) -> None:
    own(tmp_path, group, name, QUARTIC, "_target_: quartic.py:Quartic")
    told = f"rmsprop-lab: {group}: expected an option of {group}, found '{name}'. Did you mean '{near}"
    ended = lab(f"{group}={name}")
    assert (ended.status, ended.err[: len(told)]) == (2, told)
    assert ended.err.endswith(f" For one of your own, add --config-dir <the folder that has your {group}/>.\n")
    ended = lab("--config-dir", f"mine/{group}", f"{group}={name}")
    assert ended.err.endswith(f" For yours, name the folder above {group}: --config-dir mine.\n")
    assert "--config-dir" not in lab("optimizer=RMSprop").err


@pytest.mark.parametrize(
    ("value", "told"), [("[0.1,0.2]", VALUES), ("0.1,0.2", VALUES), ("0.1", "Try {values: [0.01, 0.1]}.")]
)
def test_values_in_place_of_a_range_are_told_how_to_be_written(lab, tmp_path: Path, value: str, told: str) -> None:
    ended = lab(f"optimizer.gd.space.step_size={value}")
    assert ended.status == 2
    assert ended.err.startswith(f"rmsprop-lab: {RANGE}")
    assert ended.err.endswith(f" {told}\n")
    assert not list(tmp_path.iterdir())


def test_the_values_are_then_searched(lab) -> None:
    words = ["optimizer=gd", "search=grid", "optimizer.gd.space.step_size={values: [0.1,0.2]}", "evaluation.count=0"]
    ended = lab(*words, "task=plan", "tracking=none")
    assert "study: 2 runs of 100 iterations" in ended.out


def test_keys_are_looked_for_in_what_the_command_chooses(lab) -> None:
    told = "step_size: expected a key of the config, found 'step_size'. Did you mean optimizer.adam.step_size?"
    assert told in lab("optimizer=adam", "step_size=0.1").err
    assert "Did you mean optimizer.adam.space?" in lab("optimizer=[adam]", "space.step_size=[0.1,0.2]").err
    wrong = lab("optimizer=nope", "step_size=0.1")
    assert "optimizer: expected an option of optimizer, found 'nope'" in wrong.err


def test_a_key_that_ones_own_file_lacks_can_be_added(lab, tmp_path: Path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    given = ("--config-dir", "mine", "objective=quartic", "optimizer=gd", "task=plan", "tracking=none")
    told = (
        "objective.quartic.dim: expected a key of objective.quartic, which has none, found 'dim'. If its class has it, "
    )
    ended = lab(*given, "objective.quartic.dim=3")
    assert (ended.status, ended.err) == (
        2,
        f"rmsprop-lab: {told}add it to quartic.yaml, or here with a plus: +objective.quartic.dim=<value>.\n",
    )
    assert lab(*given, "+objective.quartic.dim=2").status == 0
