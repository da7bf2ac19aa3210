"""Where compiled loops are kept between processes: numba keeps what it compiled beside the file it came from.

So each pair gets a copy of `kernels.py` in a folder of the user's, named by a hash of all code that it is compiled
from: words may change there. The folder may be deleted at any time; `NUMBA_CACHE_DIR` names another one.
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
    """The pair's copy of `kernels.py`, or None where nothing is kept.

    Functions from outside this package are compiled anew in each process: what they are made from can be in any file.

    Args:
        functions: The objective's and the optimizer's own, which are compiled into the loop.
        layout: What else decides the compiled code, as text.
    """
    import numba

    called = set(_with_helpers(functions))
    if any(not function.__module__.startswith("rmsprop_lab.") for function in called):
        return None
    with contextlib.suppress(OSError):  # no home, no room, no permission: nothing is kept
        names = sorted(f"{function.__module__}.{function.__qualname__}" for function in called)
        digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {names} {layout}".encode())
        for source in sorted({_KERNELS, _LOADING, *(Path(function.__code__.co_filename) for function in called)}):
            digest.update(_program(source).encode())
        path = _folder() / f"kernels_{digest.hexdigest()[:32]}.py"
        _write(path, _KERNELS.read_bytes())
        return path
    return None


def _with_helpers(functions: Iterable[FunctionType]) -> Iterator[FunctionType]:
    """The functions, the plain functions of their modules' names that they call, and what those call."""
    for function in functions:
        yield function
        named = (function.__globals__.get(name) for name in function.__code__.co_names)
        yield from _with_helpers(helper for helper in named if isinstance(helper, FunctionType))


def _program(path: Path) -> str:
    """What a file computes: its syntax tree without comments, layout and docstrings."""
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
    """Whole or not at all, and not again: numba goes by the time of the file."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
