"""`task=merge`: brings the runs of a study's folders on other machines into this one, each exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.config.yaml_files import read_recorded
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.keys import NUMERICS_VERSION
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.format import check_undamaged, former_keys, write_format
from rmsprop_lab.storage.schema import FORMAT

_KEY = "from"


@dataclass(frozen=True)
class Merge:
    """What `task=merge` did.

    Args:
        folders: Number of folders that were read.
        runs: Number of their runs, those that several have counted for each.
        added: Number of runs that are new here.
        damaged: What is wrong with parts that were left out.
        unread: Why files of `commands/` were left out.
    """

    folders: int
    runs: int
    added: int
    damaged: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def sources_of(paths: Sequence[str], folder: StudyFolder) -> list[StudyFolder]:
    """The folders to merge, checked.

    Args:
        paths: Folders of a study, or of studies of which one has the same name as `folder`.
        folder: The folder that they are merged into.

    Raises:
        InputError: One has no runs, is of another format, was computed by another version of the arithmetic, or is the
            folder itself (key `from`).
    """
    return [_checked(path, folder) for path in paths]


def _checked(text: str, folder: StudyFolder) -> StudyFolder:
    path = local_folder(text)
    found = next((each for each in (path, path / folder.path.name) if _version(each) is not None), None)
    if found is None:
        studies = sorted(each.name for each in path.glob("*") if each.is_dir() and _version(each) is not None)
        has = f", which has the studies {', '.join(studies[:5])}" if studies else ""
        change = f"Try {_KEY}=[{path / studies[0]}]." if studies else "Name a folder such as outputs/study."
        expected = f"folders with runs, or with a study {folder.path.name!r}"
        raise InputError(_KEY, expected, Found(f"{text!r}{has}"), change)
    if folder.path.exists() and found.samefile(folder.path):
        raise InputError(_KEY, "other folders", Found(f"{text!r}, which is that of the study itself"), "Leave it out.")
    if (version := _version(found)) != FORMAT:
        change = "Run its command there with this version, which measures its runs again."
        if version and version > FORMAT:
            change = "A newer rmsprop-lab wrote it: install that one."
        raise InputError(_KEY, f"folders of format {FORMAT}", Found(f"{found}, which is of format {version}"), change)
    source = StudyFolder(found.parent, found.name)
    if others := source.numerics - {NUMERICS_VERSION}:
        has = f"{found}, with runs of version {', '.join(map(str, sorted(others)))}"
        change = "Compute these again with this version: their numbers may differ."
        raise InputError(_KEY, f"runs of version {NUMERICS_VERSION} of the arithmetic", Found(has), change)
    return source


def _version(path: Path) -> int | None:
    try:
        if not path.is_dir():
            return None
        check_undamaged(path)
        return StudyFolder(path.parent, path.name).version
    except InputError as error:
        raise InputError(_KEY, error.expected, error.found, error.change) from None


def merge(sources: Sequence[StudyFolder], folder: StudyFolder, on_folder: Callable[[int], None]) -> Merge:
    """Adds the runs, trials and recorded commands of other folders to a study's.

    Args:
        sources: The folders, see `sources_of`; they stay as they are.
        folder: The folder that gets their runs.
        on_folder: Called with 1 after each folder.

    Raises:
        ResultsError: The study's folder cannot be read or written.
    """
    folder.mend()
    runs, added = 0, 0
    damaged: list[str] = []
    unread: list[str] = []
    for source in sources:
        taken = folder.take(source)
        runs, added = runs + taken.runs, added + taken.new.runs
        damaged += taken.damaged
        unread += _take_commands(source, folder)
        if former := former_keys(source.path):
            with folder.lock():
                write_format(folder.path, former)
        on_folder(1)
    return Merge(len(sources), runs, added, damaged, unread)


def _take_commands(source: StudyFolder, folder: StudyFolder) -> list[str]:
    """Copies the records of commands, which say what the runs are; returns why some were left out."""
    unread = []
    for path in sorted((source.path / "commands").glob("*.yaml")):
        target = folder.path / "commands" / path.name
        if not target.exists():
            try:
                read_recorded(path)  # of a size and kind that can be read, and YAML
                write_atomically(target, path.read_bytes())
            except (InputError, OSError) as error:
                unread.append(str(error))
    return unread
