"""The schema for editors knows every file of conf/, and notices what is wrong in one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from making import schema
from making.keys import keys, read
from support.catalogue import CONF, OBJECTIVES, OPTIMIZERS, ROOT

from rmsprop_lab.config.settings import _KEYS, _NODES

jsonschema = pytest.importorskip("jsonschema")

PARTS = {"objective": "objectives", "optimizer": "optimizers"}
FILES = sorted({*CONF.glob("*/*.yaml"), CONF / "config.yaml"})
OWN = {
    "sign": {"_target_": "sign.py:Sign", "step_size": 0.1, "anything": "else"},
    "turned": {"_target_": "rmsprop_lab.wrappers.rotated.Rotated", "objective": {"_target_": "mine.plateau.Plateau"}},
}


def given(path: Path) -> Any:
    """What a file says, without what it leaves to the option of a group."""

    def known(value: Any) -> Any:
        return {key: known(part) for key, part in value.items() if part != "???"} if isinstance(value, dict) else value

    return known(read(path))


def errors(content: Any, group: str = "experiment") -> list[str]:
    """What an editor would underline in a file of this group."""
    whole = schema.schema()
    name = PARTS.get(group, group)
    part = {**whole["definitions"][name], "definitions": whole["definitions"]} if group != "experiment" else whole
    return [error.message for error in jsonschema.Draft7Validator(part).iter_errors(content)]


def test_the_file_is_what_its_program_makes() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run `make gallery`"
    jsonschema.Draft7Validator.check_schema(json.loads(schema.text()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CONF)))
def test_every_file_of_conf_is_valid(path: Path) -> None:
    assert errors(given(path), "experiment" if path.name == "config.yaml" else path.parent.name) == []


def test_the_files_that_the_pages_have_their_reader_write_are_valid() -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/own.md"))
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if "_target_" in block]
    assert len(blocks) == 6
    for block in blocks:
        name = "optimizer" if "step_size" in block else "objective"
        assert errors(_read_text(block), name) == []
    assert errors({"sign": OWN["sign"]}, "optimizer") == []
    assert errors({"turned": OWN["turned"]}, "objective") == []


def _read_text(text: str) -> Any:
    from omegaconf import OmegaConf

    return OmegaConf.to_container(OmegaConf.create(text))


RMSPROP = {"_target_": "rmsprop_lab.optimizers.rmsprop.RMSProp", "step_size": 0.01, "rho": 0.9}


@pytest.mark.parametrize(
    ("group", "content", "told"),
    [
        ("experiment", {"n_iters": 5}, "n_iters"),
        ("experiment", {"n_iter": 0}, "minimum"),
        ("experiment", {"n_iter": "many"}, "many"),
        ("experiment", {"task": "rum"}, "rum"),
        ("experiment", {"search": {"trails": 5}}, "trails"),
        ("experiment", {"search": {"score": "best"}}, "best"),
        ("experiment", {"defaults": [{"override /serach": "tpe"}]}, "serach"),
        ("experiment", {"starts": {"count": 2.5}}, "2.5"),
        ("search", {"method": "tpee"}, "tpee"),
        ("starts", {"method": "fixed", "point": [[1.0]]}, "point"),
        ("tracking", {"backend": "mlfow"}, "mlfow"),
        ("optimizer", {"rmsprop": {"step_size": 0.1}}, "_target_"),
        ("optimizer", {"mine": {**RMSPROP, "roh": 0.9}}, "roh"),
        ("optimizer", {"mine": {**RMSPROP, "rho": 1.0}}, "1.0"),
        ("optimizer", {"mine": {**RMSPROP, "space": {"rho": {"low": 0.5, "hihg": 0.9}}}}, "hihg"),
        ("optimizer", {"mine": {**RMSPROP, "space": {"beta": {"values": [0.5]}}}}, "beta"),
        ("optimizer", {"mine": {**RMSPROP, "space": {"rho": {"scale": "lgo"}}}}, "lgo"),
        ("objective", {"mine": {"_target_": "rmsprop_lab.objectives.bowl.Bowl", "bound": [0, 1]}}, "bound"),
        ("objective", {"mine": {"_target_": "no_class"}}, "no_class"),
        ("objective", {"two words": {"_target_": "mine.py:Mine"}}, "two words"),
    ],
)
def test_what_is_wrong_is_noticed(group: str, content: Any, told: str) -> None:
    found = errors(content, group)
    assert found
    assert told in " ".join(found)


def test_every_key_of_the_settings_is_there_and_has_words() -> None:
    found = schema.schema()
    assert {*_KEYS, "defaults", "hydra"} == set(found["properties"])
    for name, known in _NODES.items():
        part = found["definitions"].get(name) or found["properties"][name]
        assert set(known) == set(part["properties"])
    assert [key.name for key in keys() if not key.words and not isinstance(key.default, dict)] == []


def test_every_class_is_known() -> None:
    text = json.dumps(schema.schema()["definitions"])
    for cls in (*OBJECTIVES.values(), *OPTIMIZERS.values()):
        assert f'"{cls.__module__}.{cls.__name__}"' in text
