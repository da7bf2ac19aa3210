"""What a store has lost of its runs is found and put back, and nothing else is touched; for each writer and store."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient
from support.writing import Store, as_read, contents, open_study

ROOT = "artifacts"


def in_database(*statements: str) -> Callable[[Path, str], None]:
    def lose(folder: Path, uri: str) -> None:
        with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as database:
            for statement in statements:
                assert database.execute(statement).rowcount
            database.commit()

    return lose


def files(pattern: str, keep: int | None = None) -> Callable[[Path, str], None]:
    def lose(folder: Path, uri: str) -> None:
        found = list((folder / ROOT).glob(f"*/artifacts/{pattern}"))
        assert found
        for path in found[::2]:
            if keep is None:
                path.unlink()
            else:
                path.write_bytes(path.read_bytes()[:keep])

    return lose


LOSSES = {
    "all metrics": in_database("delete from latest_metrics", "delete from metrics"),
    "one curve": in_database("delete from metrics where key = 'curve/value' and step > 2"),
    "last values": in_database("delete from latest_metrics where key like 'final/%'"),
    "params": in_database("delete from params where key = 'long'"),
    "tags": in_database("delete from tags where key = 'mlflow.note.content' or key = 'objective'"),
    "artifacts": files("config.yaml"),
    "pictures": files("contour.png"),
    "large images": files("images/*.png"),
    "small images": files("images/*.webp"),
    "empty pictures": files("contour.png", 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("writer", ["bulk", "client"])
def test_what_is_lost_comes_back(empty_store: Path, tmp_path: Path, writer: str, loss: str) -> None:
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    uri, given = f"sqlite:///{tmp_path / 'mlflow.db'}", contents()
    open_study(uri, tmp_path, "s", "bulk").log_all(given)
    client, study = MlflowClient(uri), open_study(uri, tmp_path, "s", writer)
    before = as_read(client, study.experiment_id)
    assert study.lacking(given) == []
    LOSSES[loss](tmp_path, uri)
    undrawn = [replace(content, images=dict.fromkeys(content.images, (b"-", b"-"))) for content in given]
    lacking = study.lacking(undrawn)
    assert lacking
    assert study.restore([content for content in given if content.run_key in lacking]) == len(lacking)
    after = as_read(client, study.experiment_id)
    for run in (*before.values(), *after.values()):
        run["histories"] = {name: sorted(set(points)) for name, points in run["histories"].items()}
    assert after == before
    assert study.lacking(given) == []
    assert study.restore(given) == 0


def test_a_picture_that_was_cut_is_written_again(empty_store: Path, tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    store = Store(f"sqlite:///{tmp_path / 'mlflow.db'}", "bulk")
    study, given = open_study(store.uri, tmp_path, "s", "bulk"), contents(1)
    study.log_all(given)
    before = as_read(MlflowClient(store.uri), study.experiment_id)
    files("contour.png", 100)(tmp_path, store.uri)
    assert study.restore(given) == 1
    assert as_read(MlflowClient(store.uri), study.experiment_id) == before


def test_a_value_that_a_later_command_took_for_missing_is_put_right(empty_store: Path, tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    uri, given = f"sqlite:///{tmp_path / 'mlflow.db'}", contents(3)
    open_study(uri, tmp_path, "s", "bulk").log_all(given)
    before = as_read(MlflowClient(uri), open_study(uri, tmp_path, "s", "bulk").experiment_id)
    in_database("delete from params where key = 'step_size'")(tmp_path, uri)
    study = open_study(uri, tmp_path, "s", "bulk")
    study.run_ids()  # adds a 0 to runs that lack a hyperparameter
    assert study.restore(given) == 3
    assert as_read(MlflowClient(uri), study.experiment_id) == before
