"""The runs that sum a study up in MLflow: one for each optimizer, with its picture and curve on every objective."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.curves import curves, thinned
from rmsprop_lab.evaluation.quantiles import median_start
from rmsprop_lab.plan.problem import Problem
from rmsprop_lab.plots.run_picture.contour import ContourPainter
from rmsprop_lab.report.judgement import Judgement
from rmsprop_lab.report.wording import picture_title, settings_in_words
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.content import (
    MISSING_PARAM,
    ORDER_METRIC,
    Point,
    RunContent,
    curve_points,
    metric_word,
    rank_metric,
    score_metric,
)
from rmsprop_lab.tracking.page import SUMMARY_PHASE
from rmsprop_lab.tracking.study_tracker import HOLDS_TAG

_FRAMES = 5  # pictures of a path, so that MLflow's slider shows it grow
_POINTS = 201  # of a curve
_LAYOUT = 3  # of the runs: another number has them written again


@dataclass(frozen=True, eq=False)
class SummaryRuns:
    """The contents of the runs that sum a study up.

    Args:
        judgement: What is said of the study.
        folder: Its folder.
        hyperparameters: The names of all hyperparameters that the study's runs have as params.
        hues: The hue of each optimizer.
        painter: Gives the painter of a problem.
    """

    judgement: Judgement
    folder: StudyFolder
    hyperparameters: Sequence[str]
    hues: Mapping[str, str]
    painter: Callable[[Problem], ContourPainter]

    @cached_property
    def digests(self) -> dict[str, str]:
        """What each run shows, as a hash, by its key: none of a study on one objective, whose best runs say it all."""
        if len(self.judgement.study.objectives) == 1:
            return {}
        found: dict[str, str] = {}
        for name in self.judgement.study.optimizers:
            ranks = self._rows(name)[["objective", "rank", "score"]].to_csv()
            shown = [winner.judged.run_key for winner in self._winners(name)]
            told = repr((_LAYOUT, ranks, shown, self.hues[name], self.hyperparameters))
            found[_key(name)] = hashlib.sha256(told.encode()).hexdigest()
        return found

    def content(self, key: str) -> RunContent:
        """The run of a key, with pictures."""
        study = self.judgement.study
        name = next(name for name in study.optimizers if _key(name) == key)
        winners = self._winners(name)
        traces = self.folder.trace_of([winner.judged.run_key for winner in winners])
        done = [(winner, traces[winner.judged.run_key]) for winner in winners if winner.judged.run_key in traces]
        images = {place: image for winner, trace in done for place, image in self._frames(winner, trace)}
        settings = "; ".join(f"{winner.cell.problem.name}: {settings_in_words(winner.judged)}" for winner in winners)
        return RunContent(
            run_key=key,
            name=name,
            params={
                "objective": "all",
                "dim": MISSING_PARAM,
                "optimizer": name,
                **dict.fromkeys(self.hyperparameters, MISSING_PARAM),
                "n_iter": str(study.n_iter),
                "starts": MISSING_PARAM,
                "start_seed": "none",
                "gradient": "analytic",
                "engine": study.engine,
            },
            points=[*self._scores(name), *(point for winner, trace in done for point in _curves(winner, trace))],
            tags={
                "study": study.name,
                "objective": "all",
                "optimizer": name,
                "phase": SUMMARY_PHASE,
                "outcome": "ok",
                HOLDS_TAG: self.digests[key],
            },
            colour=self.hues[name],
            note=f"Sums up the best runs of {name}, of a typical repeat. {settings}.",
            images=images,
        )

    def _winners(self, name: str) -> list[Winner]:
        return [winner for winner in self.judgement.pictured if winner.cell.optimizer_name == name]

    def _rows(self, name: str) -> pd.DataFrame:
        return self.judgement.best[self.judgement.best["optimizer"] == name]

    def _scores(self, name: str) -> Iterator[Point]:
        rows = self._rows(name)
        for row in rows.to_dict("records"):
            if np.isfinite(row["score"]):
                yield Point(score_metric(row["objective"]), float(row["score"]), 0)
            if not pd.isna(row["rank"]):
                yield Point(rank_metric(row["objective"]), float(row["rank"]), 0)
        yield Point(ORDER_METRIC, float(1 + self._order.index(name)), 0)

    @cached_property
    def _order(self) -> list[str]:
        """The optimizers by their mean place on the objectives, to have an order: it says nothing of all together."""
        best = self.judgement.best
        places = best["rank"] if best["rank"].notna().all() else best.groupby("objective", sort=False).cumcount()
        return list(places.astype(float).groupby(best["optimizer"], sort=False).mean().sort_values(kind="stable").index)

    def _frames(self, winner: Winner, trace: Trace) -> Iterator[tuple[tuple[str, int], tuple[bytes, bytes]]]:
        """The picture of a run after some of its iterations, the same ones of all runs."""
        run = winner.judged
        painter, median = self.painter(run.problem), median_start(trace.values[-1])
        title = picture_title(run, self.folder.run_rows([run.run_key])[run.run_key])
        for step in thinned(run.problem.n_iter + 1, _FRAMES).tolist():
            rows = max(1, int(np.searchsorted(trace.iterations, step, side="right")))
            whole = step == run.problem.n_iter
            told = title if whole else f"{title.splitlines()[0]}\nafter {step} of {run.problem.n_iter} iterations"
            picture = painter.picture(trace.points[:rows], median, told, crosses=whole)
            yield (metric_word(run.problem.name), step), (picture.png, picture.small)


def _key(optimizer: str) -> str:
    return f"{SUMMARY_PHASE}.{optimizer}"


def _curves(winner: Winner, trace: Trace) -> Iterator[Point | tuple[str, float, int]]:
    problem = winner.cell.problem
    yield from curve_points(problem.name, curves(trace, problem.objective), trace.iterations, _POINTS)
