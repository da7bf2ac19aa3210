"""`rmsprop-lab --help`: one screen that names what there is."""

import re
import shlex

import pytest

from rmsprop_lab.cli.options import option_files
from rmsprop_lab.config.settings import TASKS


@pytest.fixture
def text(lab) -> str:
    ended = lab("--help")
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def told(text: str, label: str) -> str:
    """What stands behind a label, with the indented lines below."""
    found = re.search(rf"^{re.escape(label)} +(.*(?:\n {{10,}}.*)*)", text, re.M)
    assert found
    return " ".join(found[1].split())


def test_it_fits_on_one_screen(text: str) -> None:
    assert len(text.splitlines()) < 24  # and the prompt
    assert max(map(len, text.splitlines())) <= 80


def test_it_names_every_task(text: str) -> None:
    names = {entry.split(":")[0].split()[0] for entry in told(text, "task=").split(";")}
    assert names == {*TASKS}


@pytest.mark.slow
@pytest.mark.parametrize("group", ["objective", "optimizer", "search", "experiment"])
def test_what_it_names_can_be_chosen(text: str, group: str) -> None:
    words, options = told(text, f"{group}="), option_files(group)
    named = re.findall(r"[a-z_]+", words.partition(" ...")[0])
    assert {*named} <= {*options}
    if count := re.search(r"of (\d+)$", words):
        assert int(count[1]) == len(options)
    else:
        assert {*named} == {*options}


def test_its_commands_and_values_are_right(lab, text: str) -> None:
    for line in text.splitlines():
        if line.startswith("  rmsprop-lab "):
            words = shlex.split(re.split(r"  +", line.strip())[0])[1:]
            ended = lab(*words, *([] if "task=list" in words else ["task=plan", "tracking=none"]))
            assert ended.status == 0, ended.err
    ended = lab("--cfg", "job")
    for word in told(text, "values").split() + told(text, "places").split()[:2]:
        key, _, value = word.partition("=")
        assert f"{key.split('.')[-1]}: {value}\n" in ended.out, word
