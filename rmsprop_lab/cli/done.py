"""Words how many runs a command computed, and what else its folder has."""

from rmsprop_lab.compare.sentence import listed
from rmsprop_lab.report.wording import counted
from rmsprop_lab.tasks.summary import Summary

_MOST_NAMED = 3  # objectives in a line


def part_in_words(summary: Summary) -> str:
    """What a shard did, which is no whole to be ranked."""
    failed = f", {len(summary.failed)} of them failed" if summary.failed else ""
    return f"shard {summary.study.shard} of {summary.study.shards}: {done_in_words(summary)}{failed}"


def done_in_words(summary: Summary, processes: int = 1) -> str:
    """How many of the runs were computed, in how many processes of this command."""
    runs = len(summary.runs)
    if not runs:
        return "it has no runs"
    if summary.gathered and processes > 1:
        count = summary.gathered + summary.computed
        return f"{count:,} of {counted(runs, 'run', ',')} computed, in {processes} processes"
    if summary.gathered:
        return f"{counted(summary.gathered, 'run')} gathered from shards, {summary.computed} of {runs} computed here"
    if not summary.computed:
        return f"nothing to compute, {'the run was' if runs == 1 else f'all {runs} runs were'} on disk"
    return f"{summary.computed} of {counted(runs, 'run')} computed{_same(summary)}"


def _same(summary: Summary) -> str:
    """Why there are fewer runs than planned: an optimizer as configured is also a point of the grid."""
    same = len(summary.study) - len(summary.runs)
    if summary.judgement is None or same <= 0:
        return ""
    return f" ({len(summary.study)} planned, {same} of them {'is' if same == 1 else 'are'} the same as another)"


def others_in_words(summary: Summary) -> list[str]:
    """What else the folder has: runs of other commands, which the tables and pages of this one do not show."""
    others = summary.folder.run_keys() - summary.runs.keys()
    if not others:
        return []
    objectives = summary.folder.run_table(others)["objective"].unique().to_pylist()
    names = sorted(set(objectives) - summary.study.objectives.keys())
    of = f" ({listed(names[:_MOST_NAMED])}{', ...' if len(names) > _MOST_NAMED else ''})" if names else ""
    shown = "are not in these tables and pages" if len(others) > 1 else "is not in these tables and pages"
    return [f"{counted(len(others), 'run', ',')} of other commands{of} {shown}; name=... keeps studies apart"]
