"""A JSON schema of conf/, for editors: keys, types, defaults and words are those of conf/ and of the classes."""

import dataclasses
import json
import math
from typing import Any, get_args

from making.docstrings import arguments, first_paragraph
from making.keys import CONF, GROUPS, keys, options, read, title
from rmsprop_lab.base import Interval, Objective, Optimizer, intervals
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.config.settings import TASKS
from rmsprop_lab.config.values import MOST_JOBS, MOST_RUNS
from rmsprop_lab.descent.engines import Engine
from rmsprop_lab.evaluation.maps import MAX_RESOLUTION
from rmsprop_lab.plan.problem import MOST_ITERATIONS
from rmsprop_lab.plan.scale import Scale
from rmsprop_lab.plan.scores import SCORES
from rmsprop_lab.plan.search_settings import MOST_REPEATS, SEARCHES
from rmsprop_lab.plan.starts import MOST_STARTS, Method
from rmsprop_lab.tracking.uri import WRITERS

FILE = CONF / "schema.json"
Schema = dict[str, Any]

NAME: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"}
NUMBERS: Schema = {"type": "array", "items": {"type": "number"}}
BOUNDS: Schema = {"type": "array", "items": {"anyOf": [{"type": "number"}, NUMBERS]}, "minItems": 1}


def one_of(values: Any) -> Schema:
    return {"enum": list(values)}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def whole(least: int, most: int | None = None) -> Schema:
    return {"type": "integer", "minimum": least} | ({} if most is None else {"maximum": most})


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


# What a default does not say; any other key has the type of its default.
_TYPES: dict[str, Schema] = {
    "task": one_of(TASKS),
    "name": NAME,
    "n_iter": whole(1, MOST_ITERATIONS),
    "engine": one_of(get_args(Engine)),
    "jobs": whole(1, MOST_JOBS),
    "shards": whole(1),
    "shard": whole(0),
    "studies": or_null({"type": "array", "items": NAME, "minItems": 2}),
    "from": or_null(listed({"type": "string"})),
    "run_key": or_null({"type": "string"}),
    "evaluation.count": whole(0, MOST_STARTS),
    "search.method": one_of(SEARCHES),
    "search.score": or_null(one_of(SCORES)),
    "search.over": or_null(listed({"type": "string"})),
    "search.points": or_null(whole(1)),
    "search.trials": whole(1),
    "search.batch": whole(1),
    "search.repeats": whole(1, MOST_REPEATS),
    "tracking.backend": one_of(options("tracking")),
    "tracking.uri": or_null({"type": "string"}),
    "tracking.writer": one_of(WRITERS),
    "target": or_null({"type": "number", "exclusiveMinimum": 0}),
    "verdict.delta": {"type": "number", "exclusiveMinimum": 0},
    "landscape.resolution": whole(2, MAX_RESOLUTION),
    "limits.runs": whole(1, MOST_RUNS),
    "limits.wait": {"type": "number", "minimum": 0},
    "limits.silence": {"type": "number", "minimum": 0},
}
_STARTS: dict[str, tuple[Schema, str]] = {
    "method": (
        one_of(sorted(get_args(Method))),
        "how starts are chosen; set by the option: starts=fixed; fresh: like uniform, but those that evaluation draws",
    ),
    "count": (whole(1, MOST_STARTS), "number of starts"),
    "seed": (whole(0), "of the starts"),
    "points": (or_null(listed(NUMBERS)), "fixed: a row of coordinates per start"),
}
_RANGE: dict[str, tuple[Schema, str]] = {
    "low": ({"type": "number"}, "lowest number"),
    "high": ({"type": "number"}, "highest number"),
    "scale": (one_of(get_args(Scale)), "even spacing in x, in log x, or in log(1 - x), for decay rates"),
    "points": (or_null(whole(1)), "number of grid points"),
    "values": (or_null(listed({"type": ["number", "boolean"]})), "these in place of low, high, scale and points"),
    "when": ({"type": "object"}, "varies only with these values of another hyperparameter, as in {centered: true}"),
}


def mapping(properties: dict[str, Schema], closed: bool = True) -> Schema:
    return {"type": "object", "properties": properties} | ({"additionalProperties": False} if closed else {})


def worded(table: dict[str, tuple[Schema, str]]) -> dict[str, Schema]:
    return {name: {**schema, "description": words} for name, (schema, words) in table.items()}


def by_default(default: Any) -> Schema:
    """The type of a key's default; an integer may be a seed, which is not negative."""
    kinds = ((bool, {"type": "boolean"}), (int, whole(0)), (float, {"type": "number"}), (str, {"type": "string"}))
    return next(schema for kind, schema in kinds if isinstance(default, kind))


def config_keys() -> dict[str, Schema]:
    """The properties of config.yaml."""
    found: dict[str, Schema] = {}
    for key in keys():
        *above, last = key.name.split(".")
        where = found if not above else found[above[0]]["properties"]
        told = {"description": key.words} if key.words else {}
        if isinstance(key.default, dict):
            where[last] = mapping({}) | told
        else:
            default = {} if key.default == "???" else {"default": key.default}
            where[last] = (_TYPES.get(key.name) or by_default(key.default)) | default | told
    return found


def interval_schema(interval: Interval) -> Schema:
    if interval.kind == "flag":
        return {"type": "boolean"}
    low = {} if math.isinf(interval.low) else {"minimum" if interval.closed_low else "exclusiveMinimum": interval.low}
    high = {} if math.isinf(interval.high) else {"exclusiveMaximum": interval.high}
    return {"type": "integer" if interval.kind == "whole" else "number"} | low | high


def field_schema(cls: type, item: dataclasses.Field[Any]) -> Schema:
    """The type of a field of a class, its default and its words."""
    if issubclass(cls, Optimizer):
        kind = interval_schema(intervals(cls)[item.name])
    elif item.name == "objective":
        kind = {"$ref": "#/definitions/objective"}
    elif item.name == "bounds":
        kind = BOUNDS
    elif item.type in (int, float):
        kind = whole(0) if item.type is int else {"type": "number"}
    else:  # a number for every coordinate, or one per coordinate
        kind = {"type": ["number", "array"]}
    words = arguments(cls.__doc__ or "").get(item.name, "")
    default = item.default if isinstance(item.default, bool | int | float) else None
    given = {} if default is None else {"default": default}
    return kind | given | {"description": words} if "$ref" not in kind else kind


def entry_of(cls: type) -> Schema:
    """What an entry of one of our classes may hold."""
    fields = {item.name: field_schema(cls, item) for item in dataclasses.fields(cls) if item.init}
    found: dict[str, Schema] = {"_target_": {}, **fields}
    if issubclass(cls, Optimizer):
        ranges = {name: {"$ref": "#/definitions/range"} for name in fields}
        found["space"] = mapping(ranges)
    return mapping(found)


def entry(kinds: dict[str, type], own: str) -> Schema:
    """An entry with a `_target_`: of one of our classes its fields only, of another class whatever it has."""
    targets = {f"{cls.__module__}.{cls.__name__}": cls for cls in kinds.values()}
    described = [{"const": name, "description": first_paragraph(cls.__doc__ or "")} for name, cls in targets.items()]
    target = {
        "description": f"the class: {own} beside this file, or package.module.Class",
        "anyOf": [*described, {"type": "string", "pattern": r"^.+(\.py:|\.)[A-Za-z_]\w*$"}],
        "examples": [own, *targets],
    }
    ours = [
        {"if": {"required": ["_target_"], "properties": {"_target_": {"const": name}}}, "then": entry_of(cls)}
        for name, cls in targets.items()
    ]
    space = {"description": "the range of each hyperparameter to search"}
    of_any = {"_target_": target}
    if any(issubclass(cls, Optimizer) for cls in kinds.values()):
        of_any["space"] = space | {"type": "object", "additionalProperties": {"$ref": "#/definitions/range"}}
    return {"type": "object", "required": ["_target_"], "properties": of_any, "allOf": ours}


def defaults_list() -> Schema:
    """The list of chosen options at the top of an experiment."""
    chosen: dict[str, Schema] = {}
    for group in GROUPS:
        name = {"type": ["string", "null"]} if group == "experiment" else {"type": "string"}
        several = {"anyOf": [name, listed({"type": "string"})]} if group in ("objective", "optimizer") else name
        examples = {"examples": list(options(group))}
        words = {"description": "; ".join(f"{option}: {title(path)}" for option, path in options(group).items())}
        for prefix in ("", "override /"):
            chosen[prefix + group] = several | examples | (words if len(options(group)) < 10 else {})
    item = {"type": "object", "properties": chosen, "patternProperties": {"^override /?hydra/": {}}}
    return {
        "description": "the options that are chosen, as in `- override /search: tpe`",
        "type": "array",
        "items": {"anyOf": [{"enum": ["_self_"]}, item | {"additionalProperties": False}]},
    }


def schema() -> Schema:
    """The schema: of config.yaml and experiments; below `definitions` those of the other files."""
    objectives = classes_in("rmsprop_lab.objectives", Objective) | classes_in("rmsprop_lab.wrappers", Objective)
    optimizers = classes_in("rmsprop_lab.optimizers", Optimizer)
    found = config_keys()
    starts = mapping(worded(_STARTS))
    for name, default in read(CONF / "starts/uniform.yaml").items():
        starts["properties"][name] |= {"default": default} if name in ("count", "seed") else {}
    many = {"type": "object", "minProperties": 1, "propertyNames": NAME}
    of_objectives = many | {"additionalProperties": {"$ref": "#/definitions/objective"}}
    of_optimizers = many | {"additionalProperties": {"$ref": "#/definitions/optimizer"}}
    properties = {
        "defaults": defaults_list(),
        **found,
        "starts": {"$ref": "#/definitions/starts"},
        "search": {"$ref": "#/definitions/search"},
        "tracking": {"$ref": "#/definitions/tracking"},
        "objective": {"$ref": "#/definitions/objectives"},
        "optimizer": {"$ref": "#/definitions/optimizers"},
        "hydra": {"description": "Hydra's own; of it only the launcher may be chosen", "type": "object"},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "rmsprop_lab",
        "description": "config.yaml and experiments; #/definitions/objectives, optimizers, search, starts, tracking "
        "are the files of these groups. Written by `make gallery`.",
        **mapping(properties),
        "definitions": {
            "range": mapping(worded(_RANGE)),
            "objective": entry(objectives, "mine.py:Mine"),
            "optimizer": entry(optimizers, "mine.py:Mine"),
            "objectives": of_objectives,
            "optimizers": of_optimizers,
            "search": found["search"],
            "starts": starts,
            "tracking": found["tracking"],
        },
    }


def text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
