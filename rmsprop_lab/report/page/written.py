"""Writes `report.html` of a study, and a page that sets several studies side by side."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rmsprop_lab.report import REPORT
from rmsprop_lab.report.page.alive import SEVERAL, Descents
from rmsprop_lab.report.page.content import Findings, study_content
from rmsprop_lab.report.page.document import digest, document
from rmsprop_lab.report.page.tutorial import tutorial_content
from rmsprop_lab.report.searches import write_tables
from rmsprop_lab.storage.aside import clear_way
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.storage.stamp import Stamp

_MOST_LETTERS = 100  # of a file's name


def write_report(folder: StudyFolder, found: Findings, again: bool = False) -> bool:
    """Writes the study's `report.html`, unless the existing one shows the same; whether it did.

    Args:
        folder: The study's folder, whose tables are written.
        found: What the study found.
        again: Whether to write it in any case.
    """
    study = found.judgement.study
    tutorial = tutorial_content(folder, found.winners[0]) if study.is_tutorial and study.size == 1 else None
    shown = [found.searches.stamp(found.judgement.verdict), digest(), found.command, found.failed, tutorial]
    stamp = Stamp(folder.path / ".report", hashlib.sha256(repr(shown).encode()).hexdigest(), folder.path)
    if stamp.is_current() and not again:
        return False
    stamp.begin()
    descents = Descents()
    page = document([study_content(folder, found, descents)], descents.script, tutorial)
    stamp.write([stamp.put(REPORT, page.encode())])
    return True


def write_side_by_side(folders: Sequence[StudyFolder], found: Sequence[Findings]) -> Path:
    """Writes a page of several studies into the first one's folder, as `report_with_<others>.html`.

    Args:
        folders: The folders of the studies; at least two.
        found: What each study found.

    Returns:
        The file.
    """
    contents: list[dict[str, Any]] = []
    descents = Descents(SEVERAL)
    for folder, findings in zip(folders, found, strict=True):
        write_tables(folder, findings.searches, findings.judgement.verdict)
        contents.append(study_content(folder, findings, descents))
    path = folders[0].path / f"report_with_{_joined([content['name'] for content in contents[1:]])}.html"
    clear_way(path, folders[0].path)
    write_atomically(path, document(contents, descents.script).encode())
    return path


def _joined(names: Sequence[str]) -> str:
    text = "_".join(names)
    return text if len(text) <= _MOST_LETTERS else hashlib.sha256(text.encode()).hexdigest()[:12]
