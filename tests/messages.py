"""Collects every message that a user can see into `outputs/messages.md`: `python tests/messages.py`.

Errors, warnings, printed lines, titles, captions and notes, by package, to be read in one sitting. Docstrings are not
messages, and neither are strings without a space.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rmsprop_lab import errors

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rmsprop_lab"
OUTPUT = ROOT / "outputs" / "messages.md"
ERRORS = {name for name, member in vars(errors).items() if isinstance(member, type) and issubclass(member, Exception)}
INPUT_PARTS = ("{}: expected {}", ", found {}.", " {}")


class Message(NamedTuple):
    """A text with its place; `call` is the innermost call, or assignment, that it belongs to."""

    path: Path
    line: int
    call: str
    text: str


def messages() -> Iterator[Message]:
    """Every message of the package, in the order of files and lines."""
    for path in sorted(PACKAGE.rglob("*.py")):
        found = _in_node(path, ast.parse(path.read_text(encoding="utf-8")), "")
        yield from sorted(dict.fromkeys(found), key=lambda message: message.line)


def _in_node(path: Path, node: ast.AST, call: str) -> Iterator[Message]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call):
        call = _name(node.func)
        if call in ERRORS:
            yield Message(path, node.lineno, call, _error(call, node.args))
            return
        if call == "Found":
            yield Message(path, node.lineno, call, _text(node.args[0]))
            return
    if isinstance(node, ast.keyword):
        call = f"{call}({node.arg})" if call else str(node.arg)
    if isinstance(node, ast.Assign):
        call = f"{ast.unparse(node.targets[0])} ="
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = _text(node)
        if _is_prose(node, text):
            yield Message(path, node.lineno, call, text)
        return
    for field, child in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for part in child if isinstance(child, list) else [child]:
                if isinstance(part, ast.AST):
                    yield from _in_node(path, part, call)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_prose(node: ast.Constant | ast.JoinedStr, text: str) -> bool:
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return False
    return " " in text.strip() and any(letter.isalpha() for letter in text)


def _error(name: str, arguments: list[ast.expr]) -> str:
    """An error as it is printed: `InputError` has a key, what is expected, what was found, and what to change."""
    texts = [_text(argument) for argument in arguments]
    if name != "InputError" or not 3 <= len(texts) <= 4:
        return " ".join(texts)
    key, expected, *rest = texts
    return INPUT_PARTS[0].format(key, expected) + "".join(
        part.format(text) for part, text in zip(INPUT_PARTS[1:], rest, strict=False)
    )


def _text(node: ast.expr) -> str:
    """A string with `{expression}` for each part that is computed."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    if isinstance(node, ast.Call) and _name(node.func) == "Found":
        return _text(node.args[0])
    return f"{{{ast.unparse(node)}}}"


def markdown() -> str:
    """All messages as a document with a section for each package."""
    lines, section = ["# Every message a user can see", ""], ""
    for message in messages():
        inside = message.path.relative_to(PACKAGE)
        package = inside.parts[0].removesuffix(".py")
        if package != section:
            section = package
            lines += ["", f"## {package}", ""]
        text = message.text.replace("\n", "\\n")
        lines.append(f"- `{inside}:{message.line}` {message.call}: {text}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(markdown(), encoding="utf-8")
    print(OUTPUT)
