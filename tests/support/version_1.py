"""A study's folder and its MLflow store as version 1 left them, in `tests/storage/version_1.tar.xz`.

`outputs/first` has 12 runs: a search by tpe with its evaluations, a grid with a run that diverged, an objective without
a minimum, one in 10 dimensions, a run of 12,000 iterations, and one of the class in `mine/quartic.py`. `outputs/own`
has one run, of that class. Commit 00dcfdb computed them; in all files the path of the folder is replaced by /HERE.
"""

import sqlite3
import tarfile
from pathlib import Path

from support.catalogue import ROOT

ARCHIVE = ROOT / "tests" / "storage" / "version_1.tar.xz"


def unpack(folder: Path) -> Path:
    """Unpacks it below a folder, as if it had been computed there; returns `outputs`."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    for path in folder.glob("outputs/*/commands/*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("/HERE", str(folder)), encoding="utf-8")
    with sqlite3.connect(folder / "outputs" / "mlflow.db") as store:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            store.execute(f"UPDATE {table} SET {column} = replace({column}, '/HERE', ?)", [str(folder)])
    store.close()
    return folder / "outputs"
