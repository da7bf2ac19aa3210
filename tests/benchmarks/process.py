"""A whole grid search, from the command line to results on disk, against benchopt with the same solver."""

import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import numpy as np

from benchmarks.harness import Row, missing, run_quietly

TITLE = "A whole search"
ABOUT = """benchopt's time over ours, process start to exit: a grid of RMSProp's step size and rho on the bowl, 50
iterations from one start, results on disk. benchopt runs one repetition, without plots, page or cache, in a fresh
folder; rmsprop-lab runs without MLflow, also in a fresh folder: with `figures=false`, which compares like with like,
and as it comes, drawing five figures. It also runs the winner and the optimizer as configured on 32 fresh starts."""
ROUNDS = 3
SIZES = {100: (10, 10, 1.0), 1000: (40, 25, 15.0)}  # points: step sizes, rhos, target without figures

FILES = {
    "objective.py": """
        import numpy as np
        from benchopt import BaseObjective


        class Objective(BaseObjective):
            name = "Bowl"
            min_benchopt_version = "1.6"
            sampling_strategy = "run_once"

            def set_data(self, start):
                self.start = start

            def evaluate_result(self, x):
                return dict(value=float(x @ x))

            def get_one_result(self):
                return dict(x=np.zeros(2))

            def get_objective(self):
                return dict(start=self.start)
    """,
    "datasets/start.py": """
        import numpy as np
        from benchopt import BaseDataset


        class Dataset(BaseDataset):
            name = "Start"

            def get_data(self):
                return dict(start=2.0 * np.random.RandomState(1).rand(2) - 1.0)
    """,
    "solvers/rmsprop.py": """
        import numpy as np
        from benchopt import BaseSolver


        class Solver(BaseSolver):
            name = "RMSProp"
            sampling_strategy = "run_once"
            parameters = {{"step_size": {step_sizes}, "rho": {rhos}}}

            def set_objective(self, start):
                self.start = start

            def run(self, _):
                x, mean_square = self.start.copy(), np.zeros(2)
                for _ in range(50):
                    gradient = 2.0 * x
                    mean_square = self.rho * mean_square + (1.0 - self.rho) * gradient**2
                    x = x - self.step_size / (1e-8 + np.sqrt(mean_square)) * gradient
                self.x = x

            def get_result(self):
                return dict(x=self.x)
    """,
}


def rows() -> list[Row]:
    if missing("benchopt"):
        return [Row(f"{points:,} points", at_least=s[2], note=missing("benchopt")) for points, s in SIZES.items()]
    return [row for points in SIZES for row in _rows(points)]


def _rows(points: int) -> list[Row]:
    n_steps, n_rhos, target = SIZES[points]
    ways = {"benchopt": _benchopt, "without figures": partial(_ours, "false"), "with figures": partial(_ours, "true")}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for name in list(ways)[:: -1 if turn % 2 else 1]:
            with TemporaryDirectory() as folder:
                seconds[name].append(ways[name](Path(folder), n_steps, n_rhos))
    theirs = np.array(seconds.pop("benchopt"))
    return [
        Row(
            f"{points:,} points, {name}",
            tuple(theirs / ours),
            target if name == "without figures" else None,
            note=f"{np.median(theirs):.1f} s against {np.median(ours):.1f} s",
        )
        for name, ours in seconds.items()
    ]


def _ours(figures: str, folder: Path, n_steps: int, n_rhos: int) -> float:
    command = [
        str(Path(sys.executable).with_name("rmsprop-lab")),
        *("objective=bowl", "optimizer=rmsprop", "starts=tutorial", "search=grid", "n_iter=50", "tracking=none"),
        f"figures={figures}",
        f"optimizer.rmsprop.space.step_size.points={n_steps}",
        f"optimizer.rmsprop.space.rho.points={n_rhos}",
    ]
    found = run_quietly(command, folder)
    assert (folder / "outputs/study/runs.parquet").exists()
    return found


def _benchopt(folder: Path, n_steps: int, n_rhos: int) -> float:
    step_sizes = [float(f"{x:.6g}") for x in np.geomspace(1e-4, 1.0, n_steps)]
    rhos = [float(f"{1.0 - x:.6g}") for x in np.geomspace(0.1, 1e-3, n_rhos)]
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        filled = dedent(text).lstrip()
        path.write_text(filled.format(step_sizes=step_sizes, rhos=rhos) if "solvers" in name else filled)
    command = [
        *(str(Path(sys.executable).with_name("benchopt")), "run", "."),
        *("-r", "1", "-n", "1", "--no-plot", "--no-html", "--no-display", "--no-cache"),
    ]
    found = run_quietly(command, folder)
    assert list(folder.glob("outputs/*.parquet")) or list(folder.glob("outputs/*.csv"))
    return found
