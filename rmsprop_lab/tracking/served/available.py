"""Whether MLflow's server can be started with our pages."""

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

APP = "rmsprop-lab"
"""The name of our entry point in MLflow's group `mlflow.app`."""


def obstacle() -> str:
    """Why the server cannot have our pages; empty if it should. MLflow's server is not imported."""
    found = next(iter(entry_points(group="mlflow.app", name=APP)), None)
    if found is None:
        return "rmsprop-lab was installed without its entry point: pip install it again"
    try:
        found.load()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    spec = find_spec("mlflow")
    folders = spec.submodule_search_locations if spec else None
    if not any(Path(folder, "server", "fastapi_app.py").exists() for folder in folders or ()):
        return "this MLflow serves its page in another way"
    return ""
