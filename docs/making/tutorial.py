"""The figures of the tutorial: what its command and its Python draw."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from making.pictures import write_small

OF_COMMAND = {"surface": "bowl_surface", "contour": "bowl_contour", "path": "bowl_rmsprop"}
OF_PYTHON = ("path_and_gap", "effective_step")


def python_of(page: Path) -> str:
    """All the Python of a page, as one program."""
    return "\n".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S))


def draw(docs: Path) -> None:
    with TemporaryDirectory() as name, contextlib.chdir(name), contextlib.redirect_stdout(io.StringIO()):
        command = [sys.executable, "-m", "rmsprop_lab", "experiment=tutorial", "tracking=none", "report=false"]
        subprocess.run(command, check=True, capture_output=True)
        exec(python_of(docs / "tutorial.md"), {})
        for ours, drawn in OF_COMMAND.items():
            picture = Path("outputs/tutorial/figures", f"{drawn}.png").read_bytes()
            write_small(picture, docs / f"tutorial/{ours}.webp")
        for ours in OF_PYTHON:
            write_small(Path(f"{ours}.png").read_bytes(), docs / f"tutorial/{ours}.webp")
