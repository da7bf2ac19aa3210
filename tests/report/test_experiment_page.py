"""The axes of an experiment's page."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.report.experiment_page import chart_axes, sampled
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.page import MOST_SHOWN, Axis


def test_the_axis_goes_from_the_start_to_the_best_whatever_diverges(tmp_path: Path) -> None:
    given = study((0.1, 1e6), objectives={"bowl": Bowl()})
    run_study(given, output_dir=tmp_path, tracking="none", figures=False)
    folder = StudyFolder(tmp_path, "s")
    runs = folder.runs()
    (axis,) = chart_axes(given, folder, runs).values()
    assert axis.curve == "log10_gap"
    low, high = axis.limits
    first = np.median(folder.trace_of([runs["run_key"][0]])[runs["run_key"][0]].values[0])
    assert low < math.log10(runs["best_gap"].min()) < math.log10(first) < high < math.log10(first) + 1


def test_of_many_runs_some_are_shown_evenly_over_the_scores() -> None:
    count = 1001
    scores = np.random.default_rng(3).permutation(count) / 100.0 - 8.0
    runs = pd.DataFrame({"objective": "bowl", "outcome": "ok", "run_key": map(str, range(count)), "score": scores})
    runs.loc[7, "outcome"] = "failed"
    few = pd.DataFrame({"objective": "camel", "outcome": "ok", "run_key": ["a", "b"], "score": [0.0, 1.0]})
    axes = {"bowl": Axis("log10_gap", None, "score", count - 1), "camel": Axis("log10_gap", None, "score", 2)}
    shown = sampled(axes, pd.concat([runs, few]))
    assert len(set(shown)) == MOST_SHOWN
    done = runs[runs["outcome"] == "ok"].sort_values("score")["run_key"].tolist()
    places = [done.index(key) for key in shown]
    assert (places[0], places[-1]) == (0, count - 2)
    assert set(np.diff(places)) <= {10, 11}
