r"""Writes a verdict as tables of an article: fragments for LaTeX's `\input`."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import pandas as pd

from rmsprop_lab.compare import Verdict
from rmsprop_lab.compare.standings import COLUMNS
from rmsprop_lab.report.ranking_cells import ranks_in_words, share_in_percent
from rmsprop_lab.report.verdict_words import success_told
from rmsprop_lab.report.wording import score_in_words, score_name, value_in_words

_PAGE = 40  # rows and headings that fit on a page; a longer table is broken over several
_WRAPPED = r">{\raggedright\arraybackslash}p{11em}"  # two hyperparameters; more take a second line
_NONE = "--"
_RELATIONS = {"better": "better", "equal": "practically equal", "unknown": "cannot be told apart"}
_LETTERS = {
    **{letter: f"\\{letter}" for letter in "#$%&_{}"},
    **{letter: f"{{{letter}}}" for letter in "[]*"},  # after a line break they would be its arguments
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}"},
    **{"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "-": "-{}"},  # -- would be one dash
}


class _Table(NamedTuple):
    """Column headings with their alignment, `l` or `r`, and rows below a heading each."""

    columns: Mapping[str, str]
    groups: Mapping[str, Sequence[Sequence[str]]]


def latex_tables(
    verdict: Verdict, study_name: str, shown: Mapping[str, Collection[str]] | None = None
) -> Iterator[tuple[str, str]]:
    r"""Writes the tables of a verdict for an article.

    Each is a fragment for `\input`. Its first lines, comments, tell what packages it needs and what its columns are.

    Args:
        verdict: The verdict.
        study_name: The study's name.
        shown: The hyperparameters to show, by optimizer, such as its `tuned_fields`; None for all.

    Yields:
        A file name and its content: `ranking.tex`, `pairs.tex`, `overall.tex`.

    >>> from tempfile import mkdtemp
    >>> from rmsprop_lab import Starts, Study, run_study
    >>> from rmsprop_lab.compare import verdict
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> study = Study("example", {"bowl": Bowl()}, {"slow_gd": GD(0.01)}, Starts("uniform", count=4), n_iter=9)
    >>> summary = run_study(study, output_dir=mkdtemp(), tracking="none", figures=False)
    >>> winners = pd.DataFrame([winner.row() for winner in summary.winners])
    >>> found = verdict(winners, summary.folder.runs(), summary.folder.starts())
    >>> table = dict(latex_tables(found, "example"))["ranking.tex"]
    >>> print(table.splitlines()[-3])
    slow\_gd & step\_size 0.01 & $-0.08$ & $-0.7$ & 0\,\% & 0 \\
    """
    for name, table, notes in (
        ("ranking", _ranking(verdict, shown), _ranking_notes(verdict)),
        ("pairs", _pairs(verdict), _pairs_notes(verdict)),
        ("overall", _overall(verdict), _overall_notes(verdict)),
    ):
        yield f"{name}.tex", _fragment(table, [_origin(study_name, name), *notes])


def escaped(text: str) -> str:
    r"""A text as LaTeX shows it, in one line.

    >>> print(escaped("rms_prop--50%"))
    rms\_prop-{}-{}50\%
    """
    line = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text)
    return "".join(_LETTERS.get(letter, letter) for letter in line).replace("log₁₀", r"$\log_{10}$")


def number(value: float | None, score: str) -> str:
    r"""A score in math mode, `failed` for infinity, a dash for none.

    >>> print(number(-7.917, "mean_log10_gap"), number(1.2e5, "mean_value"), number(float("inf"), "final_gap"))
    $-7.92$ $1.2\times10^{5}$ failed
    """
    words = score_in_words(value, score)
    return words if words == "failed" else _math(words)


def _math(words: str) -> str:
    """A number in math mode, where its minus is none of a word."""
    if not words:
        return _NONE
    words = words if words.strip("-0.") else words.removeprefix("-")  # no -0.00
    mantissa, _, exponent = words.partition("e")
    return f"${mantissa}\\times10^{{{int(exponent)}}}$" if exponent else f"${words}$"


def _with_interval(row: Mapping[Any, Any], column: str, score: str) -> str:
    value, low, high = (row[name] for name in (column, f"{column}_low", f"{column}_high"))
    told = number(value, score)
    return told if pd.isna(low) else f"{told} [{number(low, score)}, {number(high, score)}]"


def _ranking(verdict: Verdict, shown: Mapping[str, Collection[str]] | None) -> _Table:
    table, names = verdict.ranking, verdict.score_names
    ranks = ranks_in_words(table)
    settings = [str(name) for name in table if name not in COLUMNS]
    groups: dict[str, list[list[str]]] = {}
    for row, rank in zip(table.to_dict("records"), ranks, strict=True):
        score = names[row["objective"]]
        success = share_in_percent(row["success"]).replace(" %", r"\,\%")
        cells = [
            *([rank or _NONE] if any(ranks) else []),
            escaped(row["optimizer"]),
            escaped(_settings(row, settings if shown is None else shown[row["optimizer"]])),
            _with_interval(row, "score", score),
            _decades(row["final_gap"]),
            success or _NONE,
            str(row["starts_lost"]),
        ]
        groups.setdefault(_heading(row["objective"], names), []).append(cells)
    known = {"Optimizer": "l", "Settings": "p", "Score": "l", r"$\log_{10}$ gap": "r", "Success": "r", "Lost": "r"}
    return _Table({**({"\\#": "l"} if any(ranks) else {}), **known}, groups)


def _settings(row: Mapping[Any, Any], names: Iterable[str]) -> str:
    given = {name: row[name] for name in names if not pd.isna(row.get(name))}
    return ", ".join(f"{name} {value_in_words(value, 3)}" for name, value in given.items())


def _decades(gap: float) -> str:
    if math.isinf(gap):
        return "lost"
    return _NONE if math.isnan(gap) else _math(f"{math.log10(gap):.1f}") if gap > 0 else r"$-\infty$"


def _pairs(verdict: Verdict) -> _Table:
    groups: dict[str, list[list[str]]] = {}
    for row in verdict.pairs.to_dict("records"):
        score = verdict.score_names[row["objective"]]
        cells = [
            escaped(row["better"]),
            escaped(row["worse"]),
            _RELATIONS[row["relation"]],
            _with_interval(row, "difference", score),
            _NONE if pd.isna(row["probability"]) else f"{row['probability']:.2f}",
            _p_value(row["p_holm"]),
        ]
        groups.setdefault(_heading(row["objective"], verdict.score_names), []).append(cells)
    headings = {"Lower score": "l", "Higher score": "l", "Relation": "l", "Difference": "l"}
    return _Table({**headings, "$P$": "r", "$p$ (Holm)": "r"}, groups)


def _p_value(value: float) -> str:
    return _NONE if pd.isna(value) else "$<0.001$" if value < 0.001 else f"${value:.3f}$"


def _overall(verdict: Verdict) -> _Table:
    rows = [
        [escaped(row["optimizer"]), _NONE if pd.isna(row["mean_rank"]) else f"${row['mean_rank']:.2f}$"]
        for row in verdict.overall.to_dict("records")
    ]
    return _Table({"Optimizer": "l", "Mean rank": "r"}, {"": rows})


def _heading(objective: str, names: Mapping[str, str]) -> str:
    """The objective above its rows, with its score if that is not the same everywhere."""
    other = f" ({escaped(score_name(names[objective]))})" if len(set(names.values())) > 1 else ""
    return f"\\textbf{{{escaped(objective)}}}{other}"


def _fragment(table: _Table, notes: Iterable[str]) -> str:
    """The lines of a file: comments, then the table, in letters and with spaces that fit the page of an article."""
    size = sum(len(rows) + bool(heading) for heading, rows in table.groups.items())
    kind = "longtable" if size > _PAGE else "tabular"
    needs = {"tabular": "booktabs, array", "longtable": "booktabs, array, longtable"}[kind]
    place = " Too long for a page: put it into the text, not into a table that floats." if size > _PAGE else ""
    columns = "".join({"p": _WRAPPED}.get(at, at) for at in table.columns.values())
    head = [r"\toprule", f"{' & '.join(table.columns)} \\\\", r"\midrule"]
    if kind == "longtable":
        head += [r"\endhead", r"\bottomrule", r"\endfoot"]
    lines = [_comment(note) for note in (f"Needs the packages {needs}.{place}", *notes)]
    lines += [r"{\footnotesize\setlength{\tabcolsep}{3.5pt}%", f"\\begin{{{kind}}}{{@{{}}{columns}@{{}}}}", *head]
    for place_of, (heading, rows) in enumerate(table.groups.items()):
        lines += [r"\addlinespace"] if place_of else []
        lines += [f"\\multicolumn{{{len(table.columns)}}}{{@{{}}l@{{}}}}{{{heading}}} \\\\*"] if heading else []
        lines += [f"{' & '.join(row)} \\\\" for row in rows]
    lines += [r"\bottomrule"] if kind == "tabular" else []
    return "\n".join([*lines, f"\\end{{{kind}}}}}", ""])


def _origin(study_name: str, table: str) -> str:
    return f"Made by rmsprop-lab {version('rmsprop-lab')} of the study {study_name}; see {table}.csv for more digits."


def _ranking_notes(verdict: Verdict) -> Iterator[str]:
    yield verdict.sentence
    if verdict.ranking["rank"].notna().any():
        yield "#: 1 + how many optimizers are better; = if the rank is shared."
    else:
        yield "There is no column of ranks, as nothing can be ranked."
    yield f"Score: {_scores_told(verdict)}, mean over repeats, with Student's 95 % interval; lower is better."
    yield "Settings and final gap (median over starts) are of the repeat with the median score."
    counts = " or ".join(map(str, verdict.ranking["starts"].unique()))
    yield f"Success: share of the {counts} starts that come {success_told(verdict.ranking)}. Lost: that diverged."


def _pairs_notes(verdict: Verdict) -> Iterator[str]:
    if verdict.pairs.empty:
        yield "There are no two optimizers to compare."
    yield f"Difference: of the mean scores ({_scores_told(verdict)}), with Student's 95 % interval."
    yield "P: share of the fresh starts from which the one with the lower score does better; ties count half."
    yield "p (Holm): of Student's t over the repeats, after Holm over the pairs of an objective."


def _overall_notes(verdict: Verdict) -> Iterator[str]:
    yield verdict.overall_sentence or verdict.sentence
    first = verdict.overall.iloc[0]
    if not pd.isna(first["friedman_p"]):
        yield f"Friedman's test over objectives: p = {first['friedman_p']:.2g}, N = {first['objectives']}."
    if pd.isna(first["mean_rank"]):
        yield "There are no mean ranks, as the test finds no difference or could not be made."
    else:
        yield f"Nemenyi's critical difference of two mean ranks: {first['critical_difference']:.2f}."


def _scores_told(verdict: Verdict) -> str:
    return " or ".join(dict.fromkeys(map(score_name, verdict.score_names.values()))).replace("log₁₀", "log10")


def _comment(text: str) -> str:
    return f"% {' '.join(text.split())}"
