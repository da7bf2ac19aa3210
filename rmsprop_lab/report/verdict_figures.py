"""Draws the figures of a verdict: scores, runtimes, performance profiles and mean ranks."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from rmsprop_lab.base import Array
from rmsprop_lab.compare import Verdict, cost_ratios, ecdf_table, profile_table, rank_groups
from rmsprop_lab.compare.ecdf import OVERALL
from rmsprop_lab.plan.scores import TARGETS
from rmsprop_lab.plots import ECDF, PROFILE, RANKS, SCORES
from rmsprop_lab.plots.verdict.ecdf import ecdf_png
from rmsprop_lab.plots.verdict.grid import SHOWN
from rmsprop_lab.plots.verdict.profile import profile_png
from rmsprop_lab.plots.verdict.ranks import ranks_png
from rmsprop_lab.plots.verdict.scores import Panel, Row, scores_png
from rmsprop_lab.report.ranking_cells import ranks_in_words
from rmsprop_lab.report.wording import counted, score_name, share_in_words

Drawings = Iterator[tuple[str, Callable[[], bytes]]]

_LIMITS = {"mean_log10_gap": (-8.0, 0.0), "final_gap": (-8.0, 0.0), "best_gap": (-8.0, 0.0)}


def verdict_figures(verdict: Verdict, study_name: str, hues: Mapping[str, str]) -> Drawings:
    """Draws the figures of a verdict.

    Yields:
        A file name, and a function that draws the PNG. What has nothing to show is left out: all figures of a single
        optimizer, scores if every start diverged, runtimes and profile if no start reached a target, ranks if
        Friedman's test finds no difference.
    """
    if len(verdict.overall) < 2:
        return
    # In the order of the study, from which markers follow: that of `hues` is the order of the folder's runs.
    hues = {str(name): hues[name] for name in verdict.scores["optimizer"].unique()}
    from_what = _from_what(verdict)
    yield from _scores(verdict, study_name, hues, from_what)
    ratios = cost_ratios(verdict.starts)
    yield from _ecdf(verdict, ratios, study_name, hues, from_what)
    yield from _profile(ratios, study_name, hues, from_what)
    yield from _ranks(verdict, study_name, hues, from_what)


def _from_what(verdict: Verdict) -> str:
    """The repeats and starts of a verdict, as in `8 repeats of 32 starts`."""
    each = verdict.starts.groupby(["objective", "optimizer", "repeat"]).size()
    repeats = counted(verdict.repeats, "repeat")
    return f"{repeats} of {counted(int(each.max()), 'start')}" if len(each) else repeats


def _scores(verdict: Verdict, study_name: str, hues: Mapping[str, str], from_what: str) -> Drawings:
    ranking = verdict.ranking
    lost = ranking["starts_lost"] == ranking["starts"]
    if lost.all():
        return
    objectives = list(dict.fromkeys(ranking["objective"]))
    panels = [_score_panel(verdict, name) for name in objectives[:SHOWN]]
    shown = ["mean scores"]
    if ranking["score_low"].notna().any():
        shown = ["mean scores with 95 % intervals (dots: single repeats)"]
    if (lost & (ranking["starts"] > 0)).any():
        shown.append("crosses: all starts diverged")
    title = f"{study_name}: {', '.join(shown)}; {from_what}, lower is better{share_in_words(panels, len(objectives))}"
    yield SCORES, partial(scores_png, panels, hues, title)


def _score_panel(verdict: Verdict, objective: str) -> Panel:
    here = verdict.ranking[verdict.ranking["objective"] == objective]
    single = verdict.scores[verdict.scores["objective"] == objective].set_index("optimizer")["score"]
    rows = [
        Row(
            row["optimizer"],
            row["score"],
            row["score_low"],
            row["score_high"],
            single.loc[[row["optimizer"]]].to_numpy(dtype=np.float64),
            rank,
            row["starts_lost"] == row["starts"],
        )
        for row, rank in zip(here.to_dict("records"), ranks_in_words(here), strict=True)
    ]
    score = verdict.score_names[objective]
    return Panel(objective, rows, score_name(score), _LIMITS.get(score))


def _ecdf(verdict: Verdict, ratios: pd.DataFrame, study_name: str, hues: Mapping[str, str], from_what: str) -> Drawings:
    table = ecdf_table(verdict.starts)
    if not table["share"].any():
        return
    objectives = [name for name in dict.fromkeys(table["objective"]) if name != OVERALL]
    known = {name: _curves(table[table["objective"] == name], "evaluations") for name in objectives[: SHOWN - 1]}
    overall = table[table["objective"] == OVERALL]
    over_all = {_overall_name(ratios): _curves(overall, "evaluations")} if len(overall) else {}
    title = (
        f"{study_name}: share of the {len(TARGETS)} targets reached ({TARGETS[0]} to {TARGETS[-1]} of the first gap); "
        f"{from_what}{share_in_words(known, len(objectives))}"
    )
    yield ECDF, partial(ecdf_png, over_all | known, hues, title)


def _overall_name(ratios: pd.DataFrame) -> str:
    """The name of the panel over all objectives; no objective has a space in its name."""
    return f"all {ratios.index.get_level_values('objective').nunique()} objectives"


def _curves(rows: pd.DataFrame, column: str) -> dict[str, tuple[Array, Array]]:
    """The staircase of each optimizer."""
    return {
        str(name): (mine[column].to_numpy(dtype=np.float64), mine["share"].to_numpy(dtype=np.float64))
        for name, mine in rows.groupby("optimizer", sort=False)
    }


def _profile(ratios: pd.DataFrame, study_name: str, hues: Mapping[str, str], from_what: str) -> Drawings:
    solved = np.isfinite(ratios.to_numpy(dtype=np.float64)).any(axis=1)
    if not solved.any():
        return
    objectives = ratios.index.get_level_values("objective").nunique()
    nobody = int((~solved).sum())
    unsolved = f", {nobody} of which nobody solves" if nobody else ""
    title = (
        f"{study_name}: performance profiles over {len(ratios)} problems ({len(TARGETS)} targets on "
        f"{counted(objectives, 'objective')}){unsolved}; cost: expected evaluations, from {from_what}"
    )
    yield PROFILE, partial(profile_png, _curves(profile_table(ratios), "factor"), hues, title)


def _ranks(verdict: Verdict, study_name: str, hues: Mapping[str, str], from_what: str) -> Drawings:
    overall = verdict.overall
    ranks, difference = overall["mean_rank"].to_numpy(dtype=np.float64), overall["critical_difference"].iloc[0]
    if np.isnan(ranks).any():
        return
    groups = rank_groups(ranks, difference)
    joined = "; bars join what cannot be told apart" if groups else ""
    title = (
        f"{study_name}: mean ranks over {counted(int(overall['objectives'].iloc[0]), 'objective')} "
        f"(Friedman's test, p = {overall['friedman_p'].iloc[0]:.2g}){joined}; {from_what}"
    )
    yield RANKS, partial(ranks_png, overall["optimizer"].tolist(), ranks, difference, groups, hues, title)
