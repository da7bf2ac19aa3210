"""The files of users' classes that a config names: their paths made absolute, and which of them a command asked for."""

import contextlib
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from rmsprop_lab.cli.config_dir import KEY, conf_dir
from rmsprop_lab.config.yaml_files import read_yaml
from rmsprop_lab.errors import InputError


def with_absolute_files(config: DictConfig, folders: list[str]) -> DictConfig:
    """Makes the path of each `_target_: file.py:Class` absolute.

    It is relative to the YAML file that names it, `<group>/<key>.yaml` in one of the folders, or to the current folder
    if the command line gives it.

    Raises:
        InputError: The file is below neither of these folders.
    """
    for group in ("objective", "optimizer"):
        for name, entry in _items(config.get(group)):
            homes = [path.parent for folder in folders if _is_file(path := Path(folder, group, f"{name}.yaml"))]
            _make_absolute(entry, [*homes, Path.cwd()], f"{group}.{name}")
    return config


def code_of_config_dirs(folders: list[str]) -> set[str]:
    """The files and modules that the YAML files of `--config-dir` name, chosen or not: the user asked for them."""
    from rmsprop_lab.config.trust import code_in

    named = set[str]()
    for folder in folders:
        for path in Path(folder).glob("*/*.yaml") if Path(folder) != conf_dir() else ():
            group, content = path.parent.name, read_yaml(path, KEY)
            if group in ("objective", "optimizer") and isinstance(content, dict):
                with contextlib.suppress(InputError):  # it may not be named; chosen, it would be refused
                    named |= code_in(with_absolute_files(OmegaConf.create({group: content}), [folder]))
    return named


def _items(node: Any) -> list[tuple[str, Any]]:
    return [(str(name), value) for name, value in node.items()] if isinstance(node, DictConfig) else []


def _make_absolute(entry: Any, homes: list[Path], key: str) -> None:
    if not isinstance(entry, DictConfig):
        return
    target = entry.get("_target_")
    if isinstance(target, str) and ":" in target:
        from rmsprop_lab.config.targets import confined  # only here, as importing NumPy takes time

        path, _, cls = target.rpartition(":")
        entry["_target_"] = f"{confined(path, homes, target, f'{key}._target_')}:{cls}"
    for name, value in _items(entry):
        _make_absolute(value, homes, f"{key}.{name}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name of hundreds of letters, refused when the config is read
        return False
