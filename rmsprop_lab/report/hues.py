"""Chooses the hue of each optimizer of a study, the same in the terminal, in figures and in MLflow."""

from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.storage.folder import StudyFolder


def optimizer_hues(study: Study, folder: StudyFolder) -> dict[str, str]:
    """The hue of each optimizer, by name; it stays the same while the study grows.

    The optimizers in the folder come first, in the order of their trials, then those that the study adds.
    """
    return hues([*folder.trials()["optimizer"], *study.optimizers])
