"""The page of all config keys: what the schema says, as tables."""

import json
from typing import Any

from making.keys import options, title
from making.schema import Schema, schema

_HEAD = """\
# Configuration

Every key of the config, with its default. Written by `make gallery` from `conf/`.

Set a key on the command line, as in `n_iter=200` or `search.trials=64`, or in an
[experiment file](#a-file-of-your-own). `rmsprop-lab --cfg job` shows what a command's config is, and computes nothing.
"""

_OWN = """\
## A file of your own

An experiment is a file that sets keys. It chooses objectives and optimizers, and may set what is in them.
`mine/experiment/night.yaml`:

```yaml
# @package _global_
# yaml-language-server: $schema=../../conf/schema.json
defaults:
  - override /objective: [rosenbrock]
  - override /optimizer: [rmsprop, adam]
  - override /search: tpe

name: night
n_iter: 500
search:
  trials: 48
```

```console
rmsprop-lab --config-dir mine experiment=night
```

## In an editor

With the second line above an editor completes keys, shows these words and underlines a typo: VS Code with the YAML
extension of Red Hat, and other editors with yaml-language-server. It gives the path, from the file, of

| for | `$schema=` |
|---|---|
| an experiment | `conf/schema.json` |
| an optimizer | `conf/schema.json#/definitions/optimizers` |
| an objective | `conf/schema.json#/definitions/objectives` |
| starts | `conf/schema.json#/definitions/starts` |

An installed package has the file too, in `rmsprop_lab/conf/`. Tried with yaml-language-server 1.25.
"""

_SECTIONS = {
    "evaluation": "fresh starts",
    "search": "how hyperparameters are chosen",
    "starts": "where descents begin",
    "tracking": "MLflow",
    "verdict": "what counts as a difference",
    "landscape": "dense maps",
    "limits": "sizes and patience",
}


_PLURAL = {
    "string": "names",
    "array": "lists of numbers",
    "['number', 'boolean']": "numbers, or `[false, true]`",
}


def values(part: Schema) -> str:
    """The values that a key may have, in words."""
    if "anyOf" in part:
        return ", ".join(values(kind) for kind in part["anyOf"])
    if "enum" in part:
        steps = [value for value in part["enum"] if str(value).startswith("steps_to_")]
        others = [f"`{value}`" for value in part["enum"] if value not in steps]
        return ", ".join(others + ([f"`{steps[0]}` … `{steps[-1]}`"] if steps else []))
    if part["type"] == "array":
        return f"list of {_PLURAL[str(part['items']['type'])]}"
    names = {"boolean": "`true`, `false`", "string": "text", "null": "`null`", "integer": "integer", "number": "number"}
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    ends = [f"{sign} {part[name]:,}" for name, sign in limits.items() if name in part]
    kind = part["type"] if isinstance(part["type"], list) else [part["type"]]
    return " ".join([" or ".join(names.get(name, name) for name in kind), ", ".join(ends)]).strip()


def shown(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False).strip(chr(34))}`"


def table(properties: dict[str, Schema], prefix: str = "") -> str:
    """A row for each key that is no mapping."""
    rows = ["| key | default | values | |", "|---|---|---|---|"]
    for name, part in properties.items():
        default = shown(part["default"]) if "default" in part else ""
        words = part.get("description", "").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
        rows.append(f"| `{prefix}{name}` | {default} | {values(part)} | {words} |")
    return "\n".join(rows)


def option_table(group: str) -> str:
    rows = [f"| `{group}=` | |", "|---|---|"]
    return "\n".join([*rows, *(f"| `{name}` | {title(path)} |" for name, path in options(group).items())])


def page() -> str:
    """The text of docs/configuration.md."""
    found = schema()
    single = {
        name: part
        for name, part in found["properties"].items()
        if name not in ("defaults", "hydra", *_SECTIONS) and "$ref" not in part
    }
    parts = [_HEAD, "## The study and the command\n", table(single)]
    for name, words in _SECTIONS.items():
        part = found["definitions"].get(name) or found["properties"][name]
        told = f"\n{part['description'][0].upper()}{part['description'][1:]}.\n" if "description" in part else ""
        parts += [f"\n## `{name}`: {words}\n{told}", table(part["properties"], f"{name}.")]
    parts += [
        "\n## Options\n\n`objective=` and `optimizer=` take one name or a list, as in `'objective=[bowl,beale]'`: the\n"
        "[gallery](gallery.md) has all of them, with their own keys, as in `objective.bowl.dim=10`.\n",
        "\n\n".join(option_table(group) for group in ("experiment", "search", "starts", "tracking")),
        "\nLaunchers for `-m`: [Many machines](shards.md).\n",
        "## The range of a hyperparameter\n\n`optimizer.<name>.space.<hyperparameter>`: the grid, random search and "
        "Optuna draw from the same one.\n",
        table(found["definitions"]["range"]["properties"]),
        "\n" + _OWN,
    ]
    return "\n".join(parts)
