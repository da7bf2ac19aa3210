"""What is wrong with a YAML file, where, and what to do about it, in place of the parser's own words."""

import re

import yaml

_PLAIN = "tag:yaml.org,2002:"
_KINDS = {"null", "bool", "int", "float", "str", "map", "seq", "merge", "timestamp", "binary", "value"}
_KEYS = {"bool", "int", "float", "str", "merge", "timestamp", "value"}
_TAB = "Indent with spaces, not with tabs."
_OTHER = "Put text with special characters in quotes."
# What to do, by words of what the parser says.
_ADVICE = {
    "found another document|single document": "Put each document into a file of its own: '---' begins another.",
    "undefined alias": "Text that begins with * is the name of an anchor: put it in quotes.",
    "mapping values are not allowed": "Put text with ': ' in it in quotes, and indent the keys of a mapping alike.",
    r"expected ',' or": "Close every [ and {, or put the text in quotes.",
    "unknown escape|hexadecimal": "Write a backslash in single quotes, as in 'a\\b'.",
    "unexpected end of stream|unexpected document separator": "Close the quotes.",
    "expected ':'": "Write `key: value`, with a space after the colon.",
    "expected key|block end|expected '-'|block mapping|block collection": "Indent the keys of a mapping alike.",
    "not allowed|#x": "Take the character out.",
    "month|day|year|hour|minute|second": "Put a date in quotes.",
    "base64": "Put the text in quotes, without a tag.",
}


def explained(error: Exception, text: str) -> tuple[str, str]:
    """What is wrong with a text and where, and what to do.

    Args:
        error: What PyYAML raised.
        text: The text of the file.
    """
    reason = " ".join(str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).split())
    mark = getattr(error, "problem_mark", None)
    position = getattr(error, "position", None)
    line = mark.line if mark else text[:position].count("\n") if isinstance(position, int) else None
    where = f"line {line + 1}: " if line is not None else ""
    if "cannot start any token" in reason and mark:
        letter = text.splitlines()[mark.line][mark.column : mark.column + 1]
        change = _TAB if letter == "\t" else f"Put text that begins with {letter} in quotes."
        return f"{where}a {'tab' if letter == chr(9) else letter} where none can stand", change
    reason = re.sub("^(but )?found ", "", reason)
    if line is not None and any(re.match(r" *\t", each) for each in text.splitlines()[max(0, line - 1) : line + 1]):
        return f"{where}{reason}", _TAB
    change = next((change for words, change in _ADVICE.items() if re.search(words, f"{reason} {error}")), _OTHER)
    return f"{where}{reason}", change


def wrong_tag(node: yaml.Node) -> str | None:
    """The tag of a node that describes no plain value, such as `!!python/object`; None for others."""
    tag = str(node.tag)
    if tag.removeprefix(_PLAIN) in _KINDS:
        return None
    return tag.replace(_PLAIN, "!!")


def wrong_key(node: yaml.Node) -> str | None:
    """What a key of a mapping is that is no name, in words; None for one that is."""
    if not isinstance(node, yaml.ScalarNode):
        return "a list or mapping as a key"
    kind = str(node.tag).removeprefix(_PLAIN)
    return (
        None if kind in _KEYS else "a key of null" if kind == "null" else f"a key that is no name, {node.value!r:.60}"
    )
