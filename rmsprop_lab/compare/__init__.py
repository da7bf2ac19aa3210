"""Judges which optimizer is better, ranks them, and computes statistics of searches: pure functions of tables."""

from rmsprop_lab.compare.ecdf import ecdf_table
from rmsprop_lab.compare.friedman import critical_difference, friedman, objectives_needed
from rmsprop_lab.compare.holm import holm
from rmsprop_lab.compare.judged import judged_runs
from rmsprop_lab.compare.overall import overall_sentence, overall_table
from rmsprop_lab.compare.pairs import pair_table
from rmsprop_lab.compare.profile import cost_ratios, profile_table
from rmsprop_lab.compare.rank_groups import rank_groups
from rmsprop_lab.compare.ranks import enough_repeats, ranks_of, repeats_to_ask_for
from rmsprop_lab.compare.repeats import repeat_scores, start_rows
from rmsprop_lab.compare.runtimes import runtimes
from rmsprop_lab.compare.sentence import verdict_sentence
from rmsprop_lab.compare.standings import ranking_table
from rmsprop_lab.compare.student import Student
from rmsprop_lab.compare.success import success_table, wilson
from rmsprop_lab.compare.verdict import Verdict, verdict

__all__ = [
    "Student",
    "Verdict",
    "cost_ratios",
    "critical_difference",
    "ecdf_table",
    "enough_repeats",
    "friedman",
    "holm",
    "judged_runs",
    "objectives_needed",
    "overall_sentence",
    "overall_table",
    "pair_table",
    "profile_table",
    "rank_groups",
    "ranking_table",
    "ranks_of",
    "repeat_scores",
    "repeats_to_ask_for",
    "runtimes",
    "start_rows",
    "success_table",
    "verdict",
    "verdict_sentence",
    "wilson",
]
