"""Where compiled loops are kept between processes.

numba keeps what it compiled beside the file that it was compiled from, until that file changes. So each pair of an
objective and an optimizer gets a copy of `kernels.py` of its own, in the user's cache folder, named by a hash of all
that the loop is compiled from. The folder may be deleted at any time; `NUMBA_CACHE_DIR` names another one.
"""

import ast
import contextlib
import hashlib
import inspect
import textwrap
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import FunctionType
from typing import Any

import numpy as np

_HERE = Path(__file__).parent
_CONSTANTS = (bool, int, float, str, tuple, np.generic, np.ndarray)  # numba writes such globals into what it compiles


def copy_for(functions: Iterable[FunctionType], layout: str) -> Path | None:
    """The pair's copy of `kernels.py`, or None where nothing is kept.

    Args:
        functions: The functions of the pair, and the plain functions that they call, directly or not.
        layout: The fields that these functions read, and how many of them differ between descents.

    The loop of a pair with functions from outside this package is compiled in each process: a hash of these functions
    does not cover what they might use of other packages.
    """
    functions = list(functions)
    if any(not function.__module__.startswith("rmsprop_lab.") for function in functions):
        return None
    # no home, no room, no permission, no source; no platformdirs; a lambda whose line is no statement
    with contextlib.suppress(OSError, ImportError, SyntaxError):
        import numba

        loops, loader = (_bare(_HERE.joinpath(name).read_text("utf-8")) for name in ("kernels.py", "loading.py"))
        parts = [numba.__version__, np.__version__, layout, loops, loader, *sorted(map(_code, functions))]
        path = _folder() / f"kernels_{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}.py"
        _write(path, loops.encode())
        return path
    return None


def _code(function: FunctionType) -> str:
    """All of a function that numba compiles: its source code, and the constants outside of it that it names."""
    names = inspect.getclosurevars(function)
    outside = {**names.globals, **names.nonlocals}
    constants = {name: _text(value) for name, value in sorted(outside.items()) if isinstance(value, _CONSTANTS)}
    return f"{function.__module__}.{function.__qualname__} {_bare(inspect.getsource(function))} {constants}"


def _text(value: Any) -> str:
    """A constant in full: arrays are shortened by `repr`."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    return f"{value.dtype} {value.shape} {value.tobytes()!r}" if isinstance(value, np.ndarray) else repr(value)


def _bare(source: str) -> str:
    """Source code without comments, docstrings and line breaks of its own."""
    return ast.unparse(_WithoutDocstrings().visit(ast.parse(textwrap.dedent(source))))


class _WithoutDocstrings(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else node


def _folder() -> Path:
    import numba
    import platformdirs

    if numba.config.CACHE_DIR:
        return Path(numba.config.CACHE_DIR) / "rmsprop-lab"
    folder: Path = platformdirs.user_cache_path("rmsprop-lab", appauthor=False)
    return folder


def _write(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing; not again where it is there, since numba goes by the time of the file."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
