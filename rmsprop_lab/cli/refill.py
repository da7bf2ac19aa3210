"""`task=refill`: the studies that a folder's commands asked for, and the words about what was filled."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from rmsprop_lab.cli.terminal import ProgressBar, print_refill
from rmsprop_lab.config.settings import Settings, read
from rmsprop_lab.errors import Found, InputError, LabError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder


def perform_refill(settings: Settings, config: Mapping[str, Any]) -> None:
    """Logs every run of the study's folder that MLflow lacks; `config` is that of this command, resolved."""
    if settings.tracking == "none":
        raise InputError("tracking", "mlflow", "none", "Leave out tracking=none.")
    folder = StudyFolder(settings.output_dir, settings.study.name)
    if not folder.run_keys():
        raise InputError("name", "the name of a study that has runs", Found(f"none in {folder.path}"))
    studies = [*_recorded(folder, config), settings.study]
    from rmsprop_lab.tasks.refill import refill
    from rmsprop_lab.tracking.tracker import MlflowTracker

    with ProgressBar() as bar:
        tracker = MlflowTracker(settings.tracking_uri, settings.output_dir, settings.tracking_writer)
        found = refill(studies, folder, tracker, bar)
    print_refill(found, settings)


def _recorded(folder: StudyFolder, config: Mapping[str, Any]) -> Iterator[Study]:
    """What the folder's commands asked for, the newest first; those that cannot be read any more are passed over."""
    seen = set()
    for path in sorted((folder.path / "commands").glob("*.yaml"), reverse=True):
        try:
            recorded: Any = OmegaConf.to_container(
                OmegaConf.create(yaml.safe_load(path.read_text())["config"]), resolve=True
            )
            # Keys that this version added have the values of this command.
            whole = {
                **config,
                **recorded,
                **{name: config[name] for name in ("task", "name", "output_dir", "tracking")},
            }
            if (text := repr(whole)) not in seen:
                seen.add(text)
                yield read(whole).study
        except (LabError, OmegaConfBaseException, yaml.YAMLError, KeyError, TypeError):
            continue  # its runs are logged without pictures, which the summary says
