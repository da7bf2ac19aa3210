"""Which experiments of a store are studies."""

from typing import TYPE_CHECKING

from rmsprop_lab.tracking.page import DEFAULT_VIEW

if TYPE_CHECKING:
    from mlflow import MlflowClient

VIEW_TAG = f"mlflow.sharedViewState.{DEFAULT_VIEW}"
"""The tag of an experiment that is a study: the view that opens first."""

STUDIES = f"tags.`{VIEW_TAG}` LIKE '%'"
"""MLflow's filter of experiments that are studies."""

NEWEST_FIRST = "last_update_time DESC"
"""MLflow's order: the study that was changed last comes first."""

_PAGE = 200  # experiments asked for at once, each with its views


def study_ids(client: "MlflowClient") -> dict[str, str]:
    """The experiment of each study in a store, by the study's name, the one that was changed last first."""
    found: dict[str, str] = {}
    token: str | None = None
    while True:
        page = client.search_experiments(
            max_results=_PAGE, filter_string=STUDIES, order_by=[NEWEST_FIRST], page_token=token
        )
        found |= {str(experiment.name): str(experiment.experiment_id) for experiment in page}
        if not (token := page.token):
            return found
