"""Reads the YAML files of other people: the one place that opens them, with limits on what they may be."""

import stat
from pathlib import Path
from typing import Any

import yaml

from rmsprop_lab.config.yaml_errors import explained, wrong_key, wrong_tag
from rmsprop_lab.errors import Found, InputError

MOST_BYTES = 1_000_000
MOST_VALUES = 50_000  # with aliases written out; composing and resolving take 0.1 ms for each
_RECORDED = 20  # what this package wrote may be so many times longer: it joins files, and writes lists line by line
_MOST_DEPTH = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C version, if PyYAML has it, is ten times as fast
_BROKEN = (yaml.YAMLError, ValueError, TypeError, AttributeError, KeyError)  # all raised by PyYAML, as for 2020-99-99


def read_yaml(path: Path, key: str, name: str = "") -> Any:
    """Reads a YAML file, after its kind, size, depth, aliases and keys were checked.

    Args:
        path: The file.
        key: Config key or option that the file belongs to, for errors.
        name: The file's name in errors; its path if empty.

    Raises:
        InputError: The file cannot be read, is no regular file, is too large or too deep, is not YAML in UTF-8,
            contains itself, has a key twice, or grows too large when its aliases are written out.
    """
    return _parsed(path, key, name or str(path), 1)


def read_recorded(path: Path) -> Any:
    """Reads a file that this package wrote; the same as `read_yaml`, but it may be longer."""
    return _parsed(path, "commands", path.name, _RECORDED)


def _parsed(path: Path, key: str, name: str, times: int) -> Any:
    text = _text(path, key, name, MOST_BYTES * times)
    try:
        _check_events(text, key, name, MOST_VALUES * times)
        root = yaml.compose(text, Loader=_Loader)
        if root is not None and _written_out(root, key, name, {}) > MOST_VALUES * times:
            raise _too_many(key, f"{name}, with its aliases written out", MOST_VALUES * times)
        return yaml.load(text, Loader=_Loader)
    except InputError:
        raise
    except _BROKEN as error:
        reason, change = explained(error, text)
        raise InputError(key, "valid YAML", Found(f"{name}, {reason}"), change) from None


def _text(path: Path, key: str, name: str, most: int) -> str:
    """The text of a regular file; its kind is looked at before it is opened, as a pipe would wait for a writer."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise InputError(
                key, "YAML files", Found(f"{name}, which is no regular file"), "Take it out of the folder."
            )
        if about.st_size > most:
            found = Found(f"{name} with {about.st_size:,}")
            raise InputError(key, f"YAML files of at most {most:,} bytes", found, "Make it shorter.")
        with path.open("rb") as file:
            return file.read(most).decode("utf-8")
    except OSError as error:
        found = Found(f"{name} ({error.strerror or error})")
        raise InputError(key, "YAML files that can be read", found, "Mend it, or take it out of the folder.") from None
    except UnicodeDecodeError as error:
        raise InputError(key, "YAML files in UTF-8", Found(f"{name} ({error})"), "Save it in UTF-8.") from None


def _check_events(text: str, key: str, name: str, most: int) -> None:
    """Checks depth and number of values by the parser's events, which come one by one: building the nodes recurses."""
    depth = count = 0
    for event in yaml.parse(text, Loader=_Loader):
        count += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_DEPTH:
            found = Found(f"more in {name}, line {_line(event)}")
            raise InputError(key, f"at most {_MOST_DEPTH} levels of lists and mappings", found, "Flatten it.")
        if count > most:
            raise _too_many(key, name, most)


def _too_many(key: str, name: str, most: int) -> InputError:
    return InputError(key, f"YAML files of at most {most:,} values", Found(f"more in {name}"), "Make it shorter.")


def _written_out(node: yaml.Node, key: str, name: str, sizes: dict[int, int]) -> int:
    """The number of nodes below a node with every alias written out; each node is visited once.

    Args:
        node: The node.
        key: For errors.
        name: For errors.
        sizes: The sizes of the nodes that were visited, by identity; 0 while a node is being visited.
    """
    if id(node) in sizes:
        if not sizes[id(node)]:
            found = Found(f"an anchor in {name}, line {_line(node)}, that contains itself")
            raise InputError(key, "YAML that ends", found, "Take out the alias.")
        return sizes[id(node)]
    sizes[id(node)] = 0
    size = 1
    if tag := wrong_tag(node):
        found = Found(f"{tag} in {name}, line {_line(node)}")
        raise InputError(key, "YAML of plain values", found, "Take out the tag: a config describes, it runs nothing.")
    if isinstance(node, yaml.MappingNode):
        _check_keys(node, key, name)
        size += sum(_written_out(part, key, name, sizes) for pair in node.value for part in pair)
    elif isinstance(node, yaml.SequenceNode):
        size += sum(_written_out(part, key, name, sizes) for part in node.value)
    sizes[id(node)] = size
    return size


def _check_keys(node: yaml.MappingNode, key: str, name: str) -> None:
    seen = set()
    for part, _ in node.value:
        if wrong := wrong_key(part):
            from rmsprop_lab.base.names import IN_QUOTES  # imports NumPy, which --help does not need

            change = IN_QUOTES if isinstance(part, yaml.ScalarNode) else "Put text that begins with [ or { in quotes."
            raise InputError(key, "names as keys", Found(f"{wrong} in {name}, line {_line(part)}"), change)
        if isinstance(part, yaml.ScalarNode) and part.tag != "tag:yaml.org,2002:merge":
            if (part.tag, part.value) in seen:
                found = Found(f"{part.value!r} twice in {name}, line {_line(part)}")
                raise InputError(key, "every key once in a mapping", found, "Keep one of them.")
            seen.add((part.tag, part.value))


def _line(part: yaml.Event | yaml.Node) -> int:
    assert part.start_mark is not None
    return part.start_mark.line + 1
