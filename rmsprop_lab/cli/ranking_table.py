"""The ranking of a study as a table for the terminal."""

from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.cli.console import told_apart
from rmsprop_lab.cli.encoding import encodable
from rmsprop_lab.report.ranking_cells import (
    ARROWS,
    GAP,
    LOST,
    OBJECTIVE,
    OPTIMIZER,
    RANK,
    SUCCESS,
    UNTUNED,
    VALUE,
    ranking_cells,
)
from rmsprop_lab.report.verdict_words import headings_told, setting_told
from rmsprop_lab.tasks.summary import Summary

_LEFT = (OBJECTIVE, OPTIMIZER)  # folded where there is no room, as numbers must not be
_LEAVE = (UNTUNED, GAP, VALUE, LOST, SUCCESS)  # after the hyperparameters, the first of these first
_MOST_SETTINGS = 2  # hyperparameters with a column each; more do not fit into 80 characters


class Ranking:
    """The cells of a study's ranking, as many columns as fit into a line, and the rest as lines of text.

    Args:
        summary: What the study did and found.
        out: The terminal.
    """

    def __init__(self, summary: Summary, out: Console) -> None:
        self._summary, self._out = summary, out
        self._names = _names(summary)
        self._rows = [
            {encodable(heading, out.encoding): encodable(text, out.encoding) for heading, text in row.items()}
            for row in ranking_cells(summary.study, summary.best, self._names, summary.winners)
        ]
        self._columns = self._fitting()

    @property
    def title(self) -> str:
        """What was compared, and how."""
        trials = [winner.trials for winner in self._summary.winners]
        return f"{self._summary.study.name}: {setting_told(self._summary.study, self._summary.best, trials)}"

    @property
    def caption(self) -> str:
        """What the numbers are."""
        told = headings_told(self._summary.study, self._summary.best, self._rows[0])
        ends = tuple(encodable(arrow, self._out.encoding) for arrow in ARROWS)
        arrows = any(row.get(name, "").endswith(ends) for row in self._rows for name in self._names)
        return f"{told} {' '.join(ends)}: at that end of its range." if arrows else told

    def table(self) -> Table:
        """One row per optimizer and objective, the best first."""
        styles = told_apart(self._summary.hues, self._out)
        table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False, pad_edge=False)
        for name in self._columns:  # a name that is too long goes on in the next line; a number is never cut
            justify: Literal["left", "right"] = "left" if name in (*_LEFT, RANK) else "right"
            least = None if name in _LEFT else self._width(name)
            table.add_column(
                self._heading(name), justify=justify, overflow="fold", no_wrap=name not in _LEFT, min_width=least
            )
        before = None
        for row in self._rows:
            if before not in (None, row[OBJECTIVE]):
                table.add_section()
            shown = {**row, OBJECTIVE: "" if before == row[OBJECTIVE] else row[OBJECTIVE]}
            cells = (
                Text(shown[name], style=styles[row[OPTIMIZER]] if name == OPTIMIZER else "") for name in self._columns
            )
            table.add_row(*cells)
            before = row[OBJECTIVE]
        return table

    def lines(self) -> list[str]:
        """What has no column in the table: a line per row, or per optimizer that has the same on every objective."""
        left = [name for name in self._rows[0] if name not in self._columns]
        places: dict[tuple[str, str], list[str]] = {}
        for row in self._rows:
            if words := ", ".join(f"{name} {row[name]}" for name in left if row[name]):
                places.setdefault((row[OPTIMIZER], words), []).append(row[OBJECTIVE])
        every = len({row[OBJECTIVE] for row in self._rows})
        return [
            f"{optimizer}{on}: {words}"
            for (optimizer, words), objectives in places.items()
            for on in ([""] if len(objectives) == every > 1 else [f" on {name}" for name in objectives])
        ]

    def _fitting(self) -> list[str]:
        columns = list(self._rows[0])
        settings = [name for name in self._names if name in columns]
        if len(settings) > _MOST_SETTINGS:
            columns = [name for name in columns if name not in settings]
        leaving = [*settings, *(encodable(name, self._out.encoding) for name in _LEAVE)]
        while sum(self._width(name) + 1 for name in columns) - 1 > self._out.width and leaving:
            first = leaving.pop(0)
            columns = [name for name in columns if name != first and not (first in settings and name in settings)]
        return columns

    def _width(self, name: str) -> int:
        """Characters of the widest line of a column."""
        return max(map(cell_len, [*self._heading(name).split("\n"), *(row[name] for row in self._rows)]))

    def _heading(self, name: str) -> str:
        """A heading in one or two lines."""
        words = name.split()
        lines = [[" ".join(words[:cut]), " ".join(words[cut:])] for cut in range(1, len(words))] or [[name]]
        return "\n".join(min(lines, key=lambda parts: max(map(cell_len, parts))))


def _names(summary: Summary) -> list[str]:
    """The hyperparameters that were searched; without a search, those that are usually tuned."""
    runs = summary.runs.values()
    names = list(dict.fromkeys(name for run in runs for name in run.hyperparameters))
    searched = {name for cell in summary.study.cells for name in cell.space if summary.study.search.method != "none"}
    shown = searched or {name for run in runs for name in tuned_fields(run.optimizer)}
    return [name for name in names if name in shown]
