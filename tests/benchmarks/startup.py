"""The command against a Hydra app that does nothing."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness import Row, run_quietly

TITLE = "Start-up"
ABOUT = """The time of `rmsprop-lab` over that of an empty Hydra app with an empty config, each a process of its own."""
EMPTY_APP = """import hydra


@hydra.main(version_base="1.3", config_path=".", config_name="config")
def main(config):
    pass


main()
"""
CASES = {"--help": 0, "--cfg job": 0, "a bad key": None}
ROUNDS = 7


def rows() -> list[Row]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app.py").write_text(EMPTY_APP)
        (folder / "config.yaml").write_text("{}\n")
        empty = [sys.executable, str(folder / "app.py")]
        ours = [str(Path(sys.executable).with_name("rmsprop-lab"))]
        return [_row(case, status, ours, empty, folder) for case, status in CASES.items()]


def _row(case: str, status: int | None, ours: list[str], empty: list[str], folder: Path) -> Row:
    arguments = ["n_iterr=5"] if status is None else case.split()
    seconds: dict[str, list[float]] = {"ours": [], "empty": []}
    for turn in range(ROUNDS + 1):  # the first is not counted
        for name, command in (("ours", ours), ("empty", empty))[:: 1 if turn % 2 else -1]:
            found = run_quietly([*command, *arguments], folder, status)
            if turn:
                seconds[name].append(found)
    ratios = np.array(seconds["ours"]) / seconds["empty"]
    note = " against ".join(f"{np.median(found):.2f} s" for found in seconds.values())
    return Row(case, tuple(ratios), at_most=1.5, note=note)
