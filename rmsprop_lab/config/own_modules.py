"""Imports a user's Python file, and the modules beside it, without a change to what anybody else can import.

A module of a file has the file's absolute path as its name: that is unique, and nothing else can be called so.
"""

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.metadata import packages_distributions
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any


def classes_in(file: Path) -> list[str]:
    """The names of the classes that a Python file defines, by its syntax tree; nothing in it runs.

    Raises:
        SyntaxError, ValueError, RecursionError, OSError: The file cannot be read or is no Python.
    """
    body = ast.parse(file.read_bytes(), file.name).body
    return [node.name for node in _statements(body) if isinstance(node, ast.ClassDef)]


def module_of(file: Path) -> ModuleType:
    """The module of a Python file; it runs the first time. What the file raises is raised.

    `import helper` in it finds `helper.py` beside it, unless the standard library or an installed package has a module
    of that name.
    """
    file = file.resolve()
    name = str(file)
    if name not in sys.modules:
        spec = spec_from_file_location(name, file, loader=_Loader(name, name))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module_from_spec(spec)
        try:
            spec.loader.exec_module(sys.modules[name])
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


class _Loader(SourceFileLoader):
    """Runs what stands in the file, never what a folder `__pycache__` beside it says that it holds."""

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code

    def exec_module(self, module: ModuleType) -> None:
        found = partial(_import, Path(self.path).parent)
        vars(module)["__builtins__"] = {**vars(builtins), "__import__": found}  # what an import statement calls
        super().exec_module(module)


def _import(
    folder: Path,
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    """What `import name` means in a module of a folder."""
    file = folder / f"{name}.py"
    if level or "." in name or not file.is_file() or _is_installed(name):
        return builtins.__import__(name, globals, locals, fromlist or (), level)
    if not file.resolve().is_relative_to(folder):
        raise ImportError(f"{file} is a link to a file outside of its folder")
    return module_of(file)


@cache
def _is_installed(name: str) -> bool:
    """Whether the standard library or an installed package has a module; the current folder does not count."""
    if name == "rmsprop_lab" or name in sys.stdlib_module_names:
        return True
    elsewhere = [entry for entry in sys.path if Path(entry).resolve() != Path.cwd()]
    for finder in sys.meta_path:
        found = PathFinder.find_spec(name, elsewhere) if finder is PathFinder else finder.find_spec(name, None)
        if found is not None and (found.origin is not None or name in packages_distributions()):
            return True
    return False


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, also those in `if`, `try` and `with`."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            inner = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
            handlers = [handler.body for handler in getattr(statement, "handlers", [])]
            for statements in (*inner, *handlers):
                yield from _statements(statements)
