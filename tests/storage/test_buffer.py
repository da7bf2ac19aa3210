"""Results wait a moment, so that parts are few."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
from support.publishing import tables_of
from support.studies import tuned

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.storage import buffer as pending
from rmsprop_lab.storage.buffer import Buffer
from rmsprop_lab.storage.folder import StudyFolder


def test_what_is_pending_is_published_when_it_is_old_or_large(tmp_path: Path, monkeypatch) -> None:
    runs = [tuned().cells[0].run({"step_size": step}) for step in (0.1, 0.2, 0.3)]
    folder = StudyFolder(tmp_path, "s")
    waiting = Buffer(folder)
    each = (tables_of(compute([run])) for run in runs)
    first, second, third = ({name: [table] for name, table in tables.items()} for tables in each)
    assert waiting.add(first).runs == 0
    monkeypatch.setattr(pending, "_MOST_SECONDS", 0.0)
    assert waiting.add(second).runs == 2
    monkeypatch.setattr(pending, "_MOST_SECONDS", np.inf)
    monkeypatch.setattr(pending, "_MOST_BYTES", 1)
    assert waiting.add(third).runs == 1
    assert waiting.publish() == (0, 0)
    assert folder.run_keys() == {run.run_key for run in runs}


def test_what_takes_long_to_compute_does_not_wait(tmp_path: Path, monkeypatch) -> None:
    """Not even for the next batch, which may take as long."""
    run = tuned().cells[0].run({"step_size": 0.1})
    tables = {name: [table] for name, table in tables_of(compute([run])).items()}
    clock = iter([0.0, 5.0, 5.0])
    monkeypatch.setattr(pending, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    assert Buffer(StudyFolder(tmp_path, "s")).add(tables).runs == 1
