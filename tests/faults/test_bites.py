"""The audit finds faults of the protocol that are put into the command from outside."""

import pytest

from faults.ground import Case, Ground
from faults.killed import Conditions

pytestmark = pytest.mark.slow


def found_after(case: Case, seeded: str, point: str, nth: int = 1, again: bool = True, act: str = "kill") -> set[str]:
    """What is found of a study of the faulty product, killed at a point and given again."""
    status = case.interrupted(Conditions(point, nth, act, seeded=(seeded,), eager=True))
    assert status == -9, case.command.log.read_text()  # ended by the point, not by a fault that no longer fits the code
    if again:
        case.command.run(Conditions(seeded=(seeded,), eager=True))
        case.audit(ended=True)
    return {kind for findings in case.findings for kind, texts in findings.found.items() if texts}


def test_runs_published_first(ground: Ground) -> None:
    point = "after the part of runs has its name"
    assert "half-written" in found_after(ground.case("bulk", "runs-first"), "the part of runs first", point, 2)


def test_parts_written_in_place(ground: Ground) -> None:
    case = ground.case("bulk", "in-place")
    assert "lost" in found_after(case, "written in place", "amid a part's file", 5)


def test_mlflow_told_before_the_disk(ground: Ground) -> None:
    case, point = ground.case("bulk", "told-early"), "bulk: after the transaction"
    assert "half-written" in found_after(case, "MLflow told before the disk", point, 3, again=False)


def test_known_keys_ignored(ground: Ground) -> None:
    case = ground.case("bulk", "unknown")
    assert "doubled" in found_after(case, "known keys ignored", "before the command is recorded")


def test_finished_before_its_files(ground: Ground) -> None:
    case = ground.case("client", "finished-early")
    assert "half-written" in found_after(case, "finished before its files", "client: after set_terminated", 3)


def test_temporary_files_that_stay(ground: Ground) -> None:
    case, point = ground.case("bulk", "leftovers"), "before the part of runs gets its name"
    assert "half-written" in found_after(case, "temporary files stay", point, 2)


def test_nothing_synced_before_a_power_cut(ground: Ground) -> None:
    case, point = ground.case("bulk", "unsynced"), "after MLflow is told"
    assert "half-written" in found_after(case, "nothing synced", point, 3, again=False, act="power")


def doubled_by_two(ground: Ground, seeded: str, name: str) -> bool:
    """Whether two processes that publish at once double anything."""
    case = ground.case("bulk", name)
    processes = [case.command.start(Conditions(seeded=(seeded,))) for _ in range(2)]
    for process in processes:
        process.join()
    case.audit(ended=False)
    return bool(case.findings[-1].found["doubled"])


def test_the_lock_not_held(ground: Ground) -> None:
    """Without the lock they do, unless a busy machine lets one run after the other."""
    assert any(doubled_by_two(ground, "no lock", f"no-lock-{turn}") for turn in range(5))


def test_publishing_slowly_with_the_lock(ground: Ground) -> None:
    """With the lock they publish one after the other, however long it takes."""
    assert not doubled_by_two(ground, "slow publishing", "slow-publishing")
