"""`task=report`: writes `report.html` of a study again, or a page of several studies side by side."""

from collections.abc import Sequence
from pathlib import Path

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.hues import optimizer_hues
from rmsprop_lab.report.judgement import judge
from rmsprop_lab.report.page.content import Findings
from rmsprop_lab.report.page.written import write_report, write_side_by_side
from rmsprop_lab.report.searches import Searches, write_tables
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.command_log import line_of
from rmsprop_lab.tasks.run import failures, stable_steps, unmoved
from rmsprop_lab.tasks.whole import newest_whole, recalled


def write_reports(recorded: Sequence[tuple[StudyFolder, Sequence[Study]]]) -> Path:
    """Writes the page of one study, or of several side by side.

    Args:
        recorded: The folder of each study, with the studies that its commands recorded, the newest first.

    Returns:
        The page.

    Raises:
        InputError: A folder without a study all of whose searches are finished (key `name`, or `studies`).
    """
    key = "name" if len(recorded) == 1 else "studies"
    found = [findings_in(folder, studies, key) for folder, studies in recorded]
    folders = [folder for folder, _ in recorded]
    if len(recorded) > 1:
        return write_side_by_side(folders, found)
    write_tables(folders[0], found[0].searches, found[0].judgement.verdict)
    write_report(folders[0], found[0], again=True)
    return folders[0].path / REPORT


def findings_in(folder: StudyFolder, studies: Sequence[Study], key: str) -> Findings:
    """What the newest study of a folder that is whole has found.

    Args:
        folder: The folder.
        studies: The studies that its commands recorded, the newest first.
        key: What named the folder, for the error if no study is whole.
    """
    folder.mend()
    plan = newest_whole((recalled(study, folder) for study in studies), folder)
    if plan is None:
        expected = f"{'a study' if key == 'name' else 'studies'} all of whose searches are finished"
        raise InputError(key, expected, Found(f"none in {folder.path}"), "The command that began it finishes it.")
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
