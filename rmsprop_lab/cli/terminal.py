"""Prints the ranking of a study, what a task did, and where the results are."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rmsprop_lab.base.contracts import Finding
from rmsprop_lab.cli.advice import findings
from rmsprop_lab.cli.console import console, print_trimmed
from rmsprop_lab.cli.done import done_in_words, others_in_words, part_in_words
from rmsprop_lab.cli.ranking_table import Ranking
from rmsprop_lab.cli.study_link import how_to_open
from rmsprop_lab.config.settings import Settings
from rmsprop_lab.errors import printable
from rmsprop_lab.plots import RACE, STUDY_FIGURES
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.trace_lines import trace_lines
from rmsprop_lab.report.verdict_words import verdict_told
from rmsprop_lab.report.wording import counted, settings_in_words
from rmsprop_lab.tasks.landscape import Survey
from rmsprop_lab.tasks.summary import Summary
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.uri import default_uri, sqlite_path

if TYPE_CHECKING:
    from rmsprop_lab.tasks.merge import Merge
    from rmsprop_lab.tasks.optuna import Dashboard
    from rmsprop_lab.tasks.refill import Refill

_LABEL = 9  # characters
_PROSE = ("more", "gradient", "minimum", "target", "wider", "edge", "failed", "lost", "still", "also")
_CLOSES = "without shard= and shards=, the same command ranks the study"


def print_traces(summary: Summary) -> None:
    """Prints every kept iteration of every start in the tutorial's form: `>i` and the point after step i."""
    traces = summary.folder.trace_of(list(summary.runs))
    for key, run in summary.runs.items():
        if key not in traces:
            continue  # a failed run has no trace
        trace = traces[key]
        starts = trace.points.shape[2]
        for start in range(starts):
            if len(summary.runs) * starts > 1:
                print(f"# {run.problem.name}: {run.optimizer_name}, {settings_in_words(run)}, start {start}")
            for line in trace_lines(trace, start):
                print(line)


def print_summary(summary: Summary, settings: Settings) -> None:
    """Prints the ranking, what was done, and what to do next."""
    out = console()
    if summary.study.is_part:
        print_lines(out, [("part", f"{part_in_words(summary)}; {_CLOSES}")])
        return
    lines: list[tuple[str, str]] = []
    if summary.judgement and not settings.print_trace:
        lines += [("more", text) for text in _print_verdict(summary, summary.judgement, out)]
    folder = relative(summary.folder.path)
    lines += [("gradient", text) for text in _substituted(summary)]
    lines += [("minimum", text) for text in _undercut(summary)]
    lines += findings(summary, summary.study.target)
    lines += [("runs", f"{done_in_words(summary, min(settings.jobs, summary.study.pieces))}: {folder}/runs.parquet")]
    lines += [("also", text) for text in others_in_words(summary)]
    if settings.tracking == "mlflow":
        where = experiment(settings, summary.experiment)
        lines.append(("MLflow", f"{counted(summary.logged, 'run')} added to {where}"))
    if summary.runs and settings.figures:
        named = [*([RACE] if settings.animate else []), *STUDY_FIGURES[:2]]
        first = [name for name in named if (summary.folder.path / "figures" / name).exists()]
        lines.append(("figures", f"{folder}/figures" + (f": {', '.join(first)}, and more" if first else "")))
    if summary.runs and settings.report and (summary.folder.path / REPORT).exists():
        lines.append(("report", f"{folder}/{REPORT}, a page that stands alone: open it in a browser"))
    lines += [("undrawn", f"{name}: {' '.join(why.split())}") for name, why in summary.undrawn.items()]
    lines.append(("next", _next(summary, settings)))
    print_lines(out, lines)


def print_lines(out: Console, lines: Iterable[tuple[str, str]]) -> None:
    """Prints lines of a label and a text; prose is wrapped below itself, paths and commands stay in one piece."""
    for label, text in lines:
        head = f"{label:{_LABEL}}", "bold"
        if label in _PROSE and out.is_terminal:
            grid = Table.grid()
            grid.add_column(width=_LABEL)
            grid.add_row(Text(*head), Text(text))
            out.print(grid)
        else:
            out.print(Text.assemble(head, text), soft_wrap=True)


def _print_verdict(summary: Summary, judgement: Judgement, out: Console) -> list[str]:
    """Prints the sentences and the ranking; returns what had no room in the table."""
    first, *others = verdict_told(judgement)
    out.print(first, style="bold", soft_wrap=not out.is_terminal)
    for sentence in others:
        out.print(sentence, soft_wrap=not out.is_terminal)
    ranking = Ranking(summary, out)
    out.print()
    print_trimmed(out, ranking.title, 0)
    print_trimmed(out, ranking.table(), 0)
    print_trimmed(out, Text(ranking.caption, style="dim italic"), 0)
    out.print()
    return ranking.lines()


def print_survey(survey: Survey, settings: Settings) -> None:
    """Prints what each landscape shows, what was computed and where it is."""
    out = console()
    new = f"{survey.computed} of {survey.landscapes} computed" if survey.computed else "nothing to compute"
    for name, title in survey.titles.items():
        first, *others = title.splitlines()
        out.print(first, style="bold", soft_wrap=True, markup=False)
        pictures = [str(relative(survey.pictures[name]))] if name in survey.pictures else []
        for line in (*others, *pictures):
            out.print(f"  {line}", soft_wrap=True, markup=False)
    lines = [("maps", f"{new}: {relative(survey.folder.path)}/landscapes")]
    if settings.tracking == "mlflow":
        lines.append(("MLflow", f"{counted(survey.logged, 'run')} added to {experiment(settings)}"))
    if survey.pictures:
        lines.append(("next", "open the pictures; landscape.resolution=1024 makes finer ones"))
    if survey.experiment_id is not None:
        lines.append(("", how_to_open(survey.experiment_id, settings)))
    print_lines(out, lines)


def print_refill(refill: "Refill", settings: Settings) -> None:
    """Prints how many runs were logged."""
    out = console()
    lines = [("MLflow", f"{refill.logged} of {counted(refill.runs, 'run')} added to {experiment(settings)}")]
    if refill.restored:
        lines.append(("", f"{refill.restored} that were there got back files or numbers that MLflow had lost"))
    if refill.without_picture:
        why = "no config in commands/ that may run gives their objective and optimizer"
        lines.append(("", f"{refill.without_picture} of them without a contour plot: {why}"))
    lines.append(("next", how_to_open(refill.experiment_id, settings)))
    print_lines(out, lines)


def print_merge(found: "Merge", settings: Settings) -> None:
    """Prints how many runs came from other folders, and what was left out."""
    name = settings.study.name
    folder = relative(Path(settings.output_dir, name))
    known = f", {found.runs - found.added} were there" if found.runs > found.added else ""
    what = f"{found.added} of {counted(found.runs, 'run')} of {counted(found.folders, 'folder')}"
    lines = [("merge", f"{what} added to {folder}{known}")]
    lines += [("damaged", f"{why}; left out, its study's command computes its runs again") for why in found.damaged]
    lines += [("left out", redacted(why)) for why in found.unread]
    lines.append(("next", f"the study's own command ranks the runs; rmsprop-lab task=refill name={name} logs them all"))
    print_lines(console(), lines)


def print_report(path: Path) -> None:
    """Prints where a report is."""
    print_lines(console(), [("report", str(relative(path))), ("next", "open it in a browser; it needs no other file")])


def print_dashboard(dashboard: "Dashboard") -> None:
    """Prints where the database is and how to open it."""
    path = relative(dashboard.path)
    done = f"{counted(dashboard.searches, 'search')} with {counted(dashboard.trials, 'trial')}: {path}"
    print_lines(console(), [("optuna", done), ("next", f"optuna-dashboard sqlite:///{path}")])


def print_findings(title: str, findings: Iterable[Finding], live: str) -> int:
    """Prints the checks of one objective or optimizer, one per line; returns how many failed.

    Args:
        title: The objective or optimizer.
        findings: The results of its checks.
        live: Whether the report can compute it live, in a line.
    """
    out, wrong = console(), 0
    out.print(title, style="bold")
    for finding in findings:
        mark, style = ("WRONG", "red") if finding.wrong else ("ok", "green")
        out.print(Text.assemble((f"  {mark:6}", style), finding.check), soft_wrap=True)
        if finding.wrong:
            out.print(f"        {printable(finding.wrong)}", soft_wrap=True)
            wrong += 1
    out.print(f"  {printable(live)}", soft_wrap=True)
    return wrong


def _substituted(summary: Summary) -> list[str]:
    problems = {cell.problem.name: cell.problem.objective for cell in summary.study.cells}
    return [
        f"{name} defines none; central differences take {objective.evaluations_per_gradient} values per gradient"
        for name, objective in problems.items()
        if objective.evaluations_per_gradient > 1
    ]


def _undercut(summary: Summary) -> list[str]:
    """Lines about objectives with a run below their stated minimum: their gaps are wrong."""
    if not len(summary.best):
        return []
    lowest = summary.best.groupby("objective", sort=False)["final_value"].min()
    objectives = {cell.problem.name: cell.problem.objective for cell in summary.study.cells}
    return [
        f"{name} states {minimum:.6g}, but a run ended at {lowest[name]:.6g}: its gaps are wrong; see task=check"
        for name, objective in objectives.items()
        if (minimum := objective.minimum) is not None
        and name in lowest
        and lowest[name] < minimum - 1e-9 * max(1.0, abs(minimum))
    ]


def _next(summary: Summary, settings: Settings) -> str:
    if settings.tracking == "none":
        where = "" if settings.output_dir == "outputs" else f", {settings.output_dir!r}"
        return (
            f"load the runs in Python: rmsprop_lab.load({summary.study.name!r}{where}); tracking=mlflow logs them too"
        )
    return how_to_open(str(summary.experiment_id), settings, summary.experiment)


def experiment(settings: Settings, name: str | None = None) -> str:
    """The study's experiment, of another `name` if a person has renamed it, and its store."""
    uri = settings.tracking_uri or default_uri(settings.output_dir)
    path = sqlite_path(uri)
    return f"the experiment {(name or settings.study.name)!r} in {redacted(uri) if path is None else relative(path)}"


def relative(path: Path) -> str:
    """The path as seen from the current folder, if it lies below."""
    below = os.path.relpath(path)
    return str(path) if below.startswith("..") else below
