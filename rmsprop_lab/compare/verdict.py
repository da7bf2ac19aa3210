"""The verdict of a study: what may be said after it, and how sure it is.

Rule 4 says who is better and rule 5 who is equal (`pairs`), the rules 6 to 8 give ranks (`ranks`), rule 9 looks at all
objectives together (`overall`), rule 10 says it in a sentence (`sentence`). Nothing else orders optimizers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rmsprop_lab.compare.judged import judged_runs
from rmsprop_lab.compare.overall import overall_sentence, overall_table
from rmsprop_lab.compare.pairs import pair_table
from rmsprop_lab.compare.ranks import enough_repeats, ranks_of, repeats_to_ask_for
from rmsprop_lab.compare.repeats import names_in, repeat_scores, start_rows
from rmsprop_lab.compare.sentence import verdict_sentence
from rmsprop_lab.compare.standings import ranking_table
from rmsprop_lab.compare.success import TARGET
from rmsprop_lab.plan.scores import DELTA


@dataclass(frozen=True, eq=False)
class Verdict:
    """What may be said of optimizers after a study, as tables and as a sentence.

    Args:
        ranking: One row per objective and optimizer; see `rmsprop_lab.compare.standings.ranking_table`.
        pairs: One row per objective and pair of optimizers; see `rmsprop_lab.compare.pairs.pair_table`.
        overall: One row per optimizer; see `rmsprop_lab.compare.overall.overall_table`.
        sentence: Which optimizers are best on which objectives, or why that cannot be said.
        overall_sentence: What may be said over all objectives; empty for a single one, and without ranks.
        scores: The score of each repeat; see `rmsprop_lab.compare.repeats.repeat_scores`.
        starts: What each fresh start measured; see `rmsprop_lab.compare.repeats.start_rows`.
        repeats: The least number of repeats of an optimizer on an objective.
        is_enough: Whether these are enough repeats for so many optimizers; see `enough_repeats`. With fewer than five
            nothing is ranked.
        override: What to add to the command for enough repeats, such as `search.repeats=8`; empty if they are.
    """

    ranking: pd.DataFrame
    pairs: pd.DataFrame
    overall: pd.DataFrame
    sentence: str
    overall_sentence: str
    scores: pd.DataFrame
    starts: pd.DataFrame
    repeats: int
    is_enough: bool
    override: str

    def __repr__(self) -> str:
        return f"Verdict({' '.join(filter(None, (self.sentence, self.overall_sentence)))!r})"

    @property
    def score_names(self) -> Mapping[str, str]:
        """The name of the score on each objective."""
        return dict(zip(self.scores["objective"], self.scores["score_name"], strict=True))


def verdict(
    trials: pd.DataFrame,
    runs: pd.DataFrame,
    starts: pd.DataFrame,
    *,
    score: str | None = None,
    delta: float = DELTA,
    target: str | float = TARGET,
    objectives: Sequence[str] | None = None,
    optimizers: Sequence[str] | None = None,
    needs: str = "",
) -> Verdict:
    """Judges the optimizers of a study by the evaluations of their winners on fresh starts.

    Args:
        trials: Rows of `trials.parquet`; or of winners, `pd.DataFrame([winner.row() for winner in summary.winners])`.
        runs: Rows of `runs.parquet`, with a column for each hyperparameter.
        starts: Rows of `starts.parquet`.
        score: The score to compare by; None for the default of each objective.
        delta: The smallest difference that matters, in decades.
        target: What a start succeeds with, see `rmsprop_lab.compare.success.success_table`.
        objectives: The objectives to compare on, in the order of the tables; None for all, by name.
        optimizers: The same for the optimizers.
        needs: What the command lacks for repeats that differ, such as `starts=uniform`.

    Returns:
        The verdict.

    Raises:
        InputError: A value that is not valid, or tables that do not hold one evaluation of each repeat, all from the
            same starts.

    >>> from tempfile import mkdtemp
    >>> from rmsprop_lab import Range, Search, Starts, Study, run_study
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD, RMSProp
    >>> steps = {"step_size": Range(1e-3, 1.0, "log")}
    >>> study = Study(
    ...     "example",
    ...     {"bowl": Bowl()},
    ...     {"gd": GD(0.1), "rmsprop": RMSProp(0.1, 0.9)},
    ...     Starts("uniform", count=4),
    ...     n_iter=50,
    ...     search=Search("random", trials=8, repeats=5),
    ...     spaces={"gd": steps, "rmsprop": steps},
    ...     evaluation=Starts("fresh", count=8),
    ... )
    >>> summary = run_study(study, output_dir=mkdtemp(), tracking="none", figures=False)
    >>> found = verdict(summary.folder.trials(), summary.folder.runs(), summary.folder.starts())
    >>> found.sentence
    'gd is best on bowl.'
    >>> found.pairs[["better", "worse", "relation", "repeats"]].to_dict("records")
    [{'better': 'gd', 'worse': 'rmsprop', 'relation': 'better', 'repeats': 5}]
    """
    judged = judged_runs(trials, objectives, optimizers)
    scores = repeat_scores(judged, runs, score)
    of_starts = start_rows(judged, starts, runs)
    pairs = pair_table(scores, of_starts, delta)
    ranks = ranks_of(scores, pairs)
    ranking = ranking_table(scores, of_starts, ranks, trials, runs, target)
    overall = overall_table(ranks)
    roster = len(names_in(scores, "optimizer"))
    repeats = int(ranking["repeats"].min())
    is_enough = repeats >= enough_repeats(roster)
    override = "" if is_enough else f"{needs} search.repeats={repeats_to_ask_for(roster)}".lstrip()
    return Verdict(
        ranking,
        pairs,
        overall,
        verdict_sentence(ranking, pairs) or _without_ranks(ranking, repeats, override),
        overall_sentence(overall),
        scores,
        of_starts,
        repeats,
        is_enough,
        override,
    )


def _without_ranks(ranking: pd.DataFrame, repeats: int, override: str) -> str:
    """Why nothing is ranked."""
    if ranking["optimizer"].nunique() == 1:
        return "A single optimizer has nothing to be compared with."
    ran = ranking[ranking["score"] != np.inf]
    if (ran["objective"].value_counts() < 2).all():
        return "On no objective two optimizers ran without errors."
    told = f"{repeats} repeat{'s' if repeats > 1 else ''}"
    return f"{told} cannot tell which optimizer is better; {override} can."
