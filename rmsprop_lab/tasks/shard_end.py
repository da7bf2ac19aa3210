"""How a shard ended: a small file in its folder, for whoever waits for it."""

import json
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.redaction import redacted

_NAME = "ended.json"


@dataclass(frozen=True)
class ShardEnd:
    """How a shard ended.

    Args:
        told: What it did, or why it failed, in one line.
        seconds: How long it took.
        machine: The name of the machine.
    """

    told: str
    seconds: float
    machine: str

    def __str__(self) -> str:
        where = "" if self.machine == socket.gethostname() else f" on {self.machine}"
        return f"{self.told.rstrip('.')}, {self.seconds:.1f} s{where}"


def record_end(folder: StudyFolder, told: str, seconds: float) -> None:
    """Writes how the shard that publishes in a folder ended."""
    end = ShardEnd(" ".join(redacted(told).split()), round(seconds, 3), socket.gethostname())
    write_atomically(folder.own_path / _NAME, json.dumps(asdict(end)).encode())


def forget_end(folder: StudyFolder) -> None:
    """Removes what an earlier computation of the shard wrote."""
    with suppress(OSError):
        (folder.own_path / _NAME).unlink()


def end_of(folder: StudyFolder) -> ShardEnd | None:
    """How the shard that publishes in a folder ended; None if it does not say."""
    return _read(folder.own_path / _NAME)


def _read(path: Path) -> ShardEnd | None:
    try:
        found = json.loads(path.read_bytes())
        return ShardEnd(str(found["told"]), float(found["seconds"]), str(found["machine"]))
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged
        return None
