"""The studies that a folder's commands asked for, from the configs that `commands/*.yaml` hold."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from rmsprop_lab.config.settings import read
from rmsprop_lab.errors import LabError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder

Resolve = Callable[[Any], Any]
"""Replaces the interpolations of a config, as plain data; raises `LabError` where one cannot be."""
_OF_THIS_COMMAND = ("task", "name", "output_dir", "tracking")


def recorded_studies(folder: StudyFolder, config: Mapping[str, Any], resolve: Resolve) -> Iterator[Study]:
    """Each different study once, the newest first; those that cannot be read any more are passed over.

    `config` is that of this command, resolved: it gives the keys that a recorded config, of an older version, lacks.
    """
    seen = set()
    for path in sorted((folder.path / "commands").glob("*.yaml"), reverse=True):
        try:
            recorded = resolve(yaml.safe_load(path.read_text(encoding="utf-8"))["config"])
            whole = {**config, **recorded, **{name: config[name] for name in _OF_THIS_COMMAND}}
            if (text := repr(whole)) not in seen:
                seen.add(text)
                yield read(whole).study
        except (LabError, yaml.YAMLError, KeyError, TypeError):
            continue
