"""The ranking of a study as a table for the terminal."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any, Literal, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.cli.advice import setting
from rmsprop_lab.cli.console import told_apart
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import (
    counted,
    gap_in_words,
    repeats_told,
    score_in_words,
    score_name,
    score_told,
    starts_in_words,
    steps_in_words,
)
from rmsprop_lab.tasks.summary import Summary

_MOST_COLUMNS = 2  # hyperparameters with a column each; more do not fit into 80 characters


def ranking(summary: Summary, out: Console) -> Table:
    """The ranking: one row for the best run of each optimizer on each objective, the best first.

    Args:
        summary: What the study did and found.
        out: The terminal. Whole columns are left out where its lines are too short for all.
    """
    study, columns = summary.study, _fitting(summary, out.width, told_apart(summary.hues, out))
    table = Table(
        title=f"{study.name}: the best run of each optimizer after {counted(study.n_iter, 'iteration')}",
        caption=_caption(summary, {column.heading for column in columns}),
        title_style="bold",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        pad_edge=False,
    )
    for column in columns:  # a name that is too long goes on in the next line; a number is never cut
        least = None if column.left else column.width(summary)
        justify: Literal["left", "right"] = "left" if column.left else "right"
        table.add_column(column.heading, justify=justify, overflow="fold", no_wrap=not column.left, min_width=least)
    before = None
    for row in summary.best.to_dict("records"):
        if before not in (None, row["objective"]):
            table.add_section()
        shown = {**row, "objective": "" if before == row["objective"] else row["objective"]}
        table.add_row(*(column.text(shown) for column in columns))
        before = row["objective"]
    return table


class _Column(NamedTuple):
    """A column of the ranking: its heading, and its text for a row of the table of `best_runs`.

    `leaves`: its turn to be left out where there is no room, the highest number first; 0 stays.
    """

    heading: str
    text: Callable[[Mapping[Any, Any]], str | Text]
    left: bool = False
    leaves: int = 0

    def width(self, summary: Summary) -> int:
        """Characters of its widest line."""
        texts = [str(self.text(row)) for row in summary.best.to_dict("records")]
        return max(map(cell_len, [*self.heading.split("\n"), *texts]))


def _fitting(summary: Summary, width: int, styles: Mapping[str, str]) -> list[_Column]:
    """As many columns as fit into a line, with a space between them."""
    columns = _columns(summary, styles)
    widths = {column: column.width(summary) for column in columns}
    while sum(widths[column] + 1 for column in columns) - 1 > width:
        last = max(columns, key=lambda column: column.leaves)
        if not last.leaves:
            break
        columns.remove(last)
    return columns


def _columns(summary: Summary, styles: Mapping[str, str]) -> list[_Column]:
    names = _names(summary)
    found = {winner.cell.key: winner for winner in summary.winners}
    return [
        _Column("objective", lambda row: row["objective"], left=True),
        _Column("#", lambda row: str(row["rank"]) if row["outcome"] == "ok" else ""),
        _Column("optimizer", lambda row: Text(row["optimizer"], style=styles[row["optimizer"]]), left=True),
        *(
            _Column(name, lambda row, name=name: setting(found[row["cell"]], name), leaves=1)  # type: ignore[misc]
            for name in (names if len(names) <= _MOST_COLUMNS else [])
        ),
        *_measures(summary.study),
        _Column("\nlost", lambda row: f"{row['trials_diverged']}/{row['trials']}"),
    ]


def _measures(study: Study) -> Iterator[_Column]:
    """The columns of scores, final gaps and values, and steps."""
    scores, repeated = study.scores, study.search.repeats > 1
    known = scores != ["mean_value"]
    yield _Column(_heading(scores), lambda row: score_in_words(row["score"], row["score_name"]))
    if repeated:
        yield _Column("over\nrepeats", _spread, leaves=2)
    if study.evaluates:
        yield _Column("\nuntuned", lambda row: score_in_words(row["default_score"], row["score_name"]), leaves=4)
    if known:
        yield _Column("log₁₀\ngap", _final_gap, leaves=3)
    if "mean_value" in scores:
        yield _Column("\nvalue", _final_value, leaves=3)
    if known:
        yield _Column("steps\nto 1e-3", lambda row: steps_in_words(row["steps_to_1e-3"]), leaves=5)


def settings_in_lines(summary: Summary, width: int) -> list[str]:
    """One line per run of the table with its hyperparameters, if they have no columns in it."""
    names = _names(summary)
    if set(names) <= {column.heading for column in _fitting(summary, width, summary.hues)}:
        return []
    found = {winner.cell.key: winner for winner in summary.winners}
    lines = []
    for row in summary.best.to_dict("records"):
        shown = {name: setting(found[row["cell"]], name) for name in names}
        words = ", ".join(f"{name} {text}" for name, text in shown.items() if text)
        lines.append(f"{row['optimizer']} on {row['objective']}: {words}")
    return lines


def _names(summary: Summary) -> list[str]:
    """The hyperparameters that were searched; without a search, those that are usually tuned."""
    runs = summary.runs.values()
    names = list(dict.fromkeys(name for run in runs for name in run.hyperparameters))
    searched = {name for cell in summary.study.cells for name in cell.space if summary.study.search.method != "none"}
    shown = searched or {name for run in runs for name in tuned_fields(run.optimizer)}
    return [name for name in names if name in shown]


def _caption(summary: Summary, headings: Set[str]) -> str:
    """What the numbers are, as far as there are columns of them."""
    study, search = summary.study, summary.study.search
    starts = starts_in_words(int(summary.best["starts"].iloc[0]))
    told = f"{score_told(study)}{repeats_told(study)}"
    others = {"log₁₀\ngap": "gaps at the end", "\nvalue": "values at the end", "steps\nto 1e-3": "steps"}
    shown = [words for heading, words in others.items() if heading in headings]
    medians = f"Medians over {starts}: {', '.join(shown)}." if shown else ""
    lost = "Lost: trials that failed, or in which most starts diverged."
    if search.method == "none":
        return f"regime default: each optimizer as configured. {told} {medians} {lost}"
    chosen = f"regime {study.cells[0].regime}: chosen"
    if not study.evaluates:
        return f"{chosen} and shown on the same {starts}. {told} {medians} {lost}"
    seen = starts_in_words(summary.winners[0].cell.problem.points.shape[1])
    untuned = " Untuned: the score of the optimizer as configured." if "\nuntuned" in headings else ""
    edge = " ↑↓: at an edge of its space." if any(winner.edges for winner in summary.winners) else ""
    return f"{chosen} on {seen}, shown on {starts} that the search never saw. {told}{untuned} {medians}{edge} {lost}"


def _heading(scores: Sequence[str]) -> str:
    """The heading of the score, in two lines: its name, if all objectives have the same."""
    if len(scores) > 1:
        return "\nscore"
    words = score_name(scores[0]).split()
    return f"{' '.join(words[:-1])}\n{words[-1]}"


def _final_gap(row: Mapping[Any, Any]) -> str:
    return "lost" if row["outcome"] != "ok" else gap_in_words(row["final_gap"], row["gap_floor"])


def _final_value(row: Mapping[Any, Any]) -> str:
    """The final value of an objective whose minimum is unknown; empty for others, whose gap is shown."""
    if row["score_name"] != "mean_value":
        return ""
    return "lost" if row["outcome"] != "ok" else f"{row['final_value']:.3g}"


def _spread(row: Mapping[Any, Any]) -> str:
    digits = 2 if row["score_name"] == "mean_value" else 3
    low, high = (score_in_words(row[name], row["score_name"], digits) for name in ("score_low", "score_high"))
    return f"{low} to {high}"
