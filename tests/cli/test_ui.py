"""`rmsprop-lab-ui`: the right store, a port that is free, addresses that work, a browser, and errors in words."""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.servers import free_port, mlflow_server
from support.studies import study
from support.ui import started_ui

from rmsprop_lab import run_study
from rmsprop_lab.cli import browser, running_server, ui
from rmsprop_lab.cli import mlflow_server as server_of_ours
from rmsprop_lab.cli.mlflow_server import port_to_use, server_command
from rmsprop_lab.cli.running_server import announced, running
from rmsprop_lab.errors import InputError
from rmsprop_lab.tracking.addresses import PORT
from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.uri import default_uri


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["rmsprop-lab-ui", *options])
    with pytest.raises(SystemExit) as ended:
        ui.main()
    return int(ended.value.code or 0)


def test_without_a_store_it_says_what_to_run_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Run rmsprop-lab experiment=compare first"):
        ui.store_to_show(None, str(tmp_path))


def test_a_port_that_is_asked_for_and_in_use_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="--port: expected a free port"):
            port_to_use(taken.getsockname()[1])
    for port in (-1, 65_536, 10**30):
        with pytest.raises(InputError, match="--port: expected a free port"):
            port_to_use(port)


@pytest.mark.parametrize("count", [0, 1, 3, 20])
def test_else_the_next_one_that_is_free_is_taken(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    taken = range(PORT, PORT + count)
    monkeypatch.setattr(server_of_ours, "_in_use", lambda port: "taken" if port in taken else "")
    assert port_to_use(None) == PORT + count if count < 20 else port_to_use(None) not in taken


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, outputs: Path) -> Path:
    """A folder with a store, where `rmsprop-lab-ui` thinks that it has started a server."""
    monkeypatch.chdir(outputs.parent)

    def serve(uri, port, on_answer, on_obstacle) -> int:  # type: ignore[no-untyped-def]
        on_answer("/")
        return 0

    monkeypatch.setattr(ui, "serve", serve)
    return outputs


def test_it_names_each_study_and_says_which_port(served: Path, monkeypatch, capsys) -> None:
    run_study(study(method="none"), output_dir=served, figures=False)
    monkeypatch.setattr(ui, "port_to_use", lambda given: given or PORT + 2)
    assert run(monkeypatch) == 0
    out = capsys.readouterr().out
    assert "Port 5000 is taken, so it is on 5002." in out
    assert f"  all studies  http://127.0.0.1:{PORT + 2}/\n  s            http://127.0.0.1:{PORT + 2}/study/s\n" in out
    assert run(monkeypatch, "--port", "7777") == 0
    assert "taken" not in capsys.readouterr().out


def test_an_empty_store_has_its_page(served: Path, monkeypatch, capsys) -> None:
    assert run(monkeypatch, "--port", "7777") == 0
    assert capsys.readouterr().out.endswith("  all studies  http://127.0.0.1:7777/\n")


def test_a_front_page_that_does_not_lead_to_the_studies_is_told(served: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(ui, "serve", lambda uri, port, on_answer, on_obstacle: on_answer("/studies") or 0)
    assert run(monkeypatch, "--port", "7777") == 0
    out = capsys.readouterr().out
    assert "has changed" in out
    assert "http://127.0.0.1:7777/studies\n" in out


@pytest.mark.parametrize("found", [OSError("no browser"), ValueError(), None])
def test_a_browser_that_fails_is_no_failure(found: Exception | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(address: str) -> bool:
        if found:
            raise found
        return False

    monkeypatch.setenv("BROWSER", "x")
    monkeypatch.setattr(browser.webbrowser, "open", fail)
    browser.open_in_browser("http://127.0.0.1:5000/")


def test_without_a_display_no_browser_takes_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert browser.has_window() == (sys.platform in ("darwin", "win32", "cygwin"))


@pytest.mark.slow
def test_a_server_is_shown_where_it_is(lab, tmp_path: Path, monkeypatch, capfd) -> None:
    link = "/#/experiments/1/runs?viewStateShareKey=best&compareRunsMode=CHART&workflowType=machine_learning\n"
    with mlflow_server(tmp_path) as url:
        secret = url.replace("http://", "http://me:Zq7secret@")
        ended = lab("optimizer=gd", "n_iter=3", "figures=false", "name=s", f"tracking.uri='{secret}'")
        assert f"next     open {url}{link}" in ended.out, ended.err
        assert run(monkeypatch, "--uri", secret) == 0
    out = capfd.readouterr().out
    assert f"{url} is a server already" in out
    assert f"  s  {url}{link}" in out
    assert "Zq7secret" not in out + ended.out + ended.err


def test_the_next_line_names_the_server_that_runs(lab, outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = ("optimizer=gd", "n_iter=3", "figures=false", "report=false", "name=s")
    monkeypatch.setattr(running_server, "port_to_use", lambda given: 5002)
    with announced(default_uri(outputs), 5003):
        assert (
            "next     rmsprop-lab-ui, then open http://127.0.0.1:5002/study/s\n" in lab(*few).out
        )  # it does not answer
        monkeypatch.setattr(running_server, "page", lambda port, path, timeout: b"studies" if port == 5003 else None)
        assert "next     open http://127.0.0.1:5003/study/s\n" in lab(*few).out
    assert "next     rmsprop-lab-ui, then open" in lab(*few).out


@pytest.mark.parametrize("content", ["", "x\n", "0\n", "99999999\n", "-1\n"])
def test_a_port_that_is_none_is_no_server(outputs: Path, content: str) -> None:
    (outputs / "mlflow.db.port").write_text(content)
    assert running(default_uri(outputs)) is None


@pytest.mark.slow
def test_the_server_shows_the_study_and_refuses_other_hosts(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path / "outputs")
    with started_ui(tmp_path) as found:
        request = urllib.request.Request(
            f"{found.url}/api/2.0/mlflow/runs/search",
            data=json.dumps({"experiment_ids": ["1"], "filter": OWN_RUNS, "max_results": 100}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            assert len(json.load(answer)["runs"]) == 8
        for path in ("/api/2.0/mlflow/experiments/get?experiment_id=1", "/studies"):
            foreign = urllib.request.Request(f"{found.url}{path}", headers={"Host": "elsewhere.example"})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(foreign)
            assert refused.value.code == 403
            refused.value.close()
        assert running(default_uri(tmp_path / "outputs")) == found.url
        assert running(default_uri(tmp_path)) is None
        found.process.terminate()
        assert found.process.wait(timeout=30) == 128 + signal.SIGTERM
        assert not (tmp_path / "outputs/mlflow.db.port").exists()
        with socket.socket() as probe:  # no process of the server is left
            assert probe.connect_ex(("127.0.0.1", int(found.url.rpartition(":")[2]))) != 0


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--no-browser",)])
def test_at_a_terminal_it_opens_the_browser(outputs: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    opened, script = tmp_path / "opened", tmp_path / "browser"
    script.write_text(f'#!{shutil.which("sh")}\necho "$1" >{opened}\nsleep 60\n')  # some return when they are closed
    script.chmod(0o755)
    port, (ours, theirs) = free_port(), pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "rmsprop_lab.cli.ui", "--port", str(port), *options],
        cwd=tmp_path,
        env={**os.environ, "BROWSER": str(script)},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        shown = b""
        while b"all studies" not in shown:
            shown += os.read(ours, 1000)
        until = time.monotonic() + (3 if options else 20)
        while time.monotonic() < until and not opened.exists():
            time.sleep(0.1)
        time.sleep(0.1)
        assert (opened.read_text() if opened.exists() else "") == ("" if options else f"http://127.0.0.1:{port}/\n")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)
        os.close(ours)


def test_the_command_of_the_server_has_our_app_or_none() -> None:
    assert server_command(7777)[-2:] == ["--app-name", "rmsprop-lab"]
    assert "--app-name" not in server_command(7777, app=None)
