"""What a study whose shards are computed elsewhere still lacks, before it is closed."""

from collections.abc import Iterator

from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.study import Study
from rmsprop_lab.search import searcher_for
from rmsprop_lab.storage.folder import StudyFolder


def lacking(study: Study, folder: StudyFolder) -> dict[int, int]:
    """The number of trials that are not on disk, of each shard that lacks some.

    The trials are those that a shard chooses by itself: of the searches, and of the optimizers as configured.
    Evaluations of winners, and searches in wider spaces, follow from these; whoever closes the study makes them.

    Args:
        study: The study, with its number of shards.
        folder: Its folder.

    Raises:
        ResultsError: A table of the folder cannot be read.
    """
    there: dict[tuple[str, int], set[int]] = {}
    for cell_key, repeat, trial, phase in folder.trial_keys():
        if phase == "search":
            there.setdefault((cell_key, repeat), set()).add(trial)
    found: dict[int, int] = {}
    for cell in _searched(study):
        for shard, count in _lacking_of(study, cell, there.get((cell.key, cell.repeat), set())):
            found[shard] = found.get(shard, 0) + count
    return dict(sorted(found.items()))


def _searched(study: Study) -> Iterator[Cell]:
    for cell in study.cells:
        if study.evaluates:
            yield study.reference(cell)
        yield cell


def _lacking_of(study: Study, cell: Cell, there: set[int]) -> Iterator[tuple[int, int]]:
    """Shards and numbers of the trials of one cell that are not on disk."""
    missing = len(set(range(len(cell))) - there)
    if missing and cell.search.learns:
        yield study.shard_of(cell), missing
    elif missing:
        for trial in searcher_for(cell).ask():
            if trial.number not in there:
                yield study.shard_of(cell.run(trial.hyperparameters)), 1
