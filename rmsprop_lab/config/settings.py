"""Reads a composed config, as plain data, and checks it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.checks import flag, integer
from rmsprop_lab.base.names import check_name
from rmsprop_lab.config import values
from rmsprop_lab.config.builder import build
from rmsprop_lab.config.other_names import meant_by
from rmsprop_lab.errors import Found, InputError, did_you_mean
from rmsprop_lab.evaluation.maps import MAX_RESOLUTION
from rmsprop_lab.plan.pictures import checked_animate
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Space, check_names, range_from
from rmsprop_lab.plan.starts import MOST_STARTS, Starts
from rmsprop_lab.plan.study import Study
from rmsprop_lab.tracking.uri import WRITERS, is_database, named_uri

T = TypeVar("T")
TASKS = ("run", "plan", "check", "list", "landscape", "refill", "optuna", "merge", "report", "rerun", "playground")
_VALUES = (
    *("task", "name", "output_dir", "n_iter", "print_trace", "figures", "animate", "report", "engine", "jobs"),
    *("shards", "shard", "from", "studies", "run_key", "target", "trust", "fresh"),
)
# The keys of each node. Those of `search` and `starts` may be missing, as in the recorded configs of older versions.
_NODES = {
    "limits": ("runs", "wait", "silence"),
    "landscape": ("resolution",),
    "evaluation": ("count", "seed"),
    "verdict": ("delta",),
    "tracking": ("backend", "uri", "writer"),
    "starts": tuple(field.name for field in fields(Starts)),
    "search": tuple(field.name for field in fields(Search)),
}
_KEYS = (*_VALUES, *_NODES, "objective", "optimizer")


@dataclass(frozen=True)
class Settings:
    """A checked job: the task, the study, and the options of config.yaml that are not part of the study.

    Args:
        task: One of `TASKS`.
        study: The study.
        output_dir: The folder of all studies.
        tracking: `mlflow` or `none`.
        tracking_uri: The MLflow store that the user names; None for the one in `output_dir`.
        tracking_writer: How runs are logged, see `tracking/mlflow.yaml`.
        print_trace: Whether to print every iteration.
        figures: Whether to draw figures.
        animate: Whether to draw the race of the optimizers too.
        report: Whether to write the page that stands alone.
        wait: Seconds to wait for a lock that another process holds.
        silence: Seconds to wait for shards of which nothing new is heard.
        jobs: Number of processes that compute the study.
        sources: The folders that are merged into this one.
        studies: The names of the studies whose reports stand side by side.
        run_key: The key of the run to compute again, or its first digits; empty for other tasks.
        resolution: Number of points along each axis of a landscape.
        trust: Whether code that only the study's folder names may run.
        fresh: Whether to begin the study anew.
    """

    task: str
    study: Study
    output_dir: str
    tracking: str
    tracking_uri: str | None
    tracking_writer: str
    print_trace: bool
    figures: bool
    animate: bool
    report: bool
    wait: float
    silence: float
    jobs: int
    sources: tuple[str, ...]
    studies: tuple[str, ...]
    run_key: str
    resolution: int
    trust: bool
    fresh: bool

    @property
    def logs_to_server(self) -> bool:
        """Whether a server takes the runs, rather than a database."""
        return self.tracking == "mlflow" and self.tracking_uri is not None and not is_database(self.tracking_uri)


def read(config: Mapping[str, Any]) -> Settings:
    """Reads the job that a composed config describes.

    Args:
        config: The config as plain data, interpolations resolved.

    Raises:
        InputError: A key is unknown or missing, or a value is not valid. The error's key is the key in the config.
    """
    _check_keys(config)
    if config["task"] not in TASKS:
        raise InputError("task", "a task", config["task"], did_you_mean(str(config["task"]), TASKS))
    study = _study(config)
    figures = flag(config["figures"], "figures")
    output_dir = values.output_dir(config["output_dir"])
    tracking = config["tracking"]
    return Settings(
        task=config["task"],
        study=study,
        output_dir=output_dir,
        tracking=values.choice(tracking["backend"], "tracking.backend", ("mlflow", "none")),
        tracking_uri=named_uri(tracking["uri"]),
        tracking_writer=values.choice(tracking["writer"], "tracking.writer", WRITERS),
        print_trace=flag(config["print_trace"], "print_trace"),
        figures=figures,
        animate=checked_animate(config["animate"], figures),
        report=flag(config["report"], "report"),
        wait=values.seconds(config["limits"]["wait"], "limits.wait"),
        silence=values.seconds(config["limits"]["silence"], "limits.silence"),
        jobs=values.jobs(config),
        sources=values.sources(config["from"], config["task"]),
        studies=values.studies(config["studies"], config["task"]),
        run_key=values.run_key(config["run_key"], config["task"]),
        resolution=integer(config["landscape"]["resolution"], "landscape.resolution", 2, MAX_RESOLUTION),
        trust=flag(config["trust"], "trust"),
        fresh=values.fresh(config["fresh"], config["task"], study.is_part),
    )


def _study(config: Mapping[str, Any]) -> Study:
    """The study of a config, after its objectives and optimizers were called once."""
    objectives = {
        name: build(spec, Objective, f"objective.{name}") for name, spec in _entries(config, "objective").items()
    }
    optimizers, spaces = {}, {}
    for name, spec in _entries(config, "optimizer").items():
        optimizers[name], spaces[name] = optimizer_and_space(name, spec)
    given: dict[str, Any] = {
        "starts": _below("starts", _starts, config["starts"]),
        "search": _below("search", _search, config["search"]),
        "evaluation": _below("evaluation", _evaluation, config["evaluation"]),
        "max_runs": values.max_runs(config["limits"]["runs"]),
        "name": _study_name(config["name"]),
        "delta": config["verdict"]["delta"],
        **{key: config[key] for key in ("n_iter", "engine", "target", "shards", "shard")},
    }
    try:
        study = Study(objectives=objectives, optimizers=optimizers, spaces=spaces, **given)
        study.check_code()
    except InputError as error:
        raise _in_keys_of_the_config(error, list(optimizers)) from None
    return study


def optimizer_and_space(name: str, spec: Mapping[str, Any]) -> tuple[Optimizer, Space]:
    """The optimizer that an entry of the config describes, and the ranges of its hyperparameters."""
    fields = dict(spec)
    space = fields.pop("space", None)
    optimizer = build(fields, Optimizer, f"optimizer.{name}")
    return optimizer, _space(space, optimizer, f"optimizer.{name}.space")


def _in_keys_of_the_config(error: InputError, optimizers: Sequence[str]) -> InputError:
    """An error of `Study`, with keys of the config in place of the names of arguments."""
    names = {f"spaces.{name}": f"optimizer.{name}.space" for name in sorted(optimizers, key=len, reverse=True)}
    names |= {"objectives.": "objective.", "optimizers.": "optimizer.", "max_runs": "limits.runs"}

    def named(text: str) -> str:
        for name, key in names.items():
            text = text.replace(name, key)
        return text

    key = "verdict.delta" if error.key == "delta" else named(error.key)
    return InputError(key, named(error.expected), error.found, named(error.change))


def _check_keys(config: Mapping[str, Any]) -> None:
    """Checks that every key of the config and of its nodes is known, and that none is missing."""
    if "experiment" in config:
        expected = "a file that begins with `# @package _global_`"
        raise InputError("experiment", expected, Found("one without"), "Make this its first line.")
    _check_known(config, "", _KEYS)
    _check_there(config, "", (*_VALUES, *_NODES))
    for name, keys in _NODES.items():
        node = config[name]
        if not isinstance(node, Mapping):
            raise InputError(name, "a mapping", node, _instead(name, node))
        _check_known(node, name, keys)
        _check_there(node, name, keys[:1] if name in ("starts", "search") else keys)


def _instead(name: str, value: Any) -> str:
    """What to write in place of a value that is no mapping; a text is an option, chosen in a file."""
    if isinstance(value, str) and name in ("starts", "search", "tracking", "objective", "optimizer"):
        return f"To choose an option in a file, write `- override /{name}: {value}` below `defaults:`."
    return f"To set a value in it, use {name}.<key>=<value>."


def _check_known(node: Mapping[str, Any], name: str, keys: Sequence[str]) -> None:
    for key in node:
        if key not in keys:
            where = f"a key of {name or 'the config'}"
            raise InputError(f"{name}.{key}".lstrip("."), where, str(key), did_you_mean(meant_by(str(key)), keys))


def _check_there(node: Mapping[str, Any], name: str, keys: Sequence[str]) -> None:
    for key in keys:
        if key not in node:
            change = "Keep the one of conf/config.yaml, or set another."
            raise InputError(f"{name}.{key}".lstrip("."), "a value", Found("none"), change)


def _entries(config: Mapping[str, Any], group: str) -> dict[str, Mapping[str, Any]]:
    entries = config.get(group) or {}
    if isinstance(entries, str):
        raise InputError(group, "at least one option", entries, _instead(group, entries))
    if not isinstance(entries, Mapping) or not entries:
        raise InputError(group, "at least one option", Found("none"), f"List one or more, as in {group}=[a,b].")
    for name, spec in entries.items():
        check_name(name, group, f"Rename the {group}.")
        if not isinstance(spec, Mapping):
            raise InputError(f"{group}.{name}", "an entry with a `_target_`", spec)
    return dict(entries)


def _study_name(value: Any) -> Any:
    """The name of a study: YAML and Hydra read 2024 as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _space(space: Any, optimizer: Optimizer, key: str) -> Space:
    if space is None:
        return {}
    if not isinstance(space, Mapping):
        raise InputError(key, "a mapping from names of hyperparameters to ranges", space)
    check_names(space, optimizer, key)
    ranges = {}
    for name, spec in space.items():
        check_name(name, key)
        if spec is None:
            continue  # `optimizer.rmsprop.space.rho=null` takes rho out of the search
        if not isinstance(spec, Mapping):
            expected, change = "a range: {low, high, scale, points} or {values}", "Try {values: [0.01, 0.1]}."
            raise InputError(f"{key}.{name}", expected, spec, change)
        ranges[name] = _below(f"{key}.{name}", range_from, spec)
    return ranges


def _search(given: Mapping[str, Any]) -> Search:
    over = given.get("over")
    return Search(**{**given, "over": tuple(over) if isinstance(over, list) else over})


def _starts(given: Mapping[str, Any]) -> Starts:
    return Starts(**given)


def _evaluation(given: Mapping[str, Any]) -> Starts | None:
    """The fresh starts; None for a count of 0, which means no evaluation."""
    return Starts("fresh", **given) if integer(given["count"], "count", 0, MOST_STARTS) else None


def _below(key: str, make: Callable[[Any], T], given: Mapping[str, Any]) -> T:
    try:
        return make(given)
    except InputError as error:
        raise error.under(key) from None
