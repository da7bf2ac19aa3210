"""What another process does to the runs of an experiment between two steps of this one."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from support.mlflow_runs import runs_in
from support.studies import study as small_study
from support.writing import contents, open_study

from rmsprop_lab import run_study
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tasks.landscape import run_landscapes
from rmsprop_lab.tasks.recorder import Recorder
from rmsprop_lab.tracking import sharing, study_tracker
from rmsprop_lab.tracking.content import RunContent
from rmsprop_lab.tracking.study_tracker import StudyTracker
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.uri import default_uri
from rmsprop_lab.tracking.writers import client as client_writer
from rmsprop_lab.tracking.writers.protocol import Entry, oldest

KEYS = [content.run_key for content in contents(7)]


@pytest.fixture(params=["bulk", "client"])
def two(sqlite: str, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[StudyTracker, StudyTracker]:
    """Two folders of one experiment. The second logs through the client, so nothing in the store keeps doubles out."""
    first = open_study(sqlite, tmp_path, "s", request.param)
    return first, open_study(sqlite, tmp_path / "other", "s", "client")


@pytest.fixture
def client(sqlite: str) -> MlflowClient:
    return MlflowClient(sqlite)


def keys_in(client: MlflowClient) -> list[str]:
    found = client.search_runs([client.get_experiment_by_name("s").experiment_id])
    return sorted(run.data.tags["run_key"] for run in found)


@pytest.mark.parametrize("seconds", [-7200.0, 7200.0])
def test_runs_of_a_machine_with_another_clock_are_seen(
    two: tuple[StudyTracker, StudyTracker], client: MlflowClient, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """The later calls asked for runs that had started lately, by the clock of the one who asks."""
    one, other = two
    one.log_all(contents(2))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)
    other.log_all(contents(5))
    monkeypatch.undo()
    assert one.log_all(contents(7)) == 2
    assert keys_in(client) == KEYS
    assert one.known == set(KEYS)


def overtaken(one: StudyTracker, other: StudyTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the other folder log the same runs while the first one, which has asked already, writes them."""
    write = one._writer.write

    def both(given: Sequence[RunContent]) -> Iterator[Entry]:
        found = list(write(given))
        monkeypatch.setattr(other, "run_ids", lambda *given: {})
        other._known.clear()
        list(other._writer.write(contents(5)))
        yield from found

    monkeypatch.setattr(one._writer, "write", both)


@pytest.mark.parametrize("seconds", [-7200.0, 0.0])
def test_what_two_machines_log_at_once_stays_once(
    two: tuple[StudyTracker, StudyTracker], client: MlflowClient, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    one, other = two
    real = time.time
    monkeypatch.setattr(client_writer.MlflowClient, "create_run", _late(MlflowClient.create_run, other, real, seconds))
    overtaken(one, other, monkeypatch)
    assert one.log_all(contents(5)) == 5
    assert keys_in(client) == KEYS[:5], "in the same call, not at the next command"
    runs = client.search_runs([one.experiment_id])
    assert {run.data.tags["run_key"]: run.info.run_id for run in runs} == one.run_ids(KEYS[:5])
    by_the_other = {run.data.tags["mlflow.source.folder"] == other._owner for run in runs}
    assert by_the_other == {seconds < 0}, "the oldest stays"


def _late(create_run: Any, other: StudyTracker, real: Callable[[], float], seconds: float) -> Any:
    def created(self: MlflowClient, *given: Any, **named: Any) -> Any:
        away = seconds if named["tags"]["mlflow.source.folder"] == other._owner else 0.0
        return create_run(self, *given, start_time=int((real() + away) * 1000), **named)

    return created


ENTRIES = st.lists(
    st.builds(Entry, st.sampled_from("kl"), st.sampled_from("abcdef"), st.integers(0, 3), st.just(True), st.just("")),
    unique_by=lambda entry: entry.run_id,
)


@given(ENTRIES.flatmap(lambda runs: st.tuples(st.just(runs), st.permutations(runs))), st.integers(0, 6))
def test_all_processes_keep_the_same_runs(both: tuple[list[Entry], list[Entry]], first: int) -> None:
    """Whatever a process sees first, and in how many looks: it keeps the same run of each key."""
    whole, seen = both
    known = oldest(seen[:first])
    assert oldest([*seen[first:], *known.values()]) == oldest(whole)


def test_a_tag_or_run_that_is_gone_is_no_error(sqlite: str, tmp_path: Path, client: MlflowClient) -> None:
    study = open_study(sqlite, tmp_path, "s", "bulk")
    study.log_all(contents(3))
    deleted, gone, there = (study.run_ids()[key] for key in KEYS[:3])
    client.delete_run(deleted)
    client._tracking_client.store._hard_delete_run(gone)
    for run_id in (deleted, gone):
        sharing.delete_run(client, run_id)
        sharing.set_tag(client, run_id, "best", "true")
        sharing.delete_tag(client, run_id, "best")
        with sharing.unless_deleted(client, run_id):
            client.log_param(run_id, "beta", "0")
    sharing.delete_tag(client, there, "best")
    with pytest.raises(MlflowException):
        sharing.set_tag(client, there, "n" * 1000, "a name that MLflow refuses")
    with pytest.raises(MlflowException), sharing.unless_deleted(client, there):
        client.log_param(there, "step_size", "another value")


def test_marks_that_another_folder_takes_away_meanwhile(
    two: tuple[StudyTracker, StudyTracker], client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    one.log_all(contents(4))
    one.mark("best", dict.fromkeys(KEYS[:3], "true"))
    ids, search = one.run_ids(KEYS[:4]), study_tracker.runs_of

    def late(*given: Any) -> Iterator[Any]:
        monkeypatch.undo()
        found = list(search(*given))
        other.mark("best", {KEYS[1]: "true"})
        client.delete_run(ids[KEYS[3]])
        return iter(found)

    monkeypatch.setattr(study_tracker, "runs_of", late)
    one.mark("best", {KEYS[3]: "true", KEYS[2]: "true"})
    marked = client.search_runs([one.experiment_id], "tags.best = 'true'")
    assert [run.data.tags["run_key"] for run in marked] == [KEYS[2]]


def test_a_run_deleted_by_another_folder_is_not_known_again(
    two: tuple[StudyTracker, StudyTracker], client: MlflowClient
) -> None:
    one, _ = two
    one.log_all(contents(3))
    client.delete_run(one.run_ids(KEYS[:1])[KEYS[0]])
    assert set(one.run_ids(KEYS[:3], again=True)) == set(KEYS[1:3])
    assert one.log_all(contents(3)) == 1
    assert keys_in(client) == KEYS[:3]


def test_a_deleted_run_is_neither_renewed_nor_restored(
    two: tuple[StudyTracker, StudyTracker], client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = two
    one.log_all(contents(2))
    run_id = one.run_ids(KEYS[:1])[KEYS[0]]
    client.delete_run(run_id)
    one.renew({KEYS[0]: contents(1)[0]})
    assert one.lacking(contents(2)) == []
    assert one.restore(contents(2)) == 0
    one.add_artifacts(run_id, {"late.txt": b"late"})


def test_a_param_that_another_folder_adds_meanwhile(
    two: tuple[StudyTracker, StudyTracker], client: MlflowClient
) -> None:
    one, other = two
    one.log_all(contents(2))
    missing = [(run_id, "beta") for run_id in one.run_ids().values()]
    other._writer.add_params(missing)
    one._writer.add_params(missing)
    assert {run.data.params["beta"] for run in client.search_runs([one.experiment_id])} == {"0"}


def test_two_folders_create_one_experiment(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look for it before either has made it."""
    find, asked = MlflowClient.get_experiment_by_name, []

    def late(self: MlflowClient, name: str) -> Any:
        asked.append(name)
        return None if len(asked) == 2 else find(self, name)

    first = open_study(sqlite, tmp_path, "s", "client")
    asked.clear()
    asked.append("as if by another process")
    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", late)
    assert open_study(sqlite, tmp_path / "other", "s", "client").experiment_id == first.experiment_id


def test_the_client_asks_in_few_requests(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One while no filter gets too long; then one for each first digit of the keys."""
    study = open_study(sqlite, tmp_path, "s", "client")
    study.log_all(contents(7))
    search, filters = MlflowClient.search_runs, []

    def counted(self: MlflowClient, ids: list[str], text: str = "", *given: Any, **named: Any) -> Any:
        filters.append(text)
        return search(self, ids, text, *given, **named)

    monkeypatch.setattr(MlflowClient, "search_runs", counted)
    asked = [f"{index:x}{'0' * 63}" for index in range(16) for _ in range(12)]
    known = {f"{index % 16:x}{index:063x}": f"{index:032x}" for index in range(client_writer._MOST_IDS)}
    found = study._writer.news(asked, known)
    assert {entry.run_key for entry in found} == set(KEYS)
    assert len(filters) == 1
    assert all("start_time" not in text for text in filters)
    filters.clear()
    found = study._writer.news(asked, {**known, "f" * 64: "f" * 32})
    assert len(filters) == 16
    assert {entry.run_key for entry in found} == set(KEYS)
    filters.clear()
    assert study._writer.news([], known) == []
    many = {f"{index:064x}": "0" * 32 for index in range(client_writer._MOST_IDS + 1)}
    assert KEYS[3] in {entry.run_key for entry in study._writer.news(KEYS[3:4], many)}
    assert len(filters) == 1


@pytest.mark.usefixtures("sqlite")
def test_a_part_marks_and_describes_nothing(tmp_path: Path) -> None:
    """Not even where it is asked to conclude."""
    part, whole = small_study(shards=2, shard=0), small_study()
    store = MlflowTracker(None, tmp_path)
    run_study(part, output_dir=tmp_path, tracking=store, figures=False)
    folder = StudyFolder(tmp_path, "s")
    best = run_study(whole, output_dir=tmp_path, tracking="none", figures=False).best
    Recorder(part, folder, store).conclude(best, {}, drawn=False, runs=8)
    run_landscapes(part, 4, folder, store, lambda *given: None, figures=False)
    client, runs = runs_in(tmp_path)
    assert not [run for run in runs if "best" in run.data.tags and run.data.tags["phase"] != "landscape"]
    assert "mlflow.note.content" not in client.get_experiment_by_name("s").tags


@pytest.mark.usefixtures("sqlite")
def test_the_page_says_whose_plan_it_shows(tmp_path: Path) -> None:
    uri = default_uri(tmp_path)
    for place, steps in (("here", (0.01, 0.1)), ("there", (0.01,))):
        store = MlflowTracker(uri, tmp_path / place / "outputs")
        run_study(small_study(steps), output_dir=tmp_path / place / "outputs", tracking=store, figures=False)
        note = MlflowClient(uri).get_experiment_by_name("s").tags["mlflow.note.content"]
        runs = 4 * len(steps)
        (line,) = (line for line in note.splitlines() if line.startswith("Plan of "))
        assert line.startswith(f"Plan of {place}/outputs/s on ")
        assert line.endswith(f": {runs} runs, 2 optimizers on 2 objectives.")
        assert str(tmp_path) not in note
