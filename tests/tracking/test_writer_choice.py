"""Which stores are written to in bulk, and which are left to MLflow's client."""

from pathlib import Path

import pytest
from support.writing import contents, open_study

from rmsprop_lab.errors import InputError, TrackingWarning
from rmsprop_lab.tracking.tracker import MlflowTracker
from rmsprop_lab.tracking.writers import bulk as bulk_writer


def test_an_unknown_schema_is_left_to_the_client(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = sqlite
    open_study(uri, tmp_path, "s", "bulk")
    assert bulk_writer.why_not(uri) is None
    monkeypatch.setattr(bulk_writer, "SCHEMAS", ("another",))
    assert isinstance(bulk_writer.why_not(uri), bulk_writer.UnknownSchema)
    with pytest.raises(InputError, match=r"tracking\.writer: expected auto or client, found bulk: the store's schema"):
        open_study(uri, tmp_path, "s", "bulk")
    with pytest.warns(TrackingWarning, match="runs are logged one by one: the store's schema"):
        study = open_study(uri, tmp_path, "s", "auto")
    assert study.log_all(contents(2)) == 2


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("http://127.0.0.1:5000", "http is not written to directly"),
        ("mysql://host/db", "mysql is not written to directly"),
        ("postgresql+psycopg2://host/db", "the driver psycopg2 is not psycopg"),
    ],
)
def test_other_stores_are_left_to_the_client_without_a_warning(uri: str, reason: str) -> None:
    obstacle = bulk_writer.why_not(uri)
    assert reason in str(obstacle)
    assert not isinstance(obstacle, bulk_writer.UnknownSchema)


def test_artifacts_that_go_elsewhere_are_left_to_the_client(sqlite: str, tmp_path: Path) -> None:
    uri = sqlite
    MlflowTracker(uri, tmp_path)._client.create_experiment("s", artifact_location="s3://bucket/folder")
    with pytest.raises(InputError, match=r"bulk: its artifacts go to s3://bucket/folder"):
        open_study(uri, tmp_path, "s", "bulk")
    assert type(open_study(uri, tmp_path, "s", "auto")._writer).__name__ == "ClientWriter"
    assert type(open_study(uri, tmp_path, "t", "auto")._writer).__name__ == "BulkWriter"
