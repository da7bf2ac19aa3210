"""Checks the overrides of a command line, and expands those of a multirun."""

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep

from rmsprop_lab.cli.config_dir import groups
from rmsprop_lab.errors import Found, InputError, shortened
from rmsprop_lab.tracking.redaction import redacted

_MOST_JOBS = 1000
_MOST_DIGITS = 4300
_SEVERAL = ("objective", "optimizer", "experiment")  # groups of which a list may be chosen
_TEXTS = ("name", "run_key")  # keys whose values are text, also where they look like numbers
_LAUNCHER = "hydra/launcher"


def parsed(texts: list[str]) -> list[Override]:
    """The overrides, each checked by itself; Hydra must be initialized.

    Raises:
        InputError: One sets Hydra, or chooses what cannot be an option.
    """
    overrides: list[Override] = OverridesParser.create(GlobalHydra.instance().config_loader()).parse_overrides(texts)
    chosen = groups()
    for override in overrides:
        if not override.key_or_group:
            raise InputError("command line", "key=value", Found(shortened(override.input_line or "")), "Name a key.")
        _check_hydra(override)
        if override.key_or_group in (*chosen, _LAUNCHER) and not override.is_delete():
            _check_options(override)
    tasks = [override.input_line or "" for override in overrides if override.key_or_group == "task"]
    if len(tasks) > 1:
        raise InputError("task", "one task", Found(" and ".join(map(shortened, tasks))), "Keep one of them.")
    return overrides


def with_null_as_no_option(texts: list[str]) -> list[str]:
    """The overrides with `experiment=[]` for `experiment=null`, which config.yaml shows and Hydra refuses."""
    return [
        re.sub(r"(?i)(?<![\w./'\"\[-])null(?![\w./'\"-])", "[]", text) if re.match(r"\+*experiment=", text) else text
        for text in texts
    ]


def implied(overrides: list[Override]) -> list[str]:
    """What is chosen where nobody did: `task=playground` begins with the experiment of this name."""
    if any(override.key_or_group == "experiment" for override in overrides):
        return []
    tasks = [override for override in overrides if override.key_or_group == "task" and not override.is_delete()]
    return ["experiment=playground"] if tasks and _values(tasks[-1]) == ["playground"] else []


def jobs(texts: list[str], overrides: list[Override]) -> list[list[str]]:
    """The overrides of each job of a multirun, which are counted before they are expanded.

    Args:
        texts: The overrides as given.
        overrides: The same, parsed.
    """
    _check_sweeps_once(overrides)
    count = math.prod(_count(override) for override in overrides)
    if count > _MOST_JOBS:
        change = "Vary hyperparameters with search=grid instead."
        raise InputError("-m", f"at most {_MOST_JOBS:,} jobs", Found(f"{count:,}"), change)
    choices = [list(_choices(text, override)) for text, override in zip(texts, overrides, strict=True)]
    for override, found in zip(overrides, choices, strict=True):
        if not found:
            raise InputError(override.key_or_group, "one option or more", Found(f"none in {override.input_line}"))
    return [list(job) for job in itertools.product(*choices)]


def _check_sweeps_once(overrides: list[Override]) -> None:
    """Refuses a sweep over a key that is given again: the last of them would hide the others.

    A key without a sweep may be given again, as `jobs` appends to a command line what each process computes.
    """
    by_key: dict[str, list[Override]] = {}
    for override in overrides:
        by_key.setdefault(override.key_or_group, []).append(override)
    for key, given in by_key.items():
        if len(given) > 1 and any(override.is_sweep_override() for override in given):
            found = Found(" and ".join(shortened(override.input_line or key) for override in given))
            raise InputError(key, "one override, as one of them is a sweep", found, "Keep one of them.")


def _check_hydra(override: Override) -> None:
    key = override.key_or_group
    if re.split(r"[./@:]", key, maxsplit=1)[0] != "hydra":
        return
    is_option = key.startswith("hydra.launcher.") and not key.startswith("hydra.launcher._")
    if override.is_delete() or override.package or not (key == _LAUNCHER or is_option):
        found = Found(("~" if override.is_delete() else "") + key)
        raise InputError(key, "no Hydra setting but hydra/launcher and hydra.launcher.*", found, "Leave it out.")


def _check_options(override: Override) -> None:
    """Refuses `starts=3`, where `starts.count=3` is meant, and all else that is no name of an option."""
    group = override.key_or_group
    if override.is_force_add() or override.package is not None:
        raise InputError(group, f"{group}=<option>", Found(override.input_line or ""), "Leave out ++ and @.")
    for value in _values(override):
        if group == "tracking" and isinstance(value, str) and ("://" in value or value == "local"):
            change = f"To name a store, use tracking.uri={redacted(value)}."
            raise InputError(group, "mlflow or none", Found("a store"), change)
        names = value if isinstance(value, list) else [value]
        few = group in _SEVERAL or len(names) == 1
        if not few or not all(map(_may_name_an_option, names)):
            found = Found("null") if value is None else value
            raise InputError(group, f"an option of {group}", found, _instead(group, value))
        if len(set(names)) < len(names):
            change = f"Name each once: {group}=[{','.join(dict.fromkeys(names))}]."
            raise InputError(group, "different options", Found(f"[{','.join(names)}]"), change)


def _instead(group: str, value: Any) -> str:
    """What to write in place of a value that is no option of a group."""
    if group == _LAUNCHER:
        return ""
    if group == "starts" and isinstance(value, int) and not isinstance(value, bool):
        return f"For a number of starts, use starts.count={value}."
    if group == "tracking" and value is False:
        return "For no tracking, use tracking=none."
    return f"To set a value in it, use {group}.<key>=<value>."


def _may_name_an_option(name: Any) -> bool:
    """Whether it is a text without interpolations, `???`, and ways out of the group's folder."""
    return isinstance(name, str) and not name.startswith("/") and bool(re.fullmatch(r"(?!.*\.\.)[^${}?\0]+", name))


def _values(override: Override) -> list[Any]:
    """The value of an override, or all values of a sweep that lists them."""
    value = override.value()
    if isinstance(value, ChoiceSweep):
        return [Override._convert_value(item) for item in value.list]
    if isinstance(value, RangeSweep):
        return [value.start]
    return [] if override.is_sweep_override() else [value]


def _count(override: Override) -> int:
    sweep = override.value() if override.is_sweep_override() else None
    if isinstance(sweep, RangeSweep):
        start, stop, step = sweep.start or 0, sweep.stop or 0, sweep.step
        if step == 0 or not all(map(math.isfinite, (start, stop, step))):
            raise InputError(
                override.key_or_group,
                "a range of finite numbers, with steps other than 0",
                Found(override.input_line or ""),
            )
        return max(0, math.ceil((stop - start) / step))
    if isinstance(sweep, ChoiceSweep):
        return len(sweep.list)
    return 1


def _choices(text: str, override: Override) -> Iterator[str]:
    if not override.is_sweep_override():
        yield text
        return
    loader = GlobalHydra.instance().config_loader()
    if override.is_discrete_sweep():
        values = override.sweep_string_iterator()
    elif hasattr(override.value(), "filter"):  # a glob such as objective=*
        values = iter(override.value().filter(loader.get_group_options(override.key_or_group)))  # type: ignore[union-attr]
    else:
        raise InputError(override.key_or_group, "a list of choices or a range", text, "-m cannot sweep an interval.")
    for value in values:
        yield f"{override.get_key_element()}={value}"


def check_digits(words: list[str]) -> None:
    """Python reads no integer of more than 4,300 digits."""
    for word in words:
        key, _, value = word.partition("=")
        if re.search(rf"\d{{{_MOST_DIGITS + 1}}}", value.replace("_", "")):
            raise InputError(key, f"numbers of at most {_MOST_DIGITS} digits", Found("a longer one"))


def as_typed(word: str) -> str:
    """An override of `name` or `run_key` with its value in quotes: Hydra reads 2024, 1e5 and true as other values.

    Letters that Hydra does not know stand in quotes too: the rule for names then says what is wrong with them.

    >>> as_typed("name=1e5"), as_typed("name=1,02"), as_typed("name=null"), as_typed("n_iter=5")
    ("name='1e5'", "name='1','02'", 'name=null', 'n_iter=5')
    >>> as_typed("name=ünï"), as_typed("name=${oc.env:USER}")
    ("name='ünï'", 'name=${oc.env:USER}')
    """
    key, equals, values = word.partition("=")
    if key.lstrip("+") not in _TEXTS or values == "null":
        return word
    from rmsprop_lab.base.names import is_name  # imports NumPy, which --help does not need

    names = values.split(",")
    if not all(is_name(name) or re.fullmatch(r"(?:[\w.-]|[^\x00-\x7f])+", name) for name in names):
        return word
    return key + equals + ",".join(f"'{name}'" for name in names)


def as_shown(word: str) -> str:
    """The override that `as_typed` made of a typed one, as it was typed.

    >>> as_shown("name='1e5'"), as_shown("name='a','b'"), as_shown("n_iter=5")
    ('name=1e5', 'name=a,b', 'n_iter=5')
    """
    key, equals, values = word.partition("=")
    return key + equals + values.replace("'", "") if key.lstrip("+") in _TEXTS else word
