"""Reads the studies that a folder's commands recorded, from the configs in `commands/*.yaml`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from rmsprop_lab.config.settings import read
from rmsprop_lab.errors import LabError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder

Resolve = Callable[[Any], Any]
"""Resolves the interpolations of a config, which is plain data; raises `LabError` if one cannot be resolved."""
_OF_THIS_COMMAND = ("task", "name", "output_dir", "tracking")


def recorded_studies(
    folder: StudyFolder, config: Mapping[str, Any], resolve: Resolve, unread: list[str] | None = None
) -> Iterator[Study]:
    """The different studies that a folder's commands recorded, the newest first.

    Those that cannot be read any more are skipped.

    Args:
        folder: The study's folder.
        config: The config of this command, resolved. It supplies keys that the config of an older version lacks.
        resolve: Resolves interpolations.
        unread: Gets the reasons why studies were skipped.
    """
    seen = set()
    for path in sorted((folder.path / "commands").glob("*.yaml"), reverse=True):
        try:
            record = yaml.safe_load(path.read_text(encoding="utf-8"))
            recorded = resolve(record["config"])
            if record.get("format", 1) == 1:  # whose default was another score
                recorded["search"]["score"] = None
            whole = {**config, **recorded, **{name: config[name] for name in _OF_THIS_COMMAND}}
            whole["limits"] = {**recorded["limits"], "wait": config["limits"]["wait"]}
            if (text := repr(whole)) not in seen:
                seen.add(text)
                yield read(whole).study
        except (LabError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            if unread is not None and str(error) not in unread:
                unread.append(str(error))
