"""Nothing heavy is imported before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

NOT_NEEDED = ("mlflow", "matplotlib", "pandas", "pyarrow", "numpy", "optuna")


@pytest.mark.parametrize("arguments", [["--help"], ["--cfg", "job"], ["n_itr=5"], ["objective=bowll"]])
def test_nothing_heavy_is_imported_to_answer(arguments: list[str], tmp_path: Path) -> None:
    code = (
        f"import sys, atexit; sys.argv[1:] = {arguments!r};"
        f"atexit.register(lambda: print('HEAVY', [n for n in {NOT_NEEDED!r} if n in sys.modules], file=sys.stderr));"
        "from rmsprop_lab.cli import main; main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "HEAVY []" in ended.stderr


def test_matplotlib_is_imported_only_to_draw(tmp_path: Path) -> None:
    given = ["objective=bowl", "optimizer=gd", "n_iter=5", "tracking=none", "figures=false"]
    code = (
        f"import sys, atexit; sys.argv[1:] = {given!r};"
        "atexit.register(lambda: print('HEAVY', [n for n in ('mlflow', 'matplotlib') if n in sys.modules]));"
        "from rmsprop_lab.cli import main; main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "HEAVY []" in ended.stdout
