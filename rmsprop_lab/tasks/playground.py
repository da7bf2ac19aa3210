"""`task=playground`: a live page of objectives and optimizers, without a study."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report import PLAYGROUND
from rmsprop_lab.report.page.alive import MOST_ITERATIONS, why_not
from rmsprop_lab.report.page.document import playground
from rmsprop_lab.report.page.playground import playground_content
from rmsprop_lab.report.translated import translation
from rmsprop_lab.storage.aside import clear_way
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.folder import StudyFolder

_Part = TypeVar("_Part", Objective, Optimizer)


@dataclass(frozen=True)
class Playable:
    """What a live page can compute.

    Args:
        study: The objectives and optimizers, with starts, spaces and iterations.
        left_out: Others, as in `objective logistic`, and why.
    """

    study: Study
    left_out: list[tuple[str, str]]


def playable(study: Study) -> Playable:
    """The part of a study that a live page can compute.

    Args:
        study: What was chosen.

    Raises:
        InputError: Nothing is left, or there are too many iterations.
    """
    if study.n_iter > MOST_ITERATIONS:
        raise InputError("n_iter", f"at most {MOST_ITERATIONS:,}, as task=playground computes in a page", study.n_iter)
    left_out: list[tuple[str, str]] = []
    objectives = _kept(study.objectives, "objective", left_out)
    optimizers = _kept(study.optimizers, "optimizer", left_out)
    spaces = {name: space for name, space in study.spaces.items() if name in optimizers}
    return Playable(replace(study, objectives=objectives, optimizers=optimizers, spaces=spaces), left_out)


def write_playground(played: Playable, folder: StudyFolder, command: str) -> Path:
    """Writes `playground.html` into a study's folder, beside a report that may be there.

    Args:
        played: What the page shows.
        folder: The folder, which is created.
        command: The command line, for the page.

    Returns:
        The page.

    Raises:
        InputError: The code of every pair raises an error.
    """
    content, descents = playground_content(played.study, played.left_out)
    if not content["objectives"]:
        raise _nothing("objective", ": ".join(played.left_out[-1]))
    path = folder.path / PLAYGROUND
    clear_way(path, folder.path)
    write_atomically(path, playground({**content, "command": command}, descents.script).encode())
    return path


def _kept(parts: Mapping[str, Any], group: str, left_out: list[tuple[str, str]]) -> dict[str, Any]:
    """The parts that can be computed in a page; the others are added to `left_out`."""
    why = {
        name: (why_not(part) if group == "objective" else "") or translation(part).reason
        for name, part in parts.items()
    }
    left_out += [(f"{group} {name}", reason) for name, reason in why.items() if reason]
    kept = {name: part for name, part in parts.items() if not why[name]}
    if not kept:
        raise _nothing(group, next(iter(why.values())))
    return kept


def _nothing(group: str, why: str) -> InputError:
    change = f"Choose another, such as {group}={'bowl' if group == 'objective' else 'rmsprop'}."
    return InputError(group, f"an {group} that a page can compute", Found(f"none: {why}"), change)
