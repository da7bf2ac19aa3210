"""What `import rmsprop_lab` offers: its names, and what its classes and functions say to values of a wrong type."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from support.studies import study

import rmsprop_lab
from rmsprop_lab import (
    InputError,
    Optimizer,
    Range,
    Search,
    Starts,
    Study,
    Summary,
    descend,
    load,
    load_traces,
    plot,
    run_study,
)
from rmsprop_lab.objectives import Bowl, Rosenbrock
from rmsprop_lab.optimizers import GD, RMSProp

NAMES = """
    ContractBroken ContractWarning DamageWarning EngineWarning InputError LabError Objective Optimizer Range
    ResultsError RunsFailed Search Starts Study StudyInterrupted Summary Trace TrackingError TrackingWarning
    WaitingWarning descend load load_traces plot run_study
"""
NOTHING = object()


def test_the_names_that_are_offered() -> None:
    assert sorted(rmsprop_lab.__all__) == sorted(NAMES.split())
    for name in rmsprop_lab.__all__:
        assert getattr(rmsprop_lab, name).__doc__, name
    assert set(rmsprop_lab.__all__) <= set(dir(rmsprop_lab))
    with pytest.raises(AttributeError, match="no attribute 'Tsudy'"):
        rmsprop_lab.Tsudy  # noqa: B018


def test_importing_the_package_imports_nothing_slow() -> None:
    slow = ("numpy", "pandas", "matplotlib", "mlflow", "optuna", "hydra", "scipy", "numba")
    code = f"import sys, rmsprop_lab; print([name for name in {slow} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def arguments_of(cls: type, **given: Any) -> list[Any]:
    """Each field of a dataclass with a value that no field takes."""
    return [
        pytest.param(cls, {**given, field.name: NOTHING}, field.name, id=f"{cls.__name__}-{field.name}")
        for field in dataclasses.fields(cls)
        if field.init
    ]


class Plain(Optimizer):
    """No dataclass, so that its hyperparameters have no names."""

    def __init__(self, step_size: float) -> None:
        object.__setattr__(self, "step_size", step_size)

    def update(self, gradient: Any, state: Any) -> Any:
        return gradient, state


STUDY: dict[str, Any] = {
    "name": "s",
    "objectives": {"bowl": Bowl()},
    "optimizers": {"gd": GD(0.1)},
    "starts": Starts(),
    "n_iter": 5,
}


@pytest.mark.parametrize(
    ("make", "given", "key"),
    [
        *arguments_of(Study, **STUDY),
        *arguments_of(Search),
        *arguments_of(Range, low=0.1, high=1.0),
        *arguments_of(Starts),
        *arguments_of(Bowl),
        *arguments_of(RMSProp, step_size=0.1, rho=0.9),
        (Study, {**STUDY, "objectives": {"bowl": GD(0.1)}}, "objectives.bowl"),
        (Study, {**STUDY, "optimizers": {"gd": Bowl()}}, "optimizers.gd"),
        (Study, {**STUDY, "optimizers": {3: GD(0.1)}}, "optimizers"),
        (Study, {**STUDY, "spaces": {"gd": 3}}, "spaces.gd"),
        (Study, {**STUDY, "spaces": {"dg": {"step_size": Range(0.1, 1.0)}}}, "spaces"),
        (Study, {**STUDY, "optimizers": {"gd": GD(np.array([0.1, 0.2]))}}, "optimizers.gd.step_size"),
        (Study, {**STUDY, "optimizers": {"plain": Plain(0.1)}}, "optimizers.plain"),
        (Study, {**STUDY, "spaces": {"gd": {"step_size": (0.1, 1.0)}}}, "spaces.gd.step_size"),
        (Study, {**STUDY, "starts": [[1.0, "a"]]}, "starts.points"),
        (Study, {**STUDY, "starts": np.zeros((2, 3))}, "starts.points"),
        (Study, {**STUDY, "evaluation": np.full((1, 2), np.nan)}, "evaluation.points"),
        (Search, {"over": [3]}, "over"),
        (Search, {"trials": True}, "trials"),
        (Range, {"values": "abc"}, "values"),
        (Starts, {"points": "abc"}, "points"),
    ],
)
def test_a_wrong_type_names_its_argument(make: Callable[..., Any], given: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as error:
        make(**given)
    assert error.value.key == key
    assert error.value.expected


def test_functions_name_the_argument_of_a_wrong_type(tmp_path: Any) -> None:
    wrong: list[tuple[Callable[[], Any], str]] = [
        (lambda: run_study(NOTHING), "study"),  # type: ignore[arg-type]
        (lambda: run_study(study(), output_dir=3), "output_dir"),  # type: ignore[arg-type]
        (lambda: run_study(study(), output_dir=tmp_path, tracking="mlfow"), "tracking"),  # type: ignore[arg-type]
        (lambda: run_study(study(), output_dir=tmp_path, tracking=None), "tracking"),  # type: ignore[arg-type]
        (lambda: run_study(study(), output_dir=tmp_path, figures=1), "figures"),  # type: ignore[arg-type]
        (lambda: run_study(study(), output_dir=tmp_path, animate=1), "animate"),  # type: ignore[arg-type]
        (lambda: run_study(study(), output_dir=tmp_path, figures=False, animate=True), "animate"),
        (lambda: run_study(study(), output_dir=tmp_path, on_progress=3), "on_progress"),  # type: ignore[arg-type]
        (lambda: load(3), "name"),  # type: ignore[arg-type]
        (lambda: load("s", NOTHING), "output_dir"),  # type: ignore[arg-type]
        (lambda: load_traces(3), "name"),  # type: ignore[arg-type]
        (lambda: load_traces("s", [1], tmp_path), "run_keys"),  # type: ignore[list-item]
        (lambda: load_traces("s", "abc", tmp_path), "run_keys"),  # type: ignore[arg-type]
        (lambda: descend(NOTHING, GD(0.1), [0.5, 0.5], 5), "objective"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), NOTHING, [0.5, 0.5], 5), "optimizer"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), GD(0.1), NOTHING, 5), "starts"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), GD(0.1), ["a", "b"], 5), "starts"),
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], 5.0), "n_iter"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], True), "n_iter"),
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], 5, record="all"), "record"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], 5, streams="a"), "streams"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], 5, streams=[1, 2]), "streams"),
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], 5, engine=NOTHING), "engine"),  # type: ignore[arg-type]
        (lambda: descend(Bowl(), GD(0.1), [0.5, 0.5], 5, out=NOTHING), "out"),  # type: ignore[arg-type]
        (lambda: plot(NOTHING), "trace"),  # type: ignore[arg-type]
    ]
    for call, key in wrong:
        with pytest.raises(InputError) as error:
            call()
        assert error.value.key == key
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "points", [[[0.5, -0.5], [1.0, 0.25]], np.array([[0.5, -0.5], [1.0, 0.25]]), ((0.5, -0.5), (1.0, 0.25))]
)
def test_starts_may_be_an_array_or_a_nested_list(points: Any) -> None:
    starts = Starts("fixed", points=((0.5, -0.5), (1.0, 0.25)))
    assert Starts(points=points) == starts
    of_array, of_starts = (Study(**{**STUDY, "starts": given}) for given in (points, starts))
    assert of_array.starts == starts
    runs = [study.cells[0].run({}).run_key for study in (of_array, of_starts)]
    assert runs[0] == runs[1]
    assert Starts(points=[0.5, -0.5]).points == ((0.5, -0.5),)


@dataclass(frozen=True, eq=False)
class OnlyStep(Optimizer):
    step_size: float = 0.1

    def update(self, gradient: Any, state: Any) -> Any:
        return self.step_size * gradient


@dataclass(frozen=True, eq=False)
class NumberState(OnlyStep):
    def init(self) -> Any:
        return 1.0


class Constant(Bowl):
    def value(self, point: Any) -> Any:
        return 1.0


class OneRow(Bowl):
    def gradient(self, point: Any) -> Any:
        return point[0]


@pytest.mark.parametrize(
    ("objective", "optimizer", "key"),
    [
        (Bowl(), OnlyStep(), "optimizer.update"),
        (Bowl(dim=3), OnlyStep(), "optimizer.update"),
        (Bowl(), NumberState(), "optimizer.init"),
        (Constant(), GD(0.1), "objective.value"),
        (OneRow(), GD(0.1), "objective.gradient"),
    ],
)
def test_descend_refuses_what_could_be_broadcast_into_wrong_numbers(objective: Any, optimizer: Any, key: str) -> None:
    for _ in range(2):  # asked again, it is refused again
        with pytest.raises(InputError) as error:
            descend(objective, optimizer, np.full(objective.dim, 0.5), 5)
        assert error.value.key == key


class Unready(Bowl):
    """Its code must not run before it is needed."""

    def value(self, point: Any) -> Any:
        raise AssertionError("called")

    gradient = value  # type: ignore[assignment]


class Lazy(GD):
    def update(self, gradient: Any, state: Any) -> Any:
        raise AssertionError("called")

    init = update  # type: ignore[assignment]


def test_constructing_a_study_runs_no_code_of_its_parts() -> None:
    made = Study(**{**STUDY, "objectives": {"f": Unready()}, "optimizers": {"gd": Lazy(0.1)}})
    assert len(made) == 1


class Crooked(Bowl):
    def value(self, point: Any) -> Any:
        return np.zeros(3)


def test_running_a_study_tries_the_code_before_anything_is_created(tmp_path: Any) -> None:
    made = Study(**{**STUDY, "objectives": {"crooked": Crooked()}})
    with pytest.raises(InputError, match=r"objectives\.crooked\.value: expected real numbers of shape \(10,\)"):
        run_study(made, output_dir=tmp_path, tracking="none")
    assert not list(tmp_path.iterdir())


def test_a_summary_shows_itself(tmp_path: Any) -> None:
    summary = run_study(study(method="none"), output_dir=tmp_path, tracking="none", figures=False)
    assert isinstance(summary, Summary)
    text = repr(summary)
    assert len(text.splitlines()) == 2
    assert "4 of 4 runs computed" in text
    table = summary._repr_html_()
    for word in ("<table", "bowl", "himmelblau", "rmsprop", "step_size", "0.05"):
        assert word in table


def test_an_interrupted_study_reaches_its_caller(tmp_path: Any) -> None:
    def stop(done: int, total: int, doing: str) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(rmsprop_lab.StudyInterrupted) as stopped:
        run_study(study(), output_dir=tmp_path, tracking="none", on_progress=stop)
    summary = stopped.value.summary
    assert isinstance(summary, Summary)
    assert 0 < summary.computed < 8
    assert len(summary.runs) == summary.computed
    assert f"{summary.computed} runs of a plan of 8 computed" in repr(summary)
    assert summary.added
    assert summary.best.empty
    assert isinstance(stopped.value, KeyboardInterrupt)
    assert run_study(study(), output_dir=tmp_path, tracking="none", figures=False).computed == 8 - summary.computed


def test_ctrl_c_while_the_store_opens_reaches_its_caller_too(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("rmsprop_lab.tasks.run._recorder", interrupted)
    with pytest.raises(rmsprop_lab.StudyInterrupted) as stopped:
        run_study(study(), output_dir=tmp_path)
    assert stopped.value.summary.computed == 0


class Undefined(Bowl):
    def value(self, point: Any) -> Any:
        raise NameError("name 'a' is not defined")


def test_a_summary_says_what_failed_and_ranks_it_nowhere(tmp_path: Any) -> None:
    made = Study(**{**STUDY, "objectives": {"f": Undefined()}})
    summary = run_study(made, output_dir=tmp_path, tracking="none", figures=False)
    for text in (repr(summary), summary._repr_html_()):
        assert "1 failed, the first with NameError" in text
        assert "best:" not in text


def test_names_that_live_elsewhere_say_where() -> None:
    with pytest.raises(AttributeError, match=r"optimizers are in rmsprop_lab\.optimizers"):
        rmsprop_lab.RMSProp  # noqa: B018
    assert not {"Any", "import_module", "TYPE_CHECKING"} & set(dir(rmsprop_lab))


def test_a_trace_shows_itself() -> None:
    text = repr(descend(Rosenbrock(), GD(np.geomspace(1e-5, 1.0, 10)), [-1.0, 2.0], 20))
    assert len(text.splitlines()) <= 2
    assert "diverged" in text
