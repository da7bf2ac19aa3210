"""Which store a command logs to, that it names it, and that no secret of its URI is shown or recorded."""

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.cli import ui
from rmsprop_lab.cli.mlflow_server import serve, server_command
from rmsprop_lab.cli.ui import store_to_show
from rmsprop_lab.errors import InputError
from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.served.available import APP
from rmsprop_lab.tracking.uri import sqlite_path

FEW = ("optimizer=gd", "n_iter=3", "figures=false", "name=s")
SECRET = "Zq7secret7qZ"


def count(database: Path) -> int:
    client = MlflowClient(f"sqlite:///{database}")
    experiment = client.get_experiment_by_name("s")
    return len(client.search_runs([experiment.experiment_id], OWN_RUNS)) if experiment else 0


@pytest.fixture
def team(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that the environment names."""
    shutil.copy(empty_store, tmp_path / "team.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/team.db")
    return tmp_path / "team.db"


def test_the_environment_names_the_store_where_the_config_does_not(lab, team: Path, outputs: Path) -> None:
    ended = lab(*FEW)
    assert ended.status == 0, ended.err
    assert "MLflow   1 run added to the experiment 's' in team.db" in ended.out
    assert f"rmsprop-lab-ui --uri sqlite:///{team}" in ended.out
    assert (count(team), count(outputs / "mlflow.db")) == (1, 0)
    refilled = lab("task=refill", "name=s", "tracking.uri=local")
    assert "1 of 1 run added to the experiment 's' in outputs/mlflow.db" in refilled.out
    assert (count(team), count(outputs / "mlflow.db")) == (1, 1)


def test_local_is_the_default_store_whatever_the_environment_says(lab, team: Path, outputs: Path) -> None:
    ended = lab(*FEW, "tracking.uri=local")
    assert "1 run added to the experiment 's' in outputs/mlflow.db" in ended.out
    assert re.search(rf"next     rmsprop-lab-ui --output-dir outputs, then open {ADDRESS}\n", ended.out)
    assert (count(team), count(outputs / "mlflow.db")) == (0, 1)


ADDRESS = r"http://127\.0\.0\.1:\d+/study/s"
SHOWN = {
    "plain": ([], ""),
    "folder": (["output_dir=in/here"], ""),
    "folder that a shell reads otherwise": (["output_dir='it&$x;'"], ""),
    "folder of home": (["output_dir='~/runs'"], ""),
    "environment": ([], "team.db"),
    "local": (["tracking.uri=local"], "team.db"),
    "local folder": (["tracking.uri=local", "output_dir=there"], "team.db"),
    "uri": (["tracking.uri=sqlite:///HERE/other.db"], ""),
}


@pytest.mark.slow
@pytest.mark.parametrize(("given", "environment"), SHOWN.values(), ids=list(SHOWN))
def test_the_command_that_is_printed_shows_the_store_that_has_the_study(
    lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], environment: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    if environment:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/{environment}")
    ended = lab(*FEW, "report=false", *(word.replace("HERE", str(tmp_path)) for word in given))
    (found,) = re.findall(r"^next +rmsprop-lab-ui(.*), then open (\S+)$", ended.out, re.M)
    assert re.fullmatch(ADDRESS, found[1])
    options = ui._parser().parse_args(shlex.split(found[0]))
    store = sqlite_path(ui.store_to_show(options.uri, options.output_dir))
    assert store is not None
    assert count(store) == 1


def test_a_store_in_the_config_comes_before_the_environment(lab, team: Path, empty_store: Path, tmp_path: Path) -> None:
    shutil.copy(empty_store, tmp_path / "other.db")
    ended = lab(*FEW, f"tracking.uri=sqlite:///{tmp_path}/other.db")
    assert "in other.db" in ended.out
    assert (count(team), count(tmp_path / "other.db")) == (0, 1)


def test_from_python_the_environment_names_it_too(team: Path, tmp_path: Path) -> None:
    run_study(study(method="none"), output_dir=tmp_path / "outputs", figures=False)
    assert count(team) > 0
    assert not (tmp_path / "outputs/mlflow.db").exists()


@pytest.mark.parametrize("uri", ["databricks", "sqlite:///relative.db", f"http://me:{SECRET}@localhost:1", "file:///x"])
def test_a_store_of_the_environment_that_cannot_be_used_is_named(
    lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    ended = lab(*FEW)
    assert ended.status == 2
    assert "MLFLOW_TRACKING_URI: expected" in ended.err
    assert SECRET not in ended.err
    assert not list(tmp_path.iterdir())
    assert lab(*FEW, "tracking=none").status == 0


def test_an_empty_variable_names_nothing(lab, outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    assert "in outputs/mlflow.db" in lab(*FEW).out
    assert count(outputs / "mlflow.db") == 1


BAD_URIS = [
    f"me:{SECRET}@localhost/db",
    f"'postgresql://me:{SECRET}@localhost:1/db'",
    f"'postgresql://me:x@{SECRET}@localhost:1/db'",
    f"'postgresql://localhost:1/db?user=me&password={SECRET}'",
    f"'postgresql://me:1:{SECRET}'",
    f"'http://me:{SECRET}@localhost'",
    f"'http://localhost:1/?token={SECRET}'",
    f"'http://me:a {SECRET}@localhost:1'",
    f"'nonsense://me:{SECRET}@localhost'",
    f"postgresql://me:x@localhost?password={SECRET}&",
    f"'sqlite:///relative.db?password={SECRET}'",
    f"'file://{SECRET}@x/y'",
    f"'http://localhost:1/#{SECRET}'",
    f"'http://localhost:1/?{SECRET}'",
    f"'postgresql://localhost:1/db?options=-c%20x%3D{SECRET}'",
    f"'databricks://{SECRET}'",
    f"'nonsense://{SECRET}'",
]


@pytest.mark.parametrize("uri", BAD_URIS)
def test_no_error_shows_a_secret(lab, tmp_path: Path, uri: str) -> None:
    ended = lab(*FEW, f"tracking.uri={uri}")
    assert ended.status == 2
    assert SECRET not in ended.err + ended.out
    assert "Traceback" not in ended.err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["--cfg job", "--cfg all", "--cfg hydra", "--info config", "--info all", "--help"])
@pytest.mark.parametrize(
    "given", [f"tracking.uri='postgresql://me:{SECRET}@h/db'", f"+optimizer.gd.password={SECRET}"], ids=["uri", "key"]
)
def test_nothing_that_hydra_prints_has_a_secret(lab, asked: str, given: str) -> None:
    ended = lab("optimizer=gd", given, *asked.split())
    assert ended.status == 0, ended.err
    assert ("***" in ended.out) == (asked != "--help")  # which shows no config
    assert SECRET not in ended.out + ended.err


@pytest.mark.parametrize("key", ["tracking.uri='postgresql://me:{}@h/db'", "name='{}'"], ids=["uri", "name"])
def test_a_password_of_the_environment_is_not_resolved_into_what_is_printed(lab, monkeypatch, key: str) -> None:
    monkeypatch.setenv("DB_PASSWORD", SECRET)
    ended = lab(key.format("${oc.env:DB_PASSWORD}"), "--cfg", "job", "--resolve")
    assert ended.status == 0, ended.err
    assert "***" in ended.out
    assert SECRET not in ended.out + ended.err


@pytest.mark.slow
@pytest.mark.parametrize("many", [(), ("-m", "shards=1,1")])
def test_nothing_that_a_command_leaves_has_a_secret(lab, outputs: Path, many: tuple[str, ...]) -> None:
    ended = lab(*many, *FEW, f"tracking.uri='sqlite:///{outputs}/mlflow.db?user=me&password={SECRET}'")
    assert ended.status == 0, ended.err
    assert SECRET not in ended.out + ended.err
    written = [path for path in outputs.rglob("*") if path.is_file()]
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
    (record, *_) = (outputs / "s/commands").glob("*.yaml")
    recorded = yaml.safe_load(record.read_text(encoding="utf-8"))
    assert recorded["config"]["tracking"]["uri"].endswith("mlflow.db?user=me&password=***")
    assert "password=***" in (outputs / "s/study.log").read_text(encoding="utf-8")


def test_the_ui_refuses_a_server_that_does_not_answer_and_shows_no_secret() -> None:
    with pytest.raises(InputError, match="expected an MLflow server that answers") as refused:
        store_to_show(f"http://me:{SECRET}@localhost:1", None)
    assert SECRET not in str(refused.value)


def test_the_ui_shows_no_secret_of_a_word_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["rmsprop-lab-ui", "--ury", f"postgresql://me:{SECRET}@localhost/db"])
    with pytest.raises(SystemExit):
        ui.main()
    assert SECRET not in capsys.readouterr().err


def test_the_command_line_of_the_server_has_no_uri(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(subprocess, "Popen", lambda command, env, **_: started.append((command, env)) or 1 / 0)
    uri = f"sqlite:///{outputs}/mlflow.db"
    with pytest.raises(ZeroDivisionError):
        serve(uri, 7777, lambda start: None, lambda why: None)
    ((command, environment),) = started
    assert not [word for word in command if "sqlite" in word]
    assert environment["MLFLOW_BACKEND_STORE_URI"] == uri


@pytest.mark.parametrize("app", [APP, None])
def test_the_server_listens_on_this_machine_only(app: str | None) -> None:
    command = server_command(7777, app)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert "--allowed-hosts" not in command


@pytest.mark.parametrize(
    ("options", "store"), [((), "team.db"), (("--uri", "local"), "outputs"), (("--output-dir", "outputs"), "outputs")]
)
def test_the_ui_opens_the_store_that_the_command_writes_to(
    team: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], store: str
) -> None:
    served: list[str] = []
    monkeypatch.chdir(outputs.parent)
    monkeypatch.setattr(sys, "argv", ["rmsprop-lab-ui", "--port", "0", *options])
    monkeypatch.setattr(ui, "serve", lambda uri, *others: served.append(uri) or 0)
    with pytest.raises(SystemExit):
        ui.main()
    assert served == [f"sqlite:///{team if store == 'team.db' else outputs / 'mlflow.db'}"]


@pytest.mark.parametrize(
    "word", ["+MLFLOW_TRACKING_PASSWORD={}", "MLFLOW_TRACKING_TOKEN={}", "--password={}", "name=?token={}"]
)
def test_no_word_of_a_command_line_is_shown_with_its_secret(lab, tmp_path: Path, word: str) -> None:
    ended = lab(*FEW, "tracking=none", word.format(SECRET))
    assert ended.status == 2
    assert SECRET not in ended.out + ended.err
    assert not list(tmp_path.iterdir())
