"""Hundreds of faults of every kind: `make test-faults`. Nothing is lost, doubled, stale, half-written or different."""

import math
import shutil
from collections.abc import Callable

import pytest

from faults.ground import Ground
from faults.storm import KINDS
from faults.tally import Tally

_SIZE = 20  # faults of a part in a full run
_PARTS = sorted((part, kind) for kind, (_, most) in KINDS.items() for part in range(math.ceil(most / _SIZE)))


@pytest.mark.faults
@pytest.mark.parametrize(("part", "kind"), _PARTS)
def test_nothing_is_lost(
    kind: str, part: int, ground: Ground, share: float, record_property: Callable[[str, object], None]
) -> None:
    """All kinds in turn, so that a run that is ended early has some of each."""
    interrupt, most = KINDS[kind]
    wanted, tally = math.ceil(share * min(_SIZE, most - _SIZE * part)), Tally()
    for number in range(1000 * part, 1000 * part + 20 * wanted):
        if tally.times >= wanted:
            break
        case = interrupt(ground, number)
        tally.add(case)
        record_property(kind, tally.as_plain())  # the last one counts
        if not any(case.findings):
            shutil.rmtree(case.command.folder)
    assert not tally.words, "\n".join(tally.words)
    assert tally.times >= wanted, "these faults do not happen"
