"""Judges a study by its winners: the one verdict that terminal, tables, figures and MLflow show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from rmsprop_lab.compare import Verdict, verdict
from rmsprop_lab.compare.shown import shown_table, typical_repeats
from rmsprop_lab.compare.success import TARGET
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.evaluation.target import start_steps_until
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.ranking_cells import ranks_in_words
from rmsprop_lab.storage.folder import StudyFolder


@dataclass(frozen=True, eq=False)
class Judgement:
    """What is said of a study, and the runs that show it.

    Args:
        study: The study.
        verdict: The verdict.
        best: Its ranking with the runs behind it, see `rmsprop_lab.compare.shown.shown_table`.
        pictured: The winners that pictures and marks show: of each objective those of its typical repeat, in the order
            of the ranking.
    """

    study: Study
    verdict: Verdict
    best: pd.DataFrame
    pictured: list[Winner]

    @property
    def ranks(self) -> dict[str, str]:
        """The rank of each pictured run that has one, by its key: text that MLflow sorts in the order of ranks."""
        keys = [winner.judged.run_key for winner in self.pictured]  # in the order of `best`
        told = dict(zip(keys, ranks_in_words(self.best), strict=True))
        wide = max((len(rank.rstrip("=")) for rank in told.values()), default=0)
        return {key: rank.rstrip("=").rjust(wide) + "=" * rank.endswith("=") for key, rank in told.items() if rank}


def judge(study: Study, folder: StudyFolder, winners: Sequence[Winner], runs: pd.DataFrame) -> Judgement:
    """Judges the optimizers of a study.

    Args:
        study: The study; it has the score, the smallest difference that matters, and the target.
        folder: Its folder.
        winners: The winner of each search of the whole plan.
        runs: The rows of its runs.
    """
    rows = pd.DataFrame([winner.row() for winner in winners])
    starts = folder.starts(rows["run_key"].unique())
    if study.target is not None:
        starts = _with_steps_to(study.target, starts, winners)
    can_repeat = study.search.draws or study.redrawn
    found = verdict(
        rows,
        runs,
        starts,
        score=study.search.score,
        delta=study.delta,
        target=TARGET if study.target is None else study.target,
        objectives=list(study.objectives),
        optimizers=list(study.optimizers),
        needs="" if can_repeat else "starts=uniform",
    )
    if study.search.method == "none" and found.ranking["rank"].notna().any():
        found = replace(found, sentence=_as_configured(found.sentence, study.optimizers))
    best = shown_table(found.ranking, rows, runs)
    typical = typical_repeats(found.scores)
    place = {key: index for index, key in enumerate(zip(best["objective"], best["optimizer"], strict=True))}
    pictured = [winner for winner in winners if winner.cell.repeat == typical[winner.cell.problem.name]]
    pictured.sort(key=lambda winner: place[winner.cell.problem.name, winner.cell.optimizer_name])
    return Judgement(study, found, best, pictured)


def _as_configured(sentence: str, optimizers: Collection[str]) -> str:
    """The sentence of a study without a search: tuned, its optimizers may come in another order.

    >>> _as_configured("On bowl all are practically equal.", ["gd", "adam"])
    'As configured, on bowl all are practically equal.'
    """
    rest = f"on {sentence[3:]}" if sentence.startswith("On ") and "On" not in optimizers else sentence
    return f"As configured, {rest}"


def _with_steps_to(target: float, starts: pd.DataFrame, winners: Sequence[Winner]) -> pd.DataFrame:
    """The rows of starts with the iterations until the study's target, which needs the runs to be descended again."""
    there = set(starts["run_key"])
    judged = {run.run_key: run for run in (winner.judged for winner in winners) if run.run_key in there}
    steps = [
        pd.DataFrame({"run_key": key, "start": np.arange(len(found), dtype=np.int32), "steps_to_target": found})
        for key, run in judged.items()
        for found in [start_steps_until(run, target)]
    ]
    if not steps:  # every run failed
        return starts.assign(steps_to_target=np.nan)
    return starts.merge(pd.concat(steps), on=["run_key", "start"], how="left")


def by_difference(ranking: pd.DataFrame) -> list[str]:
    """The objectives of a ranking, the one first on which the scores of optimizers differ most.

    Scores of those without a known minimum, which are values, cannot be compared with others: these come last.

    >>> rows = [("bowl", -8.0, "gap"), ("bowl", -7.0, "gap"), ("well", -5.0, "gap"), ("well", -1.0, "gap")]
    >>> rows += [("saddle", -900.0, "mean_value"), ("saddle", 7.0, "mean_value")]
    >>> by_difference(pd.DataFrame(rows, columns=["objective", "score", "score_name"]))
    ['well', 'bowl', 'saddle']
    """
    finite = ranking.assign(score=ranking["score"].where(np.isfinite(ranking["score"])))
    finite.loc[ranking["score_name"] == "mean_value", "score"] = np.nan
    groups = finite.groupby("objective", sort=False)["score"]
    apart = (groups.max() - groups.min()).fillna(-1.0)
    return [str(name) for name in apart.sort_values(ascending=False, kind="stable").index]
