import sqlite3
from contextlib import closing
from pathlib import Path


def copied(path: Path) -> set[str]:
    """The names of the searches that the copy for optuna-dashboard has; without importing Optuna, which takes long."""
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("select study_name from studies")}
