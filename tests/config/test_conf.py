"""Every file below conf/ is composed and read, and says what the classes say."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml
from omegaconf import OmegaConf
from support.catalogue import CONF, OPTIMIZERS

from rmsprop_lab import Search
from rmsprop_lab.base import intervals
from rmsprop_lab.cli.composing import compose
from rmsprop_lab.config.settings import Settings, read

FILES = sorted(path for path in CONF.glob("*/*.yaml"))
UNUSUAL = {"search=cmaes": ["optimizer=rmsprop"]}


def settings_of(*overrides: str) -> Settings:
    config: Any = OmegaConf.to_container(compose(list(overrides)), resolve=True, throw_on_missing=True)
    return read(config)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}={path.stem}")
def test_every_option_is_read(path: Path) -> None:
    override = f"{path.parent.name}={path.stem}"
    searched = ["search=grid"] if path.parent.name == "optimizer" else []  # its ranges are read as well
    settings = settings_of(override, *searched, *UNUSUAL.get(override, []))
    assert len(settings.study) >= 1
    if path.parent.name == "optimizer":
        spaces = settings.study.spaces[path.stem]
        assert spaces
        assert all(cell.space for cell in settings.study.cells)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}={path.stem}")
def test_every_option_says_in_its_first_line_what_it_is(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    first = lines[1] if lines[0].startswith("# @package") else lines[0]
    assert first.startswith("# ")
    assert len(first) > 10


def test_the_defaults_of_a_search_are_those_of_the_class() -> None:
    given = yaml.safe_load((CONF / "config.yaml").read_text(encoding="utf-8"))["search"]
    assert given.pop("method") == "???"
    defaults = {field.name: field.default for field in dataclasses.fields(Search)}
    defaults.pop("method")
    assert given == defaults
    for path in (CONF / "search").glob("*.yaml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8")) == {"method": path.stem}


def test_a_space_has_only_hyperparameters_that_people_tune() -> None:
    for name, cls in ((path.stem, path) for path in (CONF / "optimizer").glob("*.yaml")):
        space = yaml.safe_load(cls.read_text(encoding="utf-8"))[name]["space"]
        (found,) = (c for c in OPTIMIZERS.values() if c.__module__.endswith(f".{name}"))
        assert set(space) <= {field for field, interval in intervals(found).items() if interval.tuned}
