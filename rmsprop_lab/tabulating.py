"""What a study found, for a terminal: the ranking as a table, and the lines that tell a person what to do about it."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from rmsprop_lab.colours import hues
from rmsprop_lab.measures import LOG10_FLOOR, SCORES, TARGETS, log10_gap, steps_until
from rmsprop_lab.run import Run
from rmsprop_lab.study import Summary
from rmsprop_lab.titles import settings_in_words, starts_in_words, value_in_words
from rmsprop_lab.winner import Winner

_ARROWS = {"low": "↓", "high": "↑"}


def ranking(summary: Summary) -> Table:
    """A row for the best run of each optimizer on each objective, the best first."""
    study, best = summary.study, summary.best
    found = {winner.cell.key: winner for winner in summary.winners}
    names = list(dict.fromkeys(name for run in summary.runs.values() for name in run.hyperparameters))
    searched = {name for cell in study.cells for name in cell.space if study.search.method != "none"}
    names = [name for name in names if (name in searched if searched else name != "epsilon")]
    several = len(names) > 2  # columns of their own would not fit
    table = Table(
        title=f"{study.name}: the best run of each optimizer after {study.n_iter} iterations",
        caption=_caption(summary),
        title_style="bold",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        pad_edge=False,
    )
    for heading in ("objective", "#", "optimizer"):
        table.add_column(heading, justify="right" if heading == "#" else "left", no_wrap=True)
    for heading in ("hyperparameters",) if several else names:
        table.add_column(heading, justify="left" if several else "right", no_wrap=not several)
    spread = ("over\nrepeats",) if study.search.repeats > 1 else ()
    worth = ("\nuntuned",) if study.evaluates else ()
    steps = study.search.score.removeprefix("steps_to_")
    scored = bool(worth) and steps in TARGETS  # else the score is among the gaps; 80 columns have no room for more
    sooner = (f"steps\nto {steps}", *worth) if scored else (*worth, "steps\nto 1e-7")
    gaps = 1 if scored and spread else 2
    for heading in (*("log₁₀ gap\nbest", "\nfinal")[:gaps], *sooner, *spread, "\nlost"):
        table.add_column(heading, justify="right", no_wrap=True)
    hue, before = hues(study.optimizers), None
    for row in best.to_dict("records"):
        if before not in (None, row["objective"]):
            table.add_section()
        winner = found[row["cell"]]
        shown = [_setting(winner, name) for name in names]
        together = ", ".join(f"{name} {text}" for name, text in zip(names, shown, strict=True) if text)
        table.add_row(
            "" if before == row["objective"] else row["objective"],
            str(row["rank"]),
            Text(row["optimizer"], style=hue[row["optimizer"]]),
            *([together] if several else shown),
            *_gaps(row)[:gaps],
            *([_number(row["score"], study.search.score)] if scored else []),
            *([_number(row["default_score"], study.search.score)] if worth else []),
            *([] if scored else [_count(row["steps_to_1e-7"])]),
            *([_spread(row, study.search.score)] if spread else []),
            f"{row['trials_diverged']}/{row['trials']}",
        )
        before = row["objective"]
    return table


def findings(summary: Summary, target: float | None) -> list[tuple[str, str]]:
    """Label and line: the way to a target, winners at an edge of their space, searches in which all was lost."""
    lines = [] if target is None else [("target", text) for text in _targets(summary, target)]
    edges = [("edge", text) for winner in summary.winners for text in _edges(winner)]
    if edges and not summary.study.search.widen:
        edges.append(("", "search.widen=true widens them all, and searches again"))
    lost = [("lost", text) for winner in summary.winners for text in _all_lost(winner, summary)]
    return lines + edges + lost


def _caption(summary: Summary) -> str:
    study, search = summary.study, summary.study.search
    starts = starts_in_words(int(summary.best["starts"].iloc[0]))
    ties = "Ties: by the steps until 1e-7 of the first gap is left."
    lost = "Lost: trials that failed, or in which most starts diverged."
    if search.method == "none":
        return f"regime default: each optimizer as configured; medians over {starts}. {ties} {lost}"
    chosen = f"regime {study.cells[0].regime}: best by {SCORES[search.score]}, chosen"
    if not study.evaluates:
        return f"{chosen} and shown on the same {starts} (medians). {ties} {lost}"
    seen = starts_in_words(summary.winners[0].cell.problem.points.shape[1])
    what = "iterations" if search.score.startswith("steps_to") else "log₁₀ gap"
    edge = " ↑↓: at an edge of its space." if any(winner.edges for winner in summary.winners) else ""
    return (
        f"{chosen} on {seen}, shown on {starts} that the search never saw (medians). Untuned: that score ({what}) "
        f"of the optimizer as configured.{edge} {ties} {lost}"
    )


def _setting(winner: Winner, name: str) -> str:
    given = winner.run.hyperparameters
    if name not in given:
        return ""
    arrows = [_ARROWS[edge.end] for edge in winner.edges if edge.hyperparameter == name]
    return "".join([value_in_words(given[name], 3), *arrows])


def _edges(winner: Winner) -> Iterator[str]:
    if not winner.edges:
        return
    cell, given = winner.cell, winner.run.hyperparameters
    at = " and ".join(f"{edge.hyperparameter} {value_in_words(given[edge.hyperparameter], 3)}" for edge in winner.edges)
    key = f"optimizer.{cell.optimizer_name}.space"
    wider = " ".join(f"{key}.{edge.hyperparameter}.{edge.end}={edge.wider:g}" for edge in winner.edges)
    yield f"{_named(winner)}: {at} at an edge of the space, so better may lie outside; to widen it: {wider}"


def _named(winner: Winner) -> str:
    repeat = f" (repeat {winner.cell.repeat})" if winner.cell.search.repeats > 1 else ""
    return f"{winner.cell.optimizer_name} on {winner.cell.problem.name}{repeat}"


def _all_lost(winner: Winner, summary: Summary) -> Iterator[str]:
    if winner.lost < winner.trials or winner.cell.search.method == "none":
        return
    cell = winner.cell
    text = f"{_named(winner)}: all {winner.trials} trials"
    stable = summary.stable.get(cell.key)
    if stable is None:
        yield f"{text}, and no smaller step_size that was tried does better"
    else:
        low = f"optimizer.{cell.optimizer_name}.space.step_size.low={stable / 100:.1g}"
        yield f"{text}; the widest step_size that does not diverge is about {stable:.2g}: set {low}"


def _targets(summary: Summary, target: float) -> Iterator[str]:
    """How soon the winner comes below the target, and the optimizer as configured, from the search's own starts."""
    for winner in summary.winners:
        problem = winner.cell.problem
        reference = summary.references.get((problem.name, winner.cell.optimizer_name))
        steps = _steps(summary, winner.run, target)
        names = [name for name in winner.run.hyperparameters if name != "epsilon"]
        settings = ", ".join(f"{name} {_setting(winner, name)}" for name in names)
        text = f"{_named(winner)}: below {target:g} {_after(steps)} with {settings}"
        if reference is not None and reference.run_key != winner.run.run_key:
            before = _steps(summary, reference, target)
            apart = before - steps
            if math.isfinite(apart) and apart:
                text += f", {abs(apart):.0f} {'sooner' if apart > 0 else 'later'} than as configured"
            text += f"; {_after(before)} with {settings_in_words(reference)}, as configured"
        yield text + f" ({starts_in_words(problem.points.shape[1])} of the search)"


def _steps(summary: Summary, run: Run, target: float) -> float:
    traces = summary.folder.trace_of([run.run_key])
    if run.run_key not in traces:
        return math.inf
    return steps_until(traces[run.run_key], run.problem.objective, target)


def _after(steps: float) -> str:
    return "never" if math.isinf(steps) else f"after {steps:.0f} iterations"


def _gaps(row: Mapping[Any, Any]) -> tuple[str, str]:
    """The best and the final gap; where no minimum is known, the final value."""
    if row["outcome"] != "ok":
        return "lost", "lost"
    if math.isnan(row["final_gap"]):
        return "", f"f={row['final_value']:.3g}"
    return _log10(row["best_gap"]), _log10(row["final_gap"])


def _spread(row: Mapping[Any, Any], score: str) -> str:
    return f"{_number(row['score_low'], score)} to {_number(row['score_high'], score)}"


def _number(value: float | None, score: str) -> str:
    if value is None or math.isnan(value):
        return ""
    if score.startswith("steps_to"):
        return _count(value)
    if math.isinf(value):
        return "lost"
    return f"≤{value:.0f}" if value == LOG10_FLOOR else f"{value:.1f}"


def _log10(gap: float) -> str:
    exponent = float(log10_gap(gap))
    return f"≤{exponent:.0f}" if exponent == LOG10_FLOOR else f"{exponent:.1f}"


def _count(steps: Any) -> str:
    return "never" if math.isinf(steps) else "" if math.isnan(steps) else f"{steps:.0f}"
