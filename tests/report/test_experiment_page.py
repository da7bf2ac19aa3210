"""The axes of an experiment's page."""

import math
from pathlib import Path

import numpy as np
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.report.experiment_page import convergence_axes
from rmsprop_lab.storage.folder import StudyFolder


def test_the_axis_goes_from_the_start_to_the_best_whatever_diverges(tmp_path: Path) -> None:
    run_study(study((0.1, 1e6), objectives={"bowl": Bowl()}), output_dir=tmp_path, tracking="none", figures=False)
    folder = StudyFolder(tmp_path, "s")
    runs = folder.runs()
    (axis,) = convergence_axes(folder, runs).values()
    assert axis.curve == "log10_gap"
    low, high = axis.limits
    first = np.median(folder.trace_of([runs["run_key"][0]])[runs["run_key"][0]].values[0])
    assert low < math.log10(runs["best_gap"].min()) < math.log10(first) < high < math.log10(first) + 1
