"""`python -m benchmarks [section ...]`, from tests/: everything, or the sections named."""

import importlib
import os
import sys

from benchmarks.harness import ROOT, copy_table, save, show

SECTIONS = (
    *("tutorial", "limit", "frameworks", "javascript", "growth", "landscape", "startup", "tuning", "tpe", "pictures"),
    *("report", "verdict", "mlflow", "process", "calibration"),
)
LONG = ("report", "verdict", "mlflow", "process", "calibration")


def main(names: list[str]) -> None:
    if unknown := set(names) - set(SECTIONS):
        sys.exit(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    for name in names or SECTIONS:
        if name in LONG and not names and not os.environ.get("BENCH_LONG"):
            print(f"{name}: left out, it takes minutes; BENCH_LONG=1 runs it")
            continue
        section = importlib.import_module(f"benchmarks.{name}")
        rows = section.rows()
        show(section.TITLE, rows)
        save(section.TITLE, rows, section.ABOUT)
        if copy := getattr(section, "COPY", None):
            copy_table(section.TITLE, rows, ROOT / copy)


if __name__ == "__main__":
    main(sys.argv[1:])
