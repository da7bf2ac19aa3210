"""Chooses the race that is worth showing: on the objective where optimizers differ most."""

from collections.abc import Mapping

import numpy as np

from rmsprop_lab.plan.run import Run
from rmsprop_lab.plots.comparison import quartile_curves
from rmsprop_lab.report.judgement import Judgement, by_difference
from rmsprop_lab.report.panels import panel_of
from rmsprop_lab.report.wording import starts_in_words
from rmsprop_lab.storage.folder import StudyFolder


def race(folder: StudyFolder, judgement: Judgement, hues: Mapping[str, str]) -> bytes | None:
    """Draws the race of the optimizers as an animated WebP, see `rmsprop_lab.plots.race`.

    Args:
        folder: The study's folder.
        judgement: The verdict, and the winners to picture.
        hues: The hue of each optimizer.

    Returns:
        The file; None if fewer than two optimizers have a path on an objective, or nobody's median can be drawn.
    """
    from rmsprop_lab.plots.race import STARTS, race_webp

    for name in by_difference(judgement.best):
        runs = {w.cell.optimizer_name: w.judged for w in judgement.pictured if w.cell.problem.name == name}
        traces = folder.trace_of([run.run_key for run in runs.values()])
        kept: dict[str, Run] = {key: run for key, run in runs.items() if run.run_key in traces}
        if len(kept) < 2:
            continue
        problem = next(iter(kept.values())).problem
        panel = panel_of(problem, kept, traces)
        medians = [quartile_curves(trace, panel.objective)[1] for trace in panel.traces.values()]
        if not np.isfinite(np.concatenate(medians)).any():
            continue
        count = panel.starts.shape[1]
        paths = starts_in_words(count) if count <= STARTS else f"{STARTS} of {count} starts"
        title = f"{judgement.study.name}: the best run of each optimizer; paths from {paths}, medians over all"
        return race_webp(panel, hues, title)
    return None
