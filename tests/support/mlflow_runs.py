"""What MLflow has of a study's runs, without the one that holds its report."""

from pathlib import Path

from mlflow import MlflowClient

from rmsprop_lab.tracking.page import OWN_RUNS
from rmsprop_lab.tracking.uri import default_uri


def runs_in(folder: Path, name: str = "s") -> tuple[MlflowClient, list]:
    client = MlflowClient(default_uri(folder))
    experiment = client.get_experiment_by_name(name)
    return client, list(client.search_runs([experiment.experiment_id], OWN_RUNS, max_results=1000))
