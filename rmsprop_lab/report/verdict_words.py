"""The verdict in words, and what the numbers beside it are."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.ranking_cells import RANK, SUCCESS, UNTUNED
from rmsprop_lab.report.wording import (
    counted,
    repeats_told,
    score_in_words,
    score_told,
    starts_in_words,
    value_in_words,
)

_MOST_TOLD = 3  # objectives of a single optimizer


def verdict_told(judgement: Judgement) -> list[str]:
    """What may be said, in sentences: of each objective, over all of them, and whether the repeats are enough.

    Of a single optimizer: what its search found, or where its runs ended.
    """
    study, verdict = judgement.study, judgement.verdict
    optimizers = len(study.optimizers)
    if optimizers == 1:
        return list(_of_one(study, judgement.best))
    told = [verdict.sentence, verdict.overall_sentence]
    if verdict.ranking["rank"].isna().all():
        told.append("The order is that of the scores." if optimizers > 1 else "")
    elif not verdict.is_enough:
        few = f"{counted(verdict.repeats, 'repeat')} find only large differences among {optimizers} optimizers"
        told.append(f"{few}; {verdict.override} finds more.")
    return [sentence for sentence in told if sentence]


def _of_one(study: Study, best: pd.DataFrame) -> Iterator[str]:
    """What is said of a single optimizer, a sentence for each of the first objectives."""
    tuned = study.search.method != "none"
    for row in best.head(_MOST_TOLD).to_dict("records"):
        if row["outcome"] == "failed":
            told = "every run failed, as code raises an error: see task=check"
        elif row["starts_lost"] == row["starts"]:
            told = f"it diverged from every start{', at the best settings found too' if tuned else ''}"
        else:
            told = _settings_found(study, row) if tuned else _ended(study, row)
        yield f"{row['optimizer']} on {row['objective']}: {told}."
    if (more := len(best) - _MOST_TOLD) > 0:
        yield f"{counted(more, 'other objective')} below."


def _settings_found(study: Study, row: Mapping[Hashable, Any]) -> str:
    (space,) = study.spaces.values()
    settings = " and ".join(f"{name} {value_in_words(row[name], 3)}" for name in space if pd.notna(row.get(name)))
    before = f", {score_in_words(row['untuned'], row['score_name'])} as configured" if study.evaluates else ""
    return f"{settings}; score {score_in_words(row['score'], row['score_name'])}{before}"


def _ended(study: Study, row: Mapping[Hashable, Any]) -> str:
    if not np.isfinite(row["final_value"]):
        return f"it diverged from {row['starts_lost']} of {counted(row['starts'], 'start')}"
    median = f", the median of {counted(row['starts'], 'start')}" if row["starts"] > 1 else ""
    return f"f = {row['final_value']:.3g} after {counted(study.n_iter, 'iteration')}{median}"


def setting_told(study: Study, best: pd.DataFrame, trials: Iterable[int]) -> str:
    """What was compared: how settings were chosen, from which starts they are judged, how often all was repeated.

    Args:
        study: The study.
        best: The table of `rmsprop_lab.compare.shown.shown_table`.
        trials: The number of trials of each search.
    """
    first = study.cells[0]
    seen, most = starts_in_words(first.problem.points.shape[1]), sorted(set(trials))
    again, iterations = repeats_told(study), counted(study.n_iter, "iteration")
    if study.search.method == "none":
        return f"as configured, {iterations} from {seen}{again}"
    count = counted(most[0], "trial") if len(most) == 1 else f"{most[0]} to {most[-1]} trials"
    chosen = f"best of {count} ({study.search.method}) from {seen}"
    if not study.evaluates:
        return f"{chosen}, judged from the same, {iterations}{again}"
    fresh = int(best["starts"].max() // best["repeats"].max()) or study.evaluation.count  # type: ignore[union-attr]
    return f"{chosen}, judged from {starts_in_words(fresh).replace(' ', ' fresh ')}, {iterations}{again}"


def headings_told(study: Study, best: pd.DataFrame, headings: Iterable[str]) -> str:
    """What the numbers under some headings are, in short sentences."""
    shown, repeated = set(headings), study.search.repeats > 1
    told = [score_told(study)]
    if best["score_low"].notna().any():
        told.append("±: 95 % interval over repeats.")
    if RANK in shown:
        told.append("#: 1 + how many are better; = shared.")
    if SUCCESS in shown:
        told.append(f"Success: starts that come {success_told(best)}, of all {int(best['starts'].max())}.")
    told.append("Lost: starts that diverged.")
    if UNTUNED in shown:
        told.append("Untuned: score as configured.")
    if repeated:
        told.append("Settings, gap: of the repeat with the median score; pictures: of one repeat for all.")
    return " ".join(told)


def success_told(ranking: pd.DataFrame) -> str:
    """What a start that succeeds does, after `comes`."""
    target = str(ranking["success_target"].iloc[0])
    return target if target.startswith("below") else f"to {target} of their first gap"
