"""The source of classes outside rmsprop_lab, without what cannot change a result: comments, layout, docstrings."""

import ast
import hashlib
import inspect
import linecache
import sys
from pathlib import Path
from typing import Any

from rmsprop_lab.base import Objective, Optimizer, given_fields


def is_ours(cls: type) -> bool:
    """Whether a class is part of rmsprop_lab."""
    return cls.__module__.partition(".")[0] == "rmsprop_lab"


def is_all_ours(part: Objective | Optimizer) -> bool:
    """Whether the class of a part, and of every objective in its fields, is part of rmsprop_lab."""
    return is_ours(type(part)) and all(map(_without_foreign, given_fields(part).values()))


def source_digest(cls: type) -> str | None:
    """SHA-256 of the syntax trees of the modules that a class and its base classes come from.

    Only classes outside rmsprop_lab and the standard library count. The whole module does, as a class may use all of
    it, but no other module that it imports: what those change shows in the class's answers.

    Returns:
        The digest in hexadecimal; None for a class of rmsprop_lab.
    """
    if is_ours(cls):
        return None
    written = [base for base in cls.__mro__ if not is_ours(base) and _package(base) not in sys.stdlib_module_names]
    modules = {base.__module__: base for base in written}  # a module once, however many of the classes are from it
    digests = [_digest_of_text(_text_of(base)) for base in modules.values()]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _without_foreign(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_without_foreign, value))
    return not isinstance(value, Objective) or is_all_ours(value)


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _text_of(cls: type) -> bytes:
    """The text of the module, or of the notebook cell, that defines a class; empty where there is none to read."""
    try:
        file = inspect.getsourcefile(cls)
    except (TypeError, OSError):  # of a class that was typed in: its module has no file
        file = None
    if file and Path(file).is_file():
        return Path(file).read_bytes()
    codes = (getattr(member, "__code__", None) for member in vars(cls).values())
    typed = ("".join(linecache.getlines(code.co_filename)) for code in codes if code is not None)
    return next(filter(None, typed), "").encode()


def _digest_of_text(text: bytes) -> str:
    try:
        plain = repr(_plain(ast.parse(text))).encode()
    except (SyntaxError, ValueError, RecursionError):  # edited since it was imported, or a formula of 1000 terms
        plain = text
    return hashlib.sha256(plain).hexdigest()


def _plain(node: Any) -> Any:
    """A syntax tree as nested lists, without the places of its nodes and without statements that are a string.

    `ast.dump` and `ast.unparse` differ between Python 3.11 and 3.13, which have added fields (empty in older code) and
    other quotes. Here what is empty is left out.
    """
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if name != "kind"]  # u"" is ""
        return [type(node).__name__, *([name, _plain(value)] for name, value in fields if value not in (None, []))]
    if isinstance(node, list):
        return [_plain(item) for item in node if not _is_docstring(item)]
    return repr(node)


def _is_docstring(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
