"""The kinds of faults: each is a function of a ground and a number, which interrupts one study and looks at it."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from faults.audit import audit
from faults.ground import Case, Ground, dice
from faults.killed import Conditions, children_of, processes_in
from faults.served import dropping

_KILLS = 4  # of one study, at most
_DISK_POINTS = (
    "amid a part's file",
    "before a part gets its name",
    "before the part of runs gets its name",
    "after an fsync",
    "while tables are written",
    "bulk: amid a run's files",
    "before format.json gets its name",
)
_REQUESTS = ("runs/create", "runs/log-batch", "runs/update", "experiments/create", "runs/set-tag", "runs/search")


def _killed_at_points(ground: Ground, study: str, number: int, act: str = "kill") -> Case:
    """Killed at points, up to four times: all points in turn for the first time, any of them in what is left."""
    rolled, passings = dice(study, act, number), ground.course(study).passings
    points = sorted(passings)
    case = ground.case(study, f"{act}-{study}-{number}")
    for time_ in range(_KILLS):
        point = points[number % len(points)] if time_ == 0 else rolled.choice(points)
        most = passings[point] if time_ == 0 else min(passings[point], 4)
        case.interrupted(Conditions(point, rolled.randint(1, most), act, eager=rolled.random() < 0.5))
    case.concluded()
    return case


def _killed_at_times(ground: Ground, study: str, number: int) -> Case:
    """Killed after random times, up to four times."""
    rolled, seconds = dice(study, "times", number), ground.course(study).seconds
    case = ground.case(study, f"times-{study}-{number}")
    for _ in range(_KILLS):
        case.interrupted(Conditions(eager=rolled.random() < 0.5), kill_after=rolled.uniform(0.2, seconds))
    case.concluded()
    return case


def kills_bulk(ground: Ground, number: int) -> Case:
    """Points in two of three studies, of which each second has figures or two objectives; else times."""
    study = ("bulk", "figures", "two")[number // 3 % 3]
    return (_killed_at_times if number % 3 == 2 else _killed_at_points)(ground, study, number)


def kills_client(ground: Ground, number: int) -> Case:
    return (_killed_at_times if number % 3 == 2 else _killed_at_points)(ground, "client", number)


def kills_server(ground: Ground, number: int) -> Case:
    return (_killed_at_times if number % 3 == 2 else _killed_at_points)(ground, "server", number)


def kills_jobs(ground: Ground, number: int) -> Case:
    """The closing step at a point, the command at a random time, or one of the two processes that it started."""
    case, rolled, course = ground.case("jobs", f"jobs-{number}"), dice("jobs", number), ground.course("jobs")
    if number % 3 == 0:
        point = rolled.choice(sorted(course.passings))
        process = case.command.start(Conditions(point, rolled.randint(1, course.passings[point])))
        process.join()
    else:
        process = case.command.start()
        time.sleep(rolled.uniform(0.5, course.seconds))
        victims = [process.pid] if number % 3 == 1 else children_of(process.pid)
        for pid in victims[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.join()
    while processes_in(case.command.folder):
        time.sleep(0.1)  # they end with their parent
    case.hits = process.exitcode != 0
    case.audit(ended=False)
    case.concluded()
    return case


def power_cut(ground: Ground, number: int) -> Case:
    """As a kill, and what was not synced in the folder of the study is not there any more."""
    return _killed_at_points(ground, ("bulk", "figures")[number % 2], number, "power")


def kills_creation(ground: Ground, number: int) -> Case:
    """Killed while the store is created."""
    case, rolled = ground.case("bulk", f"creation-{number}", with_store=False), dice("creation", number)
    at_name = Conditions("while a new store gets its name")
    case.interrupted(at_name if number % 3 == 0 else Conditions(), rolled.uniform(0.3, 6))
    case.concluded()
    return case


def damaged(ground: Ground, number: int) -> Case:
    """Three files of a finished study are cut, changed in one bit, emptied or lost; the command is given again."""
    study = "figures" if number % 4 == 3 else "bulk"
    case, rolled = ground.done(study, f"damaged-{number}"), dice("damaged", number)
    folder = case.place.output / case.place.name
    others = [*folder.glob("figures/*.png"), *folder.glob("tables/*"), folder / "figures/.shows"]
    files = sorted(others if study == "figures" else folder.glob("*.parquet/part-*"))
    for path in rolled.sample(files, min(len(files), 3)):
        _damage(path, rolled.choice(("cut", "bit", "empty", "lost")), rolled.random())
        case.hits += 1
    case.concluded()
    return case


def _damage(path: Path, how: str, at: float) -> None:
    content = bytearray(path.read_bytes())
    place = int(at * len(content))
    if how == "lost":
        path.unlink()
    elif how == "bit":
        content[place] ^= 1 << int(at * 1000) % 8
        path.write_bytes(content)
    else:
        path.write_bytes(content[:place] if how == "cut" else b"")


def lost_in_mlflow(ground: Ground, number: int) -> Case:
    """A file, and a few metrics, params or tags of runs are deleted from the store; `task=refill` restores them."""
    case, rolled = ground.done("bulk", f"lost-{number}"), dice("lost", number)
    rolled.choice(sorted(path for path in case.place.artifacts.rglob("*") if path.is_file())).unlink()
    runs = [run.run_id for run in case.whole.content.mlflow.runs]
    with sqlite3.connect(case.place.database) as store:
        for table in rolled.sample(("metrics", "latest_metrics", "params", "tags"), 2):
            keys = f"(select key from {table} where run_uuid = ? and key != 'run_key' order by random() limit 3)"
            run_id = rolled.choice(runs)
            store.execute(f"delete from {table} where run_uuid = ? and key in {keys}", [run_id, run_id])
    store.close()
    case.hits = 3
    again = replace(case.command, arguments=(*case.command.arguments, "task=refill"))
    assert again.run() == 0, again.log.read_text()
    case.concluded()
    return case


def full_disk(ground: Ground, number: int) -> Case:
    """No space from some write on, or files that may not grow beyond a size."""
    rolled = dice("full", number)
    study = "figures" if number % 2 else "bulk"
    case, passings = ground.case(study, f"full-{number}"), ground.course(study).passings
    if number % 3 == 2:
        store = case.place.database.stat().st_size
        case.interrupted(Conditions(file_size=rolled.choice((2_000, 20_000, store + 4_096, store + 40_960))))
    else:
        point = _DISK_POINTS[number % len(_DISK_POINTS)]
        case.interrupted(Conditions(point, rolled.randint(1, passings[point]), "full"))
    case.concluded()
    return case


def locked_store(ground: Ground, number: int) -> Case:
    """Another connection holds the store for up to three seconds, or for longer than the writer waits."""
    case, rolled = ground.case("bulk", f"locked-{number}"), dice("locked", number)
    process = case.command.start(Conditions(eager=True, busy=300 if number % 2 else None))
    time.sleep(rolled.uniform(0.1, ground.course("bulk").seconds / 2))
    connection = sqlite3.connect(case.place.database, timeout=30, isolation_level=None)
    connection.execute("begin exclusive")
    time.sleep(rolled.uniform(0.5, 3))
    connection.rollback()
    connection.close()
    process.join()
    case.hits = 1
    case.audit(ended=False)
    case.concluded()
    return case


def dropped_reply(ground: Ground, number: int) -> Case:
    """The server does what it is asked, and the answer never arrives."""
    rolled, request = dice("dropped", number), _REQUESTS[number % len(_REQUESTS)]
    nth = 1 if request == "experiments/create" else rolled.randint(1, 8)
    with dropping(ground.server.url, request, nth) as proxy:
        case = ground.case("server", f"dropped-{number}", uri=proxy)
        case.command.run()
        case.hits = 1
        case.audit(ended=False)
        case.concluded()
    return case


def restarted_server(ground: Ground, number: int) -> Case:
    """The server is killed while runs are logged, and started again a little later."""
    case, rolled = ground.case("server", f"restarted-{number}"), dice("restarted", number)
    process = case.command.start(Conditions(eager=True))
    time.sleep(rolled.uniform(1, ground.course("server").seconds))
    ground.server.kill()
    case.hits = 1
    ground.server.start()
    process.join()
    case.audit(ended=False)
    case.concluded()
    return case


def together(ground: Ground, number: int) -> Case:
    """Four processes on one folder at once, of which one is killed."""
    case, rolled = ground.case("two" if number % 2 else "client", f"together-{number}"), dice("together", number)
    processes = [case.command.start(Conditions(eager=True)) for _ in range(4)]
    time.sleep(rolled.uniform(0.5, 4))
    processes[0].kill()
    for process in processes:
        process.join()
    case.hits = len(processes)
    case.audit(ended=False)
    case.concluded()
    return case


def two_clocks(ground: Ground, number: int) -> Case:
    """Two folders log to one experiment of a server at once; one of them lives up to two hours behind or ahead."""
    first, rolled = ground.case("server", f"clocks-{number}"), dice("clocks", number)
    other = replace(first.command, folder=first.command.folder / "other")
    away = Conditions(eager=True, clock=rolled.choice((-7200.0, -90.0, 90.0, 7200.0)))
    processes = [first.command.start(Conditions(eager=True)), other.start(away)]
    for process in processes:
        process.join()
    first.hits = 2
    other.run(away)
    first.concluded()
    there = replace(first.place, output=other.folder / "outputs")
    first.findings.append(audit(there, first.whole.content))
    return first


KINDS: dict[str, tuple[Callable[[Ground, int], Case], int]] = {
    "SIGKILL, bulk writer": (kills_bulk, 340),
    "SIGKILL, client writer": (kills_client, 120),
    "SIGKILL, client writer over HTTP": (kills_server, 120),
    "SIGKILL while the store is created": (kills_creation, 20),
    "SIGKILL, jobs=2 and the closing step": (kills_jobs, 40),
    "power cut, simulated": (power_cut, 60),
    "damaged file": (damaged, 300),
    "deleted in MLflow, task=refill": (lost_in_mlflow, 60),
    "full disk": (full_disk, 40),
    "locked store": (locked_store, 20),
    "dropped reply of a server": (dropped_reply, 40),
    "restarted server": (restarted_server, 6),
    "processes at once": (together, 40),
    "two folders, clocks apart": (two_clocks, 20),
}
"""Each kind with the number of faults in a full run."""
