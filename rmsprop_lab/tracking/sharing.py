"""Steps on a store that other processes change too: what one of them has done already is no error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Experiment, LifecycleStage, ViewType
from mlflow.exceptions import MlflowException

from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.tracking.owners import FOLDER_TAG

_GONE, _THERE = "RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS"
_INACTIVE = "INVALID_PARAMETER_VALUE"  # MLflow's code for a step on a deleted run, among others
_REFUSED = "BAD_REQUEST"  # a constraint of the database


@contextmanager
def unless_deleted(client: MlflowClient, run_id: str) -> Iterator[None]:
    """Ends quietly if MLflow refuses a step on a run because the run has been deleted."""
    try:
        yield
    except MlflowException as error:
        if error.error_code not in (_GONE, _INACTIVE) or not _is_deleted(client, run_id):
            raise


def experiment_of(client: MlflowClient, name: str, root: Path | None, tag: str, place: str) -> Experiment:
    """The experiment that a study's folder logs to, created if there is none.

    It is the one that has the folder's tag, as people rename experiments; else that of the study's name, deleted or
    not; else a deleted one with the tag.

    Args:
        client: The store.
        name: The study's name.
        root: The folder of the artifacts, if it is created; None to leave it to a server.
        tag: The tag that the folder gives its experiment.
        place: The tag's text.
    """
    found = _tagged(client, tag, name, ViewType.ACTIVE_ONLY) or client.get_experiment_by_name(name)
    found = found or _tagged(client, tag, name, ViewType.DELETED_ONLY)
    if found is None:
        if root:  # there from the start: one that is not has been moved
            root.mkdir(parents=True, exist_ok=True)
        try:
            client.create_experiment(name, root.as_uri() if root else None, {tag: place})
        except MlflowException as error:
            if error.error_code != _THERE:
                raise
        found = client.get_experiment_by_name(name)
    assert found is not None
    if tag not in found.tags and found.lifecycle_stage == LifecycleStage.ACTIVE:
        set_experiment_tag(client, str(found.experiment_id), tag, place)
    return found


def rename_experiment(client: MlflowClient, name: str, other: str, tags: tuple[str, str], place: str) -> str:
    """Gives a study's experiment, deleted or not, to a study of another name. One that people renamed keeps its name.

    Args:
        client: The store.
        name: The study's name.
        other: The other study's name.
        tags: The tags that the folders of these two studies give their experiments.
        place: The text of the second tag.

    Returns:
        The experiment's name now; empty if the study has none.

    Raises:
        InputError: Other folders log to it too (key `fresh`).
    """
    found = _tagged(client, tags[0], name, ViewType.ACTIVE_ONLY) or client.get_experiment_by_name(name)
    found = found or _tagged(client, tags[0], name, ViewType.DELETED_ONLY)
    if found is None:
        return ""
    if others := [text for key, text in found.tags.items() if key.startswith(FOLDER_TAG) and key != tags[0]]:
        shared = Found(f"{found.name!r}, to which {others[0]} logs too")
        raise InputError("fresh", "an MLflow experiment of this folder alone", shared, "Choose another name instead.")
    number, is_deleted = str(found.experiment_id), found.lifecycle_stage != LifecycleStage.ACTIVE
    if is_deleted:  # a deleted one cannot be renamed
        client.restore_experiment(number)
    if tags[0] in found.tags:
        client.delete_experiment_tag(number, tags[0])
    if found.name == name:
        client.rename_experiment(number, other)
    set_experiment_tag(client, number, tags[1], place)
    if is_deleted:
        client.delete_experiment(number)
    return other if found.name == name else str(found.name)


def _tagged(client: MlflowClient, tag: str, name: str, view: int) -> Experiment | None:
    """An experiment with a tag: of several the one of this name, else the first."""
    experiments: list[Experiment] = client.search_experiments(view, filter_string=f"tags.`{tag}` LIKE '%'")
    return min(experiments, key=lambda one: (one.name != name, int(one.experiment_id)), default=None)


def delete_run(client: MlflowClient, run_id: str) -> None:
    """Deletes a run that may be deleted already."""
    with unless_deleted(client, run_id):
        client.delete_run(run_id)


def set_tag(client: MlflowClient, run_id: str, name: str, text: str) -> None:
    """Sets a run's tag, unless the run has been deleted."""
    with unless_deleted(client, run_id):
        _twice(lambda: client.set_tag(run_id, name, text))


def delete_tag(client: MlflowClient, run_id: str, name: str) -> None:
    """Removes a run's tag that may be removed already."""
    try:
        _twice(lambda: client.delete_tag(run_id, name))
    except MlflowException as error:
        if error.error_code != _GONE and not _is_deleted(client, run_id):
            raise


def set_experiment_tag(client: MlflowClient, experiment_id: str, name: str, text: str) -> None:
    """Sets an experiment's tag."""
    _twice(lambda: client.set_experiment_tag(experiment_id, name, text))


def _twice(step: Callable[[], object]) -> None:
    """Takes a step again that the database has refused.

    MLflow looks for a tag, then inserts or deletes its row: of two processes that do so at once one is refused.
    """
    try:
        step()
    except MlflowException as error:
        if error.error_code != _REFUSED:
            raise
        step()


def _is_deleted(client: MlflowClient, run_id: str) -> bool:
    try:
        stage: str = client.get_run(run_id).info.lifecycle_stage
    except MlflowException as error:
        return bool(error.error_code == _GONE)
    return stage == LifecycleStage.DELETED
