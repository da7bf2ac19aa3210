"""`rmsprop-lab-ui`: the right store, this machine only, and errors in words."""

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.servers import free_port, wait_until_up
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.cli.ui import server_command, study_links
from rmsprop_lab.errors import InputError
from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.uri import default_uri


def test_without_a_store_it_says_what_to_run_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Run rmsprop-lab experiment=compare first"):
        server_command(None, str(tmp_path), free_port())


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="--port: expected a free port"):
            server_command(None, str(tmp_path), taken.getsockname()[1])


def test_it_knows_where_each_study_opens(outputs: Path) -> None:
    run_study(study(method="none"), output_dir=outputs, figures=False)
    links = study_links(default_uri(outputs))
    assert links == {"s": "#/experiments/1/runs?viewStateShareKey=best&compareRunsMode=CHART"}
    assert study_links("http://elsewhere") == {"all studies": "#/experiments"}


@pytest.mark.slow
def test_the_server_shows_the_study_and_refuses_other_hosts(tmp_path: Path) -> None:
    run_study(study(), output_dir=tmp_path / "outputs")
    port = free_port()
    command = [sys.executable, "-m", "rmsprop_lab.cli.ui", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url, server)
        request = urllib.request.Request(
            f"{url}/api/2.0/mlflow/runs/search",
            data=json.dumps({"experiment_ids": ["1"], "filter": OWN_RUNS, "max_results": 100}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            assert len(json.load(answer)["runs"]) == 8
        foreign = urllib.request.Request(f"{url}/api/2.0/mlflow/experiments/get?experiment_id=1")
        foreign.add_header("Host", "elsewhere.example")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(foreign)
        assert refused.value.code == 403
        refused.value.close()
        server.terminate()
        server.communicate(timeout=30)
        assert server.returncode == 128 + signal.SIGTERM
        with socket.socket() as probe:  # no process of the server is left
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    finally:
        server.kill()
        server.communicate(timeout=30)
