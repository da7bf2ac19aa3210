"""The database for optuna-dashboard, as Optuna reads it."""

from pathlib import Path

import numpy as np
import optuna
import pytest

from rmsprop_lab.plan.space import Range
from rmsprop_lab.search import Scored
from rmsprop_lab.search.dashboard import write_dashboard
from rmsprop_lab.search.optuna_spaces import frozen

SPACE = {
    "step_size": Range(1e-3, 0.1, "log", 2),
    "rho": Range(0.9, 0.999, "log_complement", 3),
    "delay": Range(1, 9, "linear", 3, whole=True),
    "centered": Range(values=(False, True)),
    "momentum": Range(0.5, 0.9, "linear", 3, when={"centered": (True,)}),
}
TRIALS = [
    Scored({"step_size": 0.1, "rho": 0.99, "delay": 3, "centered": False}, 0.5, "a"),
    Scored({"step_size": 0.01, "rho": 0.9, "delay": 9, "centered": True, "momentum": 0.7}, np.inf, "b"),
]


def test_optuna_reads_what_was_searched(tmp_path: Path) -> None:
    path = tmp_path / "optuna.db"
    write_dashboard(path, {"one": (SPACE, TRIALS, "log₁₀ gap"), "two, repeat 1": (SPACE, TRIALS[:1], "steps")})
    assert [study.n_trials for study in optuna.get_all_study_summaries(f"sqlite:///{path}")] == [2, 1]
    study = optuna.load_study(study_name="one", storage=f"sqlite:///{path}")
    assert (study.metric_names, study.direction.name) == (["log₁₀ gap"], "MINIMIZE")
    first, second = study.trials
    assert first.params == {"step_size": 0.1, "1 - rho": 0.01, "delay": 3, "centered": False}
    assert second.params == {"step_size": 0.01, "1 - rho": 0.1, "delay": 9, "centered": True, "momentum": 0.7}
    assert [trial.values for trial in study.trials] == [[0.5], [np.inf]]
    assert [trial.user_attrs for trial in study.trials] == [{"run_key": "a"}, {"run_key": "b"}]
    assert second.distributions == {
        "step_size": optuna.distributions.FloatDistribution(1e-3, 0.1, log=True),
        "1 - rho": optuna.distributions.FloatDistribution(0.001, 0.1, log=True),
        "delay": optuna.distributions.IntDistribution(1, 9),
        "centered": optuna.distributions.CategoricalDistribution([False, True]),
        "momentum": optuna.distributions.FloatDistribution(0.5, 0.9),
    }
    for number, (read, made) in enumerate(zip(study.trials, frozen(SPACE, TRIALS), strict=True)):
        assert (read.number, read.state) == (number, made.state)
        assert read.datetime_complete is not None


def test_a_search_writes_its_database_anew(tmp_path: Path) -> None:
    path = tmp_path / "optuna.db"
    for names in (["one"], ["one", "two"], ["two"], []):
        write_dashboard(path, {name: (SPACE, TRIALS, "score") for name in names})
        assert optuna.get_all_study_names(f"sqlite:///{path}") == names
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_an_interrupted_write_leaves_the_old_database_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    path = tmp_path / "optuna.db"
    write_dashboard(path, {"one": (SPACE, TRIALS, "score")})
    before = path.read_bytes()
    add_trial = optuna.Study.add_trial

    def interrupted(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if study.study_name == "two" and len(study.trials) == 1:
            raise error
        add_trial(study, trial)

    monkeypatch.setattr(optuna.Study, "add_trial", interrupted)
    with pytest.raises((KeyboardInterrupt, OSError)):
        write_dashboard(path, {"one": (SPACE, TRIALS, "score"), "two": (SPACE, TRIALS, "score")})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
