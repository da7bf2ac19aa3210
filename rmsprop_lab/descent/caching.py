"""Where compiled loops are kept between processes: numba keeps what it compiled beside the file it came from.

So each pair gets a copy of `kernels.py` in a folder of the user's, named by a hash of everything that it is compiled
from. The folder may be deleted at any time; `NUMBA_CACHE_DIR` names another one.
"""

import contextlib
import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import FunctionType

import numpy as np

_HERE = Path(__file__).parent
_KERNELS = _HERE / "kernels.py"


def copy_for(functions: Iterable[FunctionType], layout: str) -> Path | None:
    """The pair's copy of `kernels.py`, or None where nothing is kept.

    Functions from outside this package are compiled anew in each process: what they are made from can be in any file.
    """
    import numba

    functions = list(functions)
    if any(not function.__module__.startswith("rmsprop_lab.") for function in functions):
        return None
    with contextlib.suppress(OSError):  # no home, no room, no permission: nothing is kept
        names = [f"{function.__module__}.{function.__qualname__}" for function in functions]
        digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {names} {layout}".encode())
        own = [Path(function.__code__.co_filename) for function in functions]
        for source in (*sorted(_HERE.glob("*.py")), *sorted(_HERE.with_name("base").glob("*.py")), *own):
            digest.update(source.read_bytes())
        path = _folder() / f"kernels_{digest.hexdigest()[:32]}.py"
        _write(path, _KERNELS.read_bytes())
        return path
    return None


def _folder() -> Path:
    import numba
    from numba.misc.appdirs import AppDirs

    if numba.config.CACHE_DIR:
        return Path(numba.config.CACHE_DIR) / "rmsprop-lab"
    return Path(AppDirs("rmsprop-lab", appauthor=False).user_cache_dir)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and not again: numba goes by the time of the file."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
