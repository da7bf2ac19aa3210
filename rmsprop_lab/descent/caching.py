"""Keeps compiled loops between processes.

numba stores compiled code beside its source file. So each pair of an objective and an optimizer gets a copy of
`kernels.py` in the user's cache folder. The copy's name has a hash of all code that is compiled, without docstrings and
comments. The folder may be deleted at any time; `NUMBA_CACHE_DIR` names another one.
"""

import ast
import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import FunctionType

import numpy as np

_KERNELS = Path(__file__).with_name("kernels.py")
_LOADING = Path(__file__).with_name("loading.py")


def copy_for(functions: Iterable[FunctionType], layout: str) -> Path | None:
    """Writes the copy of `kernels.py` for a pair, unless it exists.

    Args:
        functions: The functions of the objective and the optimizer that are compiled into the loop.
        layout: Everything else that decides the compiled code, as text.

    Returns:
        The copy's path. None if the folder cannot be written, and for functions from outside this package: they may
        depend on any file, so they are compiled again in each process.
    """
    import numba

    called = set(_with_helpers(functions))
    if any(not function.__module__.startswith("rmsprop_lab.") for function in called):
        return None
    with contextlib.suppress(OSError):  # no home folder, no space or no permission: nothing is kept
        names = sorted(f"{function.__module__}.{function.__qualname__}" for function in called)
        digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {names} {layout}".encode())
        for source in sorted({_KERNELS, _LOADING, *(Path(function.__code__.co_filename) for function in called)}):
            digest.update(_program(source).encode())
        path = _folder() / f"kernels_{digest.hexdigest()[:32]}.py"
        _write(path, _KERNELS.read_bytes())
        return path
    return None


def _with_helpers(functions: Iterable[FunctionType]) -> Iterator[FunctionType]:
    """The functions, the plain functions that they call by a name of their module, and those that these call."""
    for function in functions:
        yield function
        named = (function.__globals__.get(name) for name in function.__code__.co_names)
        yield from _with_helpers(helper for helper in named if isinstance(helper, FunctionType))


def _program(path: Path) -> str:
    """A file's syntax tree without docstrings, as text; comments and layout are not part of a tree."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def _folder() -> Path:
    import numba
    import platformdirs

    if numba.config.CACHE_DIR:
        return Path(numba.config.CACHE_DIR) / "rmsprop-lab"
    return platformdirs.user_cache_path("rmsprop-lab", appauthor=False)


def _write(path: Path, content: bytes) -> None:
    """Writes a file atomically, unless it has this content: numba discards compiled code if the file is newer."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
