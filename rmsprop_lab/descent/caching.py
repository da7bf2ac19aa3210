"""Where compiled loops are kept between processes.

numba keeps what it compiled beside the file that it was compiled from, until that file changes. So the source of each
loop becomes a file in the user's cache folder, named by a hash of it and of the versions that compile it. The folder
may be deleted at any time; `NUMBA_CACHE_DIR` names another one.
"""

import contextlib
import hashlib
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np


def compiled(source: str) -> Any:
    """The function `run` of a source, which numba compiles when it is called; kept where a folder can be had."""
    import numba

    options: Any = {"error_model": "numpy"}  # the default looks for divisions by zero: LLVM then does not vectorise
    run = _kept(source)
    if run is not None:
        with contextlib.suppress(RuntimeError):  # numba finds no folder that it can write to
            return numba.njit(cache=True, **options)(run)
    scope: dict[str, Any] = {}
    exec(source, scope)  # our own text and numbers, nothing that was given
    return numba.njit(**options)(scope["run"])


def _kept(source: str) -> Any:
    """The function `run` of the file that the source has become; None where nothing is kept."""
    # no home, no room, no permission; no platformdirs
    with contextlib.suppress(OSError, ImportError):
        path = _folder() / f"descent_{_digest(source)}.py"
        _write(path, source.encode())
        spec = spec_from_file_location(path.stem, path)
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            sys.modules[module.__name__] = module  # what numba has kept refers to it by name
            return module.run
    return None


def _digest(source: str) -> str:
    import numba

    return hashlib.sha256(f"{numba.__version__} {np.__version__} {source}".encode()).hexdigest()[:32]


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
