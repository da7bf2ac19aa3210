"""What a newcomer meant by an override that Hydra does not take."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from rmsprop_lab.cli.config_dir import given
from rmsprop_lab.cli.options import chosen_in, option_files, with_all_options
from rmsprop_lab.config.other_names import meant_by
from rmsprop_lab.errors import Found, InputError, LabError, nearest, shortened
from rmsprop_lab.tracking.redaction import redacted

_LONGEST = 100  # characters of what is repeated in a piece of advice
_MOST = 3  # keys that are named
_GROUPS = ("objective", "optimizer", "search", "starts", "tracking", "experiment")
_KEYED = ("objective", "optimizer")  # groups whose options have their own names as keys


def keys_like(key: str) -> str:
    """The keys that have all parts of another one in their order, and its last part last, the shortest first.

    `space.rho` is like `optimizer.rmsprop.space.rho`, `lr` like `optimizer.gd.step_size`. They come from the options
    that the command chooses.
    """
    *above, name = key.split(".")
    parts = [*above, meant_by(name)]
    found = [path for path in _paths(_chosen()) if path[-1] == parts[-1] and _has_in_order(path, parts)]
    least = min(map(len, found), default=0)
    names = [".".join(path) for path in found if len(path) == least][:_MOST]
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _has_in_order(path: list[str], parts: list[str]) -> bool:
    rest = iter(path)
    return all(part in rest for part in parts)


def _chosen() -> Any:
    """The config, as plain data, with the objectives and optimizers that the command chooses, if there are such."""
    from rmsprop_lab.cli.composing import compose

    chosen = {group: chosen_in(sys.argv[1:], group) for group in _KEYED}
    try:
        config = compose([f"{group}=[{','.join(names)}]" for group, names in chosen.items() if names], given())
    except (LabError, HydraException, OmegaConfBaseException):
        config = with_all_options([])
    return OmegaConf.to_container(config, resolve=False)


def _paths(node: Mapping[Any, Any], above: Sequence[str] = ()) -> Iterator[list[str]]:
    for name, value in node.items():
        path = [*above, str(name)]
        yield path
        if isinstance(value, dict):
            yield from _paths(value, path)


def several_values(key: str, values: str) -> InputError:
    """An error about `key=1,2` without `-m`."""
    if ".space." in key:
        return list_for_range(key, f"[{values}]")
    change = f"Use {key}=[{values}] for a list, or --multirun for one job per value."
    if "(" in values:  # choice(1,2), range(1,3), shuffle(...)
        return InputError(key, "one value", Found(values), "For one job per value, add --multirun.")
    if re.fullmatch(r"-?\d+,\d+", values):
        change = f"A decimal has a point: {key}={values.replace(',', '.')}. For one job per value, add --multirun."
    return InputError(key, "one value or a list", Found(values), change)


def list_for_range(key: str, values: str) -> InputError:
    """An error about a list in place of a mapping, as of a range."""
    if ".space." not in key:
        return InputError(
            key, "a mapping of keys and values", Found(values), f"Set one key of it: {key}.<key>=<value>."
        )
    change = f"For these values, write '{key}={{values: {values}}}'." if len(values) <= _LONGEST else ""
    return InputError(key, "a range: {low, high, scale, points} or {values}", Found(shortened(values)), change)


def as_option(word: str, following: str, options: Sequence[str]) -> InputError:
    """An error about `--key value` or `--key=value`, where `key=value` is meant, or an option that is not whole.

    Args:
        word: What begins with a dash.
        following: The next word.
        options: The options that there are.
    """
    found = Found(shortened(redacted(word)))
    name, equals, value = word.lstrip("-").partition("=")
    if equals and re.fullmatch(r"[\w./]+", name):
        change = f"Leave out the dashes: {shortened(redacted(f'{name}={value}'))}."
        return InputError("command line", "key=value", found, change)
    if not equals and meant_by(name) != name and (ours := keys_like(name)):
        return InputError("command line", "key=value", found, f"Did you mean {ours}?")
    if not equals and _is_key(name):
        value = "<value>" if not following or following.startswith("-") or "=" in following else following
        return InputError("command line", "key=value", found, f"Write {shortened(redacted(f'{name}={value}'))}.")
    whole = [option for option in options if name and option.startswith(f"--{name}")]
    change = f"Did you mean {whole[0]}?" if whole else nearest(f"--{name}", options).replace("'", "")
    if not change and not equals:
        change = _without_value(name)
    return InputError("command line", "key=value, or an option", found, change or "See rmsprop-lab --help.")


def _is_key(name: str) -> bool:
    from rmsprop_lab.cli.config_dir import groups

    first = name.partition(".")[0]
    return name in (*groups(), "hydra/launcher") or first in with_all_options([])


def unparsable(override: str) -> InputError:
    """An error about an override that Hydra's grammar does not have."""
    found = Found(shortened(override) if override.strip() else "an empty argument")
    return InputError("command line", "key=value", found, _meant(override))


def _meant(override: str) -> str:
    key, equals, value = override.partition("=")
    if not override.strip():
        return "Leave it out."
    if not equals:
        return _without_value(override)
    if not re.fullmatch(r"[+~]*[\w.@:/-]+", key, re.ASCII):
        return "A key has letters, digits, '_' and '.'."
    if key in _GROUPS and (nested := re.fullmatch(r"(\w+)\.([\w.]+)=(.+)", value)):
        below = f"{key}.{nested[1]}" if key in _KEYED else key
        return f"Make it two words: {key}={nested[1]} {below}.{nested[2]}={nested[3]}."
    if value.endswith(",") or value.count("[") == 1 + value.count("]"):
        close = "" if value.endswith(",") else "Close every quote and bracket. "
        return f"{close}The shell cuts at spaces: leave them out, or put all in quotes, as in '{key}=[a, b]'."
    if any(mark in value for mark in "'\"[]{}()"):
        return "Close every quote and bracket; put text that has some of its own in quotes."
    if "$" in value:
        return "Write ${key} for another key's value; put text with a $ of its own in quotes, with \\ before it."
    change = "Put the value in quotes of its own"
    return change + (f": \"{key}='{value}'\"." if len(override) <= _LONGEST else ", inside those of the shell.")


def _without_value(word: str) -> str:
    """What was meant by a word without `=`: `key:value`, `key = value`, a task, or an option without its group."""
    from rmsprop_lab.config.settings import TASKS

    key, colon, value = word.partition(":")
    if colon and value and re.fullmatch(r"[\w.]+", key):
        return f"Write {key}={value}."
    if word in TASKS:
        return f"Did you mean task={word}?"
    if word == "help":
        return "Did you mean --help?"
    if group := next((group for group in reversed(_GROUPS) if word in option_files(group)), None):
        return f"Did you mean {group}={word}?"
    if re.fullmatch(r"[\w.]+", word) and OmegaConf.select(with_all_options([]), word) is not None:
        return f"Give it a value, without spaces: {word}=<value>."
    return "Give the key a value, as in n_iter=50."
