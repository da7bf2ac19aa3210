"""Parts reach the disk whole, one publisher at a time."""

import os
import threading
from pathlib import Path

import pytest
from support.publishing import tables_of
from support.studies import study

from rmsprop_lab.evaluation.compute import compute
from rmsprop_lab.storage.atomic import write_together
from rmsprop_lab.storage.buffer import Buffer
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.schema import trial_table


def test_publishing_waits_for_the_lock_of_another(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path, "s")
    cell = study().cells[0]
    run = cell.run({"step_size": 0.1})
    (computed,) = compute([run])
    buffer = Buffer(folder)
    tables = tables_of([computed], trial_table(cell, {0: run}, {0: 1.0}))
    buffer.add({name: [table] for name, table in tables.items()})
    publishing = threading.Thread(target=buffer.publish)
    with StudyFolder(tmp_path, "s").lock():
        publishing.start()
        publishing.join(timeout=0.3)
        assert publishing.is_alive()
        assert StudyFolder(tmp_path, "s").run_keys() == set()
    publishing.join(timeout=30)
    assert StudyFolder(tmp_path, "s").run_keys() == {run.run_key}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="finds out by /proc what is synced")
def test_content_and_names_are_synced_in_the_order_that_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file before it gets its name, its folder afterwards, and the last name only once all others are kept."""
    events: list[tuple[str, str]] = []
    sync, rename = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        events.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        sync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        events.append(("name", str(target)))
        assert ("sync", str(path)) in events
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    first, last = tmp_path / "a/first", tmp_path / "b/last"
    write_together([(first, b"1"), (last, b"2")])
    names = [event for event in events if event[1] in {str(first), str(last), str(first.parent), str(last.parent)}]
    assert names == [
        ("name", str(first)),
        ("sync", str(first.parent)),
        ("name", str(last)),
        ("sync", str(last.parent)),
    ]
    assert (first.read_bytes(), last.read_bytes()) == (b"1", b"2")
