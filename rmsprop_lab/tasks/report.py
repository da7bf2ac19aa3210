"""`task=report`: writes `report.html` of a study again, or a page of several studies side by side."""

from collections.abc import Sequence
from pathlib import Path

from rmsprop_lab.config.recorded import Recorded
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import judge
from rmsprop_lab.report.page.content import Findings
from rmsprop_lab.report.page.written import write_report, write_side_by_side
from rmsprop_lab.report.searches import Searches, write_tables
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.command_log import line_of
from rmsprop_lab.tasks.run import failures, stable_steps, unmoved
from rmsprop_lab.tasks.whole import Plan, newest_whole, recalled
from rmsprop_lab.tracking.redaction import redacted


def write_reports(recorded: Sequence[tuple[StudyFolder, Sequence[Recorded]]], unread: Sequence[str]) -> Path:
    """Writes the page of one study, or of several side by side.

    Args:
        recorded: The folder of each study, with the studies that its commands recorded, the newest first.
        unread: Why commands could not be read, or not whole, for the error if no study can.

    Returns:
        The page.

    Raises:
        InputError: A folder without a study all of whose searches are finished, or whose code is withheld (key `name`,
            or `studies`).
    """
    key = "name" if len(recorded) == 1 else "studies"
    change = f"{redacted('; '.join(unread))}." if unread else "The command that began it finishes it."
    found = []
    for folder, studies in recorded:
        folder.mend()
        plan = newest_whole((recalled(study, folder, withheld) for study, withheld in studies), folder)
        if plan is None:
            expected = f"{'a study' if key == 'name' else 'studies'} all of whose searches are finished and can be read"
            raise InputError(key, expected, Found(f"none in {folder.path}"), change)
        found.append(_findings(folder, plan))
    folders = [folder for folder, _ in recorded]
    if len(recorded) > 1:
        return write_side_by_side(folders, found)
    write_tables(folders[0], found[0].searches, found[0].judgement.verdict)
    write_report(folders[0], found[0], again=True)
    return folders[0].path / REPORT


def _findings(folder: StudyFolder, plan: Plan) -> Findings:
    """What a study has found."""
    runs, trials = folder.runs(plan.runs), folder.trials([winner.cell.key for winner in plan.winners])
    return Findings(
        judge(plan.study, folder, plan.winners, runs),
        Searches.of(plan.study, trials, runs, plan.winners, optimizer_hues(plan.study, folder)),
        plan.winners,
        failures(runs),
        stable_steps(plan.winners, trials, runs),
        unmoved(folder, plan.winners),
        line_of(folder.path),
    )
