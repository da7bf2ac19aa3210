"""The verdict of a large comparison from its folder: reading, and judging."""

import dataclasses
import itertools
import tempfile
from time import perf_counter

from support.catalogue import OBJECTIVES, OPTIMIZERS

from benchmarks.harness import Row
from rmsprop_lab.base import Optimizer
from rmsprop_lab.compare.verdict import verdict
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Range
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.run import run_study

TITLE = "The verdict from disk"
ABOUT = """Seconds from a folder that was never read to the verdict: all optimizers on all objectives, 8 repeats of a
random search of two trials, each winner evaluated from 32 fresh starts. The files are in the page cache, and pandas and
SciPy are imported. The first row is the sum of the others."""
REPEATS, STARTS, ROUNDS = 8, 32, 7


def rows() -> list[Row]:
    study = a_study()
    with tempfile.TemporaryDirectory() as output:
        run_study(study, output_dir=output, tracking="none", figures=False)
        timed = [_timed(StudyFolder(output, study.name)) for _ in range(1 + ROUNDS)][1:]
        parts = len(list(StudyFolder(output, study.name).path.glob("runs.parquet/part-*")))
    names = ("trials", "runs", "starts", "judging")
    note = f"{len(study.cells):,} searches in {parts} parts"
    whole = Row("read and judged", tuple(sum(found) for found in timed), at_most=2, unit="s", note=note)
    return [whole, *(Row(name, found, unit="s") for name, found in zip(names, zip(*timed, strict=True), strict=True))]


def a_study() -> Study:
    """Ten optimizers on 24 objectives; few steps, as the tables do not grow with them."""
    tried = {name.lower(): _made(cls) for name, cls in OPTIMIZERS.items()}
    return Study(
        "verdict",
        {name.lower(): cls() for name, cls in OBJECTIVES.items()},
        tried,
        Starts("uniform", count=2),
        n_iter=5,
        search=Search("random", trials=2, repeats=REPEATS),
        spaces={name: {"step_size": Range(1e-4, 0.1, "log")} for name in tried},
        evaluation=Starts("fresh", count=STARTS),
    )


def _made(cls: type[Optimizer]) -> Optimizer:
    """With 0.9 for each hyperparameter that has no default."""
    return cls(**{each.name: 0.9 for each in dataclasses.fields(cls) if each.default is dataclasses.MISSING})


def _timed(folder: StudyFolder) -> tuple[float, ...]:
    """Seconds of reading trials, runs and starts, and of judging them."""
    began = [perf_counter()]
    tables = []
    for read in (folder.trials, folder.runs, folder.starts):
        tables.append(read())
        began.append(perf_counter())
    verdict(*tables)
    began.append(perf_counter())
    return tuple(after - before for before, after in itertools.pairwise(began))
