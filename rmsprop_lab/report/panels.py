"""The panel of an objective: the runs that figures compare on it, and what their legend says."""

from collections.abc import Mapping

from rmsprop_lab.base import tuned_fields
from rmsprop_lab.descent import Trace
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plots.comparison import Panel
from rmsprop_lab.report.wording import value_in_words


def panel_of(problem: Problem, chosen: Mapping[str, Run], traces: Mapping[str, Trace]) -> Panel:
    """The panel of a problem.

    Args:
        problem: The problem.
        chosen: The run of each optimizer, the best first.
        traces: The trace of each run, by its key.
    """
    return Panel(
        problem.name,
        problem.objective,
        problem.points,
        {name: traces[run.run_key] for name, run in chosen.items()},
        {name: f"{name} {_short(run)}" for name, run in chosen.items()},
    )


def _short(run: Run) -> str:
    return ", ".join(f"{name}={value_in_words(value, 3)}" for name, value in tuned_fields(run.optimizer).items())
