"""The lines below the ranking that say what to do about a study's results."""

import math
from collections.abc import Iterator

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.evaluation.target import steps_until
from rmsprop_lab.plan.run import Run
from rmsprop_lab.report.flaws import (
    edges_in_words,
    failed_in_words,
    lost_in_words,
    still_in_words,
    widened_in_words,
    widening,
)
from rmsprop_lab.report.ranking_cells import edge_arrows
from rmsprop_lab.report.wording import counted, settings_in_words, starts_in_words, value_in_words
from rmsprop_lab.tasks.summary import Summary


def findings(summary: Summary, target: float | None) -> list[tuple[str, str]]:
    """Lines about targets, widened spaces, winners at an edge, searches whose trials were all lost or did not move.

    Each thing is told once for all objectives and repeats where it is so.

    Args:
        summary: What the study did and found.
        target: Gap whose first iteration is reported; None for no such lines.

    Returns:
        A label and a text for each line.
    """
    lines = [] if target is None else [("target", text) for text in _targets(summary, target)]
    edges = [("edge", text) for text in edges_in_words(summary.winners)]
    if edges:
        if not summary.study.search.widen:
            edges.append(("", "search.widen=true widens all of these and searches again; by hand:"))
        edges.append(("", widening(summary.winners)))
    wider = [("wider", text) for text in widened_in_words(summary.winners, summary.study.cells)]
    failed = [("failed", text) for text in failed_in_words(summary.winners, summary.failed)]
    ran = [winner for winner in summary.winners if winner.run.run_key not in summary.failed]
    lost = [("lost", text) for text in lost_in_words(ran, summary.stable)]
    still = [("still", text) for text in still_in_words(summary.winners, summary.still)]
    return lines + wider + edges + failed + lost + still


def _setting(winner: Winner, name: str) -> str:
    """A winner's hyperparameter and its value, with an arrow at an edge of its range."""
    return f"{name} {value_in_words(winner.run.hyperparameters[name], 3)}{edge_arrows(winner).get(name, '')}"


def _named(winner: Winner) -> str:
    repeat = f" (repeat {winner.cell.repeat})" if winner.cell.search.repeats > 1 else ""
    return f"{winner.cell.optimizer_name} on {winner.cell.problem.name}{repeat}"


def _targets(summary: Summary, target: float) -> Iterator[str]:
    """The iterations after which the winner, and the optimizer as configured, come below the target.

    Both are runs from the starts of the search. Of several repeats, it is the one in the ranking.
    """
    ranked = set(summary.best["cell"])
    for winner in (winner for winner in summary.winners if winner.cell.key in ranked):
        problem = winner.cell.problem
        reference = summary.references.get((problem.name, winner.cell.optimizer_name, winner.cell.repeat))
        steps = _steps(summary, winner.run, target)
        names = tuned_fields(winner.run.optimizer)
        settings = ", ".join(_setting(winner, name) for name in names)
        what = "value " if problem.objective.minimum is None else ""
        text = f"{_named(winner)}: {_below(f'{what}{target:g}', steps)} with {settings}"
        if reference is not None and reference.run_key != winner.run.run_key:
            before = _steps(summary, reference, target)
            apart = before - steps
            if math.isfinite(apart) and apart:
                text += f", {abs(apart):.0f} {'sooner' if apart > 0 else 'later'} than as configured"
            text += f"; {_after(before)} with {settings_in_words(reference)}, as configured"
        search = "" if winner.cell.search.method == "none" else " of the search"
        yield text + f" ({starts_in_words(problem.points.shape[1])}{search})"


def _steps(summary: Summary, run: Run, target: float) -> float:
    return math.inf if run.run_key in summary.failed else steps_until(run, target)


def _below(target: str, steps: float) -> str:
    return f"never below {target}" if math.isinf(steps) else f"first below {target} {_after(steps)}"


def _after(steps: float) -> str:
    return "never" if math.isinf(steps) else f"after {counted(round(steps), 'iteration')}"
