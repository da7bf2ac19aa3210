"""The pages of docs/: what is made from the code is up to date, commands compose, Python prints what the page says."""

import contextlib
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from making.__main__ import DOCS, TEXTS
from omegaconf import OmegaConf
from support.catalogue import CONF, OBJECTIVES, OPTIMIZERS

import rmsprop_lab
from rmsprop_lab import base, compare, translate, wrappers
from rmsprop_lab.cli.composing import compose
from rmsprop_lab.config.settings import read

PAGES = {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
COMMANDS = [
    (name, shlex.split(line, comments=True)[1:])
    for name, text in PAGES.items()
    for block in re.findall(r"```console\n(.*?)```", text, re.S)
    for line in block.splitlines()
    if line.startswith("rmsprop-lab ")
]
QUICK = ["tracking=none", "starts.count=1", "n_iter=20", "figures=false", "report=false"]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The files that the pages have their reader write, in `mine/`."""
    found = {
        name: text
        for page in PAGES.values()
        for name, text in re.findall(r"`(mine/\S+?)`[^\n`]*:\n\n```\w+\n(.*?)```", page, re.S)
    }
    assert {Path(name).stem for name in found} == {"signum", "plateau", "quartic", "turned", "fit", "night"}
    for name, text in found.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "mine"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_what_is_made_from_the_code_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == TEXTS[path](), "run `make gallery`"


def test_the_gallery_has_a_picture_of_each_and_of_nothing_else() -> None:
    names = {path.stem for group in ("objective", "optimizer") for path in (CONF / group).glob("*.yaml")}
    assert {path.stem for path in (DOCS / "gallery").iterdir()} == names


def test_no_page_is_heavy() -> None:
    assert sum(path.stat().st_size for path in DOCS.rglob("*") if path.is_file()) < 4_000_000


def test_the_api_pages_have_every_public_name_and_no_other() -> None:
    named = {name for text in PAGES.values() for name in re.findall(r"^::: (\S+)$", text, re.M)}
    named = {re.sub(r"(rmsprop_lab\.compare\.)\w+\.", r"\1", name) for name in named}  # modules of the same name
    public = {
        f"{module.__name__}.{name}" for module in (rmsprop_lab, base, compare, translate) for name in module.__all__
    }
    public -= {"rmsprop_lab.Objective", "rmsprop_lab.Optimizer"}  # they are those of base
    classes = {**OBJECTIVES, **OPTIMIZERS, **{name: getattr(wrappers, name) for name in wrappers.__all__}}.values()
    assert named == public | {f"{cls.__module__}.{cls.__name__}" for cls in classes} | {"rmsprop_lab.base"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_every_command_is_one(mine: Path, monkeypatch: pytest.MonkeyPatch, page: str, words: list[str]) -> None:
    monkeypatch.chdir(mine.parent)
    if {"-m", "--help", "--cfg"} & {*words}:
        return  # Hydra's own answers, and launchers: tests of the command have them
    folder = "mine" if words[0] == "--config-dir" else None
    config: Any = OmegaConf.to_container(compose(words[2:] if folder else words, folder), resolve=True)
    assert read(config).study


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `experiment=compare`, smaller, has been run."""
    folder = tmp_path_factory.mktemp("compared")
    words = ["experiment=compare", "objective=[bowl,zakharov]", "n_iter=10", "starts.count=2", "search.trials=2"]
    config: Any = OmegaConf.to_container(compose(["tracking=none", *words]), resolve=True)
    study = read(config).study
    rmsprop_lab.run_study(study, output_dir=folder / "outputs", tracking="none", figures=False, report=False)
    return folder


@pytest.mark.parametrize("name", [name for name, text in PAGES.items() if "```python" in text and name != "report.md"])
def test_the_python_of_a_page_runs_and_prints_what_it_says(
    name: str, compared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the page, in one scope; tests/report has that of report.md."""
    monkeypatch.chdir(compared)
    scope: dict[str, Any] = {"__name__": "page"}
    for code, printed in re.findall(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", PAGES[name], re.S):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, scope)
        if printed and not re.match(r"`mine/", printed):
            assert out.getvalue() == printed


@pytest.mark.slow
def test_the_cells_of_the_notebook_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {}
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 5
    for number, cell in enumerate(code, 1):
        exec("".join(cell["source"]), scope)
        assert cell["outputs"], "run `make notebook`"
        assert cell["execution_count"] == number
        assert not [out for out in cell["outputs"] if out["output_type"] == "error" or out.get("name") == "stderr"]
    assert scope["summary"].verdict.sentence == "rmsprop is best on rosenbrock."
    assert "rmsprop is best on rosenbrock." in json.dumps(cells)
