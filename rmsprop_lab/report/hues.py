"""The hue of each optimizer of a study: one rule for the terminal, figures and MLflow."""

from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots.colours import hues
from rmsprop_lab.storage.folder import StudyFolder


def optimizer_hues(study: Study, folder: StudyFolder) -> dict[str, str]:
    """By name, for every optimizer in the folder, in the order of their first trials, then those that the study adds.

    So a hue stays with its optimizer while the study grows.
    """
    return hues([*folder.trials()["optimizer"], *study.optimizers])
