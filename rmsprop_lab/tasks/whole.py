"""Finds the newest plan of a study's folder whose searches are all finished, and judges it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import takewhile

from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.cells import Work


@dataclass(frozen=True, eq=False)
class Plan:
    """What is on disk of a study: the winners of its searches, its runs by run key, and `Recorded.withheld`."""

    study: Study
    winners: list[Winner]
    runs: dict[str, Run]
    withheld: bool = False


def recalled(study: Study, folder: StudyFolder, withheld: bool = False) -> Plan:
    """What is on disk of a study."""
    work = Work(study, folder, None, lambda cell, count: None)
    work.recall()
    return Plan(study, work.winners, work.runs, withheld)


def newest_whole(plans: Iterable[Plan], folder: StudyFolder) -> Plan | None:
    """The first of these plans, the newest first, that can be judged; None if there is none.

    Where code is withheld, neither what is left of the plan nor an older one stands for it.
    """
    rows = folder.run_table().select(["run_key", "outcome"]).to_pylist()
    judgeable = folder.start_keys() | {row["run_key"] for row in rows if row["outcome"] == "failed"}
    known = takewhile(lambda plan: not plan.withheld, plans)
    return next((plan for plan in known if _is_whole(plan, judgeable)), None)


def _is_whole(plan: Plan, judgeable: Collection[str]) -> bool:
    """Whether every search of a plan has all its trials, and a winner that can be judged.

    That takes an evaluation, if the plan has one, and the measures of each start.
    """
    done = [
        winner
        for winner in plan.winners
        if winner.trials >= len(winner.cell)
        and (winner.shown or not plan.study.evaluates)
        and winner.judged.run_key in judgeable
    ]
    return len(done) == len(plan.study.cells)
