"""What the README promises: its commands are accepted, its Python runs, its optimizer is found."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from rmsprop_lab import load
from rmsprop_lab.cli import composing

README = (Path(__file__).parents[1] / "README.md").read_text()
COMMANDS = [
    shlex.split(line)[1:]
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("rmsprop-lab ")
]
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.S)


def test_there_are_commands_to_test() -> None:
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_of_the_readme_runs(lab, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [] if "--help" in arguments else ["tracking=none", "starts.count=1", "name=quick"]
    if "-m" in arguments:  # its jobs are composed and checked; tests of the command run others
        monkeypatch.setattr(composing, "_hydra_job", lambda config: None)
    ended = lab(*arguments, *quick)
    assert ended.status == 0, ended.err


def test_the_python_of_the_readme_runs(lab) -> None:
    lab("experiment=compare", "tracking=none", "n_iter=3", "objective=bowl")
    scope: dict = {}
    exec(BLOCKS[0], scope)
    assert scope["trace"].points.shape == (501, 2, 1000)
    assert scope["traces"]["run_key"].nunique() == 10


def test_an_optimizer_of_ones_own_as_the_readme_says(lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site/their_package").mkdir(parents=True)
    (tmp_path / "site/their_package/sign.py").write_text(BLOCKS[1])
    monkeypatch.syspath_prepend(tmp_path / "site")
    (yaml,) = re.findall(r"```yaml\n(.*?)```", README, re.S)
    (tmp_path / "mine/optimizer").mkdir(parents=True)
    text = yaml.replace("rmsprop_lab.optimizers.sign", "their_package.sign")
    (tmp_path / "mine/optimizer/sign.yaml").write_text(text)
    ended = lab("--config-dir", "mine", "optimizer=[sign,rmsprop]", "search=grid", "tracking=none", "n_iter=5")
    assert ended.status == 0, ended.err
    assert (load("study", tmp_path / "outputs")["optimizer"] == "sign").sum() == 9
    assert "their_package.sign" in sys.modules


def test_every_top_level_module_is_in_the_contributing_guide() -> None:
    guide = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()
    package = Path(__file__).parents[1] / "rmsprop_lab"
    names = {path.name for path in package.glob("*.py") if not path.name.startswith("__")} | {
        f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()
    }
    assert names <= set(re.findall(r"`([a-z_]+(?:\.py|/))`", guide))
