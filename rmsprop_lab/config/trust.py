"""Whose code a config names: that of rmsprop_lab, of the user who types the command, or of somebody else."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

_PARTS = ("objective", "optimizer")


def targets_in(node: Any) -> Iterator[str]:
    """Every `_target_` in nested mappings and lists that names no class of rmsprop_lab."""
    if isinstance(node, Mapping):
        target = node.get("_target_")
        if isinstance(target, str) and (":" in target or not target.startswith("rmsprop_lab.")):
            yield target
        for value in node.values():
            yield from targets_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from targets_in(value)


def code_of(target: str) -> str:
    """The file, its links followed, or the module that a `_target_` imports."""
    path, colon, _ = target.rpartition(":")
    if not colon:
        return target.rpartition(".")[0]
    try:
        return str(Path(path).resolve())
    except (OSError, ValueError, RuntimeError):  # no path: a null character, a link to itself
        return path


def code_in(config: Mapping[str, Any]) -> set[str]:
    """The files and modules that a config's objectives and optimizers import, without those of rmsprop_lab."""
    return {code_of(target) for group in _PARTS for target in targets_in(config.get(group))}


def without_foreign(config: Mapping[str, Any], trusted: Collection[str]) -> tuple[dict[str, Any], set[str]]:
    """A config without the objectives and optimizers of code that is not trusted, and that code.

    Args:
        config: The config, resolved.
        trusted: The files and modules that may be imported.
    """
    kept, foreign = dict(config), set[str]()
    for group in _PARTS:
        entries = config.get(group)
        if isinstance(entries, Mapping):
            code = {
                name: {code_of(target) for target in targets_in(spec)} - {*trusted} for name, spec in entries.items()
            }
            kept[group] = {name: spec for name, spec in entries.items() if not code[name]}
            foreign |= set().union(*code.values())
    return kept, foreign
