"""The options of a group, ours and the user's: all of them composed at once, and what their files say."""

import re
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from rmsprop_lab.cli.config_dir import conf_dir


def option_files(group: str, config_dir: str | None = None) -> dict[str, Path]:
    """The YAML file of each option of a group, by name: ours first, then those of `--config-dir`."""
    folders = [conf_dir(), *([Path(config_dir)] if config_dir else [])]
    return {path.stem: path for folder in folders for path in sorted((folder / group).glob("*.yaml"))}


def with_all_options(groups: Sequence[str], config_dir: str | None = None) -> DictConfig:
    """The config with every option of some groups chosen."""
    from rmsprop_lab.cli.composing import compose

    return compose([f"{group}=[{','.join(option_files(group, config_dir))}]" for group in groups], config_dir)


def chosen_in(words: Sequence[str], group: str) -> list[str]:
    """The options of a group that a command line names.

    >>> chosen_in(["optimizer=[gd,adam]", "search.trials=3"], "optimizer"), chosen_in(["search.trials=3"], "search")
    (['gd', 'adam'], [])
    """
    given = [word.partition("=")[2] for word in words if re.match(rf"\+*{group}=", word)]
    return re.findall(r"[^\[\],\s'\"]+", given[-1]) if given else []


def about(path: Path) -> str:
    """What an option is, as the comment at the head of its file says, without its own name; empty without one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next((line for line in lines if not line.startswith("# @package")), "")
    if not first.startswith("#"):
        return ""
    text = first.lstrip("# ")
    head, colon, rest = text.partition(": ")
    return rest if colon and _plain(head) == _plain(path.stem) else text


def _plain(name: str) -> str:
    return re.sub(r"^the |\W|_", "", name.lower())
