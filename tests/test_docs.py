"""What the README promises: its commands and its Python run, and so do the files it has its reader write."""

import re
import shlex
from pathlib import Path

import pytest
from support.catalogue import CONF, ROOT

from rmsprop_lab import load
from rmsprop_lab.cli import composing
from rmsprop_lab.compare import enough_repeats, repeats_to_ask_for

DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
OWN, RESULTS, QUESTIONS = ((DOCS / f"{name}.md").read_text() for name in ("own", "results", "questions"))
TUNING = (DOCS / "tuning.md").read_text()
VERDICT = (DOCS / "verdict.md").read_text()
_IN_TABLES = re.findall(r"^\| .*? \| `(rmsprop-lab .*?)` \|", README, re.M)
_IN_BLOCKS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README + OWN + QUESTIONS + TUNING, re.S)
    for line in block.splitlines()
    if line.startswith("rmsprop-lab ")
]
COMMANDS = [shlex.split(line)[1:] for line in dict.fromkeys(_IN_BLOCKS + _IN_TABLES)]
BLOCKS = re.findall(r"```python\n(.*?)```", README[README.index("## From Python") :], re.S)


def test_there_are_commands_to_test() -> None:
    assert len(_IN_TABLES) >= 10
    assert len(COMMANDS) >= 25


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len(README.split()) <= 900


@pytest.fixture
def own_files(tmp_path: Path) -> None:
    """The files that README and docs/own.md have their reader write, under the names that they give them."""
    written = re.findall(r"`(mine/\S+?)`[^\n`]*:\n\n```\w+\n(.*?)```", README + OWN, re.S)
    assert len(written) == 12
    for name, text in written:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


_QUICK = {"tracking": "none", "starts.count": "1", "n_iter": "20", "search.trials": "2", "evaluation.count": "2"}


@pytest.mark.slow
@pytest.mark.usefixtures("own_files")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_runs(lab, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    given = {word.partition("=")[0]: word.partition("=")[2] for word in arguments}
    quick = [] if "--help" in arguments else [f"{key}={value}" for key, value in _QUICK.items()]
    if "experiment=compare" in arguments or "search.repeats" in given:
        quick.append("search.repeats=2")
    if "-m" in arguments:  # its jobs are composed and checked; tests of the command run others
        monkeypatch.setattr(composing, "_hydra_main", lambda: None)
        quick = [word for word in quick if word.partition("=")[0] not in given]  # a sweep's key is given once
    if given.get("tracking.uri", "").startswith("http"):  # a server that is not here
        arguments = [word for word in arguments if not word.startswith("tracking.uri")]
    if given.get("task") in ("optuna", "report", "refill"):  # of studies that the reader has by then
        for name in given.get("studies", given.get("name", "")).strip("[]").split(","):
            ended = lab("objective=bowl", "search=random", "optimizer=rmsprop", f"name={name}", *quick)
            assert ended.status == 0, ended.err
        quick = []
    ended = lab(*arguments, *quick)
    assert ended.status == 0, ended.err
    assert "WRONG" not in ended.out


@pytest.mark.usefixtures("own_files")
def test_ones_own_run_beside_ours(lab, tmp_path: Path) -> None:
    (own,) = [command for command in COMMANDS if "name=own" in command]
    lab(*own, "tracking=none", "n_iter=5")
    runs = load("own", tmp_path / "outputs")
    assert set(runs["objective"]) == {"plateau", "turned"}
    # the grid and the configured, and the best and the configured on fresh starts
    assert (runs["optimizer"] == "signum").sum() == 2 * (27 + 1 + 2)


@pytest.mark.slow
def test_the_python_of_the_pages_runs(lab) -> None:
    lab("experiment=compare", "tracking=none", "n_iter=3", "objective=bowl")
    scope: dict = {}
    for text in (*BLOCKS, *re.findall(r"```python\n(.*?)```", RESULTS, re.S)):
        exec(text, scope)
    assert scope["trace"].points.shape == (501, 2, 1000)
    assert scope["traces"]["run_key"].nunique() == 10


def test_the_readme_names_every_optimizer() -> None:
    (named,) = re.findall(r"Optimizers: (.*?),\s+each held", README, re.S)
    assert set(re.split(r",\s+", named)) == {path.stem for path in (CONF / "optimizer").glob("*.yaml")}


def test_the_contributing_guide_shows_every_package_and_nothing_else() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    names = {f"{path.parent.name}/" for path in (ROOT / "rmsprop_lab").glob("*/__init__.py")}
    assert names | {"errors.py"} == set(re.findall(r"^[0-9 ]  ([a-z_]+(?:\.py|/)) ", guide, re.M))


def test_the_root_of_the_package_holds_packages_only() -> None:
    files = {path.name for path in (ROOT / "rmsprop_lab").iterdir() if path.is_file()}
    assert files == {"__init__.py", "__main__.py", "errors.py", "py.typed"}


@pytest.mark.slow
def test_the_commands_for_machines_that_share_nothing_work(lab, tmp_path: Path) -> None:
    text = Path(__file__).parents[1].joinpath("docs", "shards.md").read_text()
    block = text[text.index("## Machines that share nothing") :].split("```console\n")[1].split("```")[0]
    lines = [shlex.split(line, comments=True)[1:] for line in block.strip().splitlines()]
    quick = ["tracking=none", "starts.count=2", "n_iter=10", "search.trials=3", "figures=false"]
    places = iter(("outputs", "mnt/b/outputs", "mnt/c/outputs"))
    for words in lines:
        merging = "task=merge" in words
        here = [word.replace("/mnt/", f"{tmp_path}/mnt/") for word in words]
        where = [f"output_dir={next(places)}"] if "shards=3" in words else []
        ended = lab(*here, *where, *([] if merging else quick))
        assert ended.status == 0, ended.err
    assert "8 repeats" in " ".join(ended.out.split())
    assert len(load("compare", tmp_path / "outputs")) > 50


def test_the_command_of_the_verdict_is_one() -> None:  # to run it takes half a minute
    (command,) = re.findall(r"^rmsprop-lab (.*)$", VERDICT, re.M)
    assert composing.compose(shlex.split(command))["search"]["repeats"] == 8


def test_the_page_of_the_verdict_says_how_many_repeats_are_enough() -> None:
    rows = re.findall(r"^\| (?:up to )?(\d+)(?: to (\d+)| and more)? \| (\d+) \| (\d+) \|$", VERDICT, re.M)
    assert len(rows) >= 2
    for first, last, enough, asked in rows:
        for optimizers in {int(first), int(last or first)}:
            assert enough_repeats(optimizers) == int(enough)
            assert repeats_to_ask_for(optimizers) == int(asked)


def test_the_page_of_the_verdict_has_the_figures_of_the_benchmark() -> None:
    figures = (ROOT / "docs/benchmarks.md").read_text().partition("## Calibration\n")[2].partition("\n## ")[0]
    (copy,) = re.findall(r"<!-- Calibration -->\n(.*?)<!-- end of Calibration -->", VERDICT, re.S)
    names = [row.split(" | ")[0] for row in figures.splitlines() if row.startswith("| ")]
    assert len(names) > 10
    assert names == [row.split(" | ")[0] for row in copy.splitlines() if row.startswith("| ")]
