"""The keys of conf/config.yaml, with the words that stand beside them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

ROOT = Path(__file__).parents[2]
CONF = ROOT / "conf"
GROUPS = ("objective", "optimizer", "starts", "search", "tracking", "experiment")


@dataclass(frozen=True)
class Key:
    """A key of config.yaml; the words of a mapping are those of its line."""

    name: str  # dotted
    default: Any
    words: str


def read(path: Path) -> Any:
    """A file of conf/ as Hydra reads it, interpolations left as they are."""
    return OmegaConf.to_container(OmegaConf.load(path))


def keys() -> Iterator[Key]:
    """Every key in the order of the file, mappings before what they hold; without `defaults` and Hydra's own."""
    lines = (CONF / "config.yaml").read_text(encoding="utf-8").splitlines()
    config = read(CONF / "config.yaml")
    above: list[str] = []
    found: list[tuple[str, Any, list[str]]] = []
    for line in lines[next(index for index, line in enumerate(lines) if line.startswith("task:")) :]:
        if line.startswith("hydra:"):
            break
        if re.match(r"\s*# ", line):  # the comment of the line above goes on
            found[-1][2].append(line.strip(" #"))
        elif match := re.match(r"( *)(\w+):.*?(?:  # (.*))?$", line):
            above = [*above[: len(match[1]) // 2], match[2]]
            default: Any = config
            for part in above:
                default = default[part]
            found.append((".".join(above), default, [match[3]] if match[3] else []))
    for name, default, words in found:
        yield Key(name, default, " ".join(words))


def title(path: Path) -> str:
    """The comment at the top of an option's file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    words = []
    for line in lines:
        if not line.startswith("# "):
            break
        if not line.startswith("# @package"):
            words.append(line[2:])
    return " ".join(words)


def options(group: str) -> dict[str, Path]:
    """The files of a group, by name."""
    return {path.stem: path for path in sorted((CONF / group).glob("*.yaml"))}
