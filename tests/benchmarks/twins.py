"""Studies of twins: the demo's comparison, with optimizers under two names that differ in the seed of their search."""

import dataclasses
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
from omegaconf import OmegaConf

from rmsprop_lab import Study, run_study
from rmsprop_lab.cli.composing import compose
from rmsprop_lab.compare import Verdict, verdict
from rmsprop_lab.config.settings import read
from rmsprop_lab.plan.cell import Cell

APART = 100  # between the seeds of two studies; a repeat adds its number to each seed
HALF = 50  # between the seeds of two twins
_TWIN = "_twin"


@dataclasses.dataclass(frozen=True)
class Setting:
    """The setting of `experiment=compare`, and what is set in it.

    Args:
        optimizers: The options of `optimizer` to compare. Each has a twin.
        objectives: The options of `objective`.
        repeats: The number of repeats.
        overrides: More overrides, as on the command line.
    """

    optimizers: tuple[str, ...]
    objectives: tuple[str, ...] = ("bowl", "ellipsoid", "rosenbrock", "zakharov")
    repeats: int = 8
    overrides: tuple[str, ...] = ()

    def study(self, number: int) -> Study:
        """The study with its own seeds; those of number 0 are the command's."""
        given = [f"{key}.seed={APART * number}" for key in ("search", "starts", "evaluation")]
        given += [f"{key}=[{','.join(getattr(self, f'{key}s'))}]" for key in ("objective", "optimizer")]
        config = compose(["experiment=compare", f"search.repeats={self.repeats}", *given, *self.overrides])
        plain: Any = OmegaConf.to_container(config, resolve=True)
        return read(plain).study


class TwinStudy(Study):
    """A study in which the search of an optimizer named `..._twin` has a seed of its own.

    The seed of a search does not depend on the optimizer's name: under two names, one optimizer makes the same trials,
    and the scores are equal. All else is shared, as it is among optimizers: the starts of the search, the fresh starts.
    """

    @cached_property
    def cells(self) -> tuple[Cell, ...]:  # type: ignore[override]
        return tuple(_reseeded(cell) if cell.optimizer_name.endswith(_TWIN) else cell for cell in super().cells)


def twin_of(optimizer: str) -> str:
    """The other name of an optimizer."""
    return optimizer + _TWIN


def with_twins(study: Study) -> TwinStudy:
    """The same study with a twin of each optimizer, which has its space."""
    given = {field.name: getattr(study, field.name) for field in dataclasses.fields(study)}
    for key in ("optimizers", "spaces"):
        given[key] = given[key] | {twin_of(name): part for name, part in given[key].items()}
    return TwinStudy(**given)


def _reseeded(cell: Cell) -> Cell:
    return dataclasses.replace(cell, search=dataclasses.replace(cell.search, seed=cell.search.seed + HALF))


class Tables(NamedTuple):
    """What a verdict is made of: winners, their runs on fresh starts, and what each start of these measured."""

    winners: pd.DataFrame
    runs: pd.DataFrame
    starts: pd.DataFrame


def tables_of(study: Study) -> Tables:
    """Runs a study and keeps what its verdict is made of."""
    with TemporaryDirectory() as folder:
        summary = run_study(study, output_dir=Path(folder), tracking="none", figures=False)
        if summary.failed:
            raise RuntimeError(f"{len(summary.failed)} runs failed: {next(iter(summary.failed.values()))}")
        winners = pd.DataFrame([winner.row() for winner in summary.winners])
        runs, starts = summary.folder.runs(), summary.folder.starts()
    shown = set(winners["run_key"])
    return Tables(winners, runs[runs["run_key"].isin(shown)], starts[starts["run_key"].isin(shown)])


def verdict_on(tables: Tables, setting: Setting, optimizers: Sequence[str], repeats: int) -> Verdict:
    """The verdict of a study of these optimizers and so many repeats.

    A study holds those of fewer repeats and of fewer optimizers: neither changes the seeds of the rest.
    """
    winners = tables.winners[tables.winners["repeat"] < repeats]
    return verdict(winners, *tables[1:], objectives=list(setting.objectives), optimizers=list(optimizers))


def made_worse(tables: Tables, optimizer: str, decades: float = 1.0) -> Tables:
    """The same tables with the scores of one optimizer raised: those of its runs, and those of their starts."""
    winners, *others = tables
    mine = winners["optimizer"] == optimizer
    new_keys = {key: f"{key}-worse" for key in winners.loc[mine, "run_key"]}  # a twin may share a run
    raised = []
    for table in others:
        copies = table[table["run_key"].isin(new_keys)]
        copies = copies.assign(
            run_key=copies["run_key"].map(new_keys), mean_log10_gap=copies["mean_log10_gap"] + decades
        )
        raised.append(pd.concat([table, copies], ignore_index=True))
    keys = winners["run_key"].where(~mine, winners["run_key"].map(new_keys))
    return Tables(winners.assign(run_key=keys), *raised)
