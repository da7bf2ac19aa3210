"""Draws a study's `figures/`: each objective, the best run of each optimizer, and their comparison."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

from rmsprop_lab.descent import Trace
from rmsprop_lab.errors import raised
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.plan.pictures import picture
from rmsprop_lab.plan.run import Run
from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots import COMPARISON, RACE
from rmsprop_lab.plots.comparison import comparison_png
from rmsprop_lab.plots.objective import contour_png, surface_png
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.plots.shading import DEEP, TUTORIAL
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.panels import panel_of
from rmsprop_lab.report.race import race
from rmsprop_lab.report.search_figures import SHOWN, search_figures
from rmsprop_lab.report.searches import Searches
from rmsprop_lab.report.verdict_figures import verdict_figures
from rmsprop_lab.report.wording import picture_title, share_in_words
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.stamp import Stamp

Drawing: TypeAlias = Callable[[], bytes | None]
"""Draws a figure; None if there is nothing to show."""


def draw(
    study: Study, folder: StudyFolder, searches: Searches, judgement: Judgement, animate: bool = False
) -> tuple[list[Path], dict[str, str]]:
    """Draws the study's figures, unless the existing ones show these runs.

    A figure that fails, as an objective may raise an error where no start was, takes no other with it.

    Args:
        study: The study.
        folder: Its folder.
        searches: Its trials and winners.
        judgement: The verdict, and the winners to picture.
        animate: Whether to draw the race of the optimizers, which takes seconds.

    Returns:
        The files that were drawn, and the errors of those that could not be, by name.
    """
    figures = folder.path / "figures"
    shows = searches.stamp(judgement.verdict)
    stamp, animated = (Stamp(figures / ".shows", text) for text in (shows, f"{shows} {RACE}"))
    if animated.is_current() or (not animate and stamp.is_current()):
        return [], {}
    stamp = animated if animate else stamp
    stamp.begin()
    (figures / RACE).unlink(missing_ok=True)  # of other runs
    runs = {winner.judged.run_key: winner.judged for winner in judgement.pictured}
    drawings: tuple[tuple[str, Drawing], ...] = (
        *_figures(study, folder, runs, searches.hues),
        *verdict_figures(judgement.verdict, study.name, searches.hues),
        *search_figures(searches),
        *([(RACE, partial(race, folder, judgement, searches.hues))] if animate else []),
    )
    drawn, failed = _put(drawings, stamp)
    if not failed:
        stamp.write(drawn)
    return drawn, failed


def _put(drawings: Iterable[tuple[str, Drawing]], stamp: Stamp) -> tuple[list[Path], dict[str, str]]:
    """Draws figures and writes them; returns the files, and the errors of those that could not be drawn, by name."""
    drawn, failed = [], {}
    for name, drawing in drawings:
        try:
            content = drawing()
        except BaseException as error:  # of user's code, or of matplotlib with numbers that it cannot draw
            failed[name] = raised(error)
            continue
        if content is not None:
            drawn.append(stamp.put(name, content))
    return drawn, failed


def _figures(
    study: Study, folder: StudyFolder, runs: Mapping[str, Run], hues: Mapping[str, str]
) -> Iterator[tuple[str, Drawing]]:
    rows, traces = folder.run_rows(runs), folder.trace_of(list(runs))
    shading = TUTORIAL if study.is_tutorial else DEEP
    panels = []
    for name in dict.fromkeys(run.problem.name for run in runs.values()):
        chosen = {run.optimizer_name: run for run in runs.values() if run.problem.name == name}
        problem = next(iter(chosen.values())).problem
        if problem.objective.dim >= 2:
            yield picture(name, kind="surface"), partial(surface_png, problem.objective, name, shading)
            yield picture(name, kind="contour"), partial(contour_png, problem.objective, name, shading)
        painter = cache(partial(ContourPainter, problem.objective, problem.points, shading))
        chosen = {
            optimizer: run for optimizer, run in chosen.items() if run.run_key in traces
        }  # failed runs have no trace
        for optimizer, run in chosen.items():
            title = picture_title(run, rows[run.run_key])
            yield picture(name, optimizer), partial(_picture, painter, traces[run.run_key], title)
        if chosen:
            panels.append(panel_of(problem, chosen, traces))
    if not panels:
        return
    shown = panels[:SHOWN]
    count = panels[0].starts.shape[1]
    known = {panel.objective.minimum is not None for panel in shown}
    what = " and ".join(["gaps"] * (True in known) + ["values"] * (False in known))
    each = "" if count == 1 else f"; top: paths from one typical start, bottom: {what} over all {count} starts"
    repeat = "" if study.search.repeats == 1 else " in a typical repeat"
    title = f"{study.name}: the best run of each optimizer{repeat}{each}{share_in_words(shown, len(panels))}"
    yield COMPARISON, partial(comparison_png, shown, hues, title)


def _picture(painter: Callable[[], ContourPainter], trace: Trace, title: str) -> bytes:
    return painter().png(trace.points, median_start(trace.values[-1]), title)
