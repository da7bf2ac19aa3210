"""A tuning search against Optuna alone: what computing, measuring and writing its trials adds."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import optuna

from benchmarks.harness import Row, by_turns
from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.search import searcher_for
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.cells import Work

TITLE = "A tuning search"
ABOUT = """Our time over that of the same ask and tell on a bare in-memory Optuna study whose objective costs nothing:
64 trials of RMSProp's step size and rho by TPE in batches of 8, on the bowl from ten starts, 200 iterations. Without
the disk: asked, computed, measured and told. With it: also all runs, trials and traces on disk, synced. Neither draws
nor logs."""
TRIALS, BATCH = 64, 8
SPACE = {"step_size": Range(1e-4, 1.0, "log"), "rho": Range(0.9, 0.999, "log_complement")}
OPTUNA = {
    "step_size": optuna.distributions.FloatDistribution(1e-4, 1.0, log=True),
    "1 - rho": optuna.distributions.FloatDistribution(0.001, 0.1, log=True),
}


def rows() -> list[Row]:
    study = Study(
        "tuning",
        {"bowl": Bowl()},
        {"rmsprop": RMSProp(0.01, 0.99)},
        Starts(count=10),
        n_iter=200,
        search=Search("tpe", trials=TRIALS, batch=BATCH),
        spaces={"rmsprop": SPACE},
    )
    (cell,) = study.cells
    seconds = by_turns({"bare": _bare, "memory": lambda: _in_memory(cell), "disk": lambda: _on_disk(study)}, rounds=9)
    note = f"Optuna alone {1000 * float(sorted(seconds['bare'])[4]):.0f} ms"
    return [
        Row("without the disk", tuple(seconds["memory"] / seconds["bare"]), at_most=1.3, note=note),
        Row("with the disk", tuple(seconds["disk"] / seconds["bare"]), at_most=3.0),
    ]


def _bare() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=8))
    for _ in range(TRIALS // BATCH):
        trials = [study.ask(OPTUNA) for _ in range(BATCH)]
        for trial in trials:
            study.tell(trial, abs(trial.params["step_size"] - 0.1))


def _in_memory(cell: Cell) -> None:
    search: Any = searcher_for(cell)
    while trials := search.ask():
        runs = [cell.run(trial.hyperparameters) for trial in trials]
        (computed,) = compute(runs, traced=False)
        search.tell({trial.number: score for trial, score in zip(trials, computed.scores("best_gap"), strict=True)})


def _on_disk(study: Study) -> None:
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        Work(study, StudyFolder(folder, "tuning"), None, lambda cell, count: None).do()
