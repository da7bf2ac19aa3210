"""A wheel in an environment of its own: conf/ is found, both commands are there, types are marked."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from support.catalogue import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_conf_and_the_marker_of_types(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    modules = [path.relative_to(ROOT) for path in (ROOT / "rmsprop_lab").rglob("*.py")]
    configs = [Path("rmsprop_lab") / path.relative_to(ROOT) for path in (ROOT / "conf").rglob("*.yaml")]
    assert {str(path) for path in (*modules, *configs)} <= set(names)
    assert {"rmsprop_lab/py.typed", "rmsprop_lab/conf/schema.json"} <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "outputs/"))]


def test_the_installed_command_finds_its_conf(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True, system_site_packages=False)
    python = tmp_path / "venv/bin/python"
    # Dependencies come from the running environment: what is tested is the wheel, not the index.
    site = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"], check=True, capture_output=True, text=True
    ).stdout.strip()
    ours = [path for path in sys.path if path.endswith("site-packages")]
    Path(site, "dependencies.pth").write_text("\n".join(ours))
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", wheel], check=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [tmp_path / "venv/bin/rmsprop-lab", "experiment=tutorial", "tracking=none"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert ">49 f([-5.45667355e-23  1.25022522e-04]) = 0.00000" in ended.stdout
    where = [python, "-c", "from rmsprop_lab.cli.composing import conf_dir; print(conf_dir())"]
    shown = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.strip().startswith(site)
    pages = (
        "from rmsprop_lab.tracking.served.available import obstacle; from rmsprop_lab.tracking.served.pages import *"
    )
    served = [python, "-c", f"{pages}; print(obstacle() or start_page([])[:15], bool(strict()))"]
    shown = subprocess.run(served, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout == "<!doctype html> True\n"
