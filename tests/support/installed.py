"""An installation of rmsprop-lab as a person may have it: with other entry points than ours."""

from pathlib import Path


def with_entry_points(folder: Path, apps: str = "") -> dict[str, str]:
    """The environment in which MLflow finds these entry points of rmsprop-lab, and no others of it.

    Python takes a distribution from the first folder of its path that has it.

    Args:
        folder: Where to put it.
        apps: Lines of the group `mlflow.app`.
    """
    info = folder / "rmsprop_lab-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rmsprop-lab\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[mlflow.app]\n{apps}\n" if apps else "")
    return {"PYTHONPATH": str(folder)}
