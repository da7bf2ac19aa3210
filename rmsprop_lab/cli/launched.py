"""A job that one of Hydra's launchers runs, in whatever process or on whatever machine."""

import contextlib
import os
import warnings
from pathlib import Path
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf

from rmsprop_lab import __version__
from rmsprop_lab.cli.own_files import code_of_config_dirs, with_absolute_files
from rmsprop_lab.cli.study_names import Names, announced
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.tracking.redaction import redacted_data

_LAUNCHING = "RMSPROP_LAB_LAUNCHING"
"""Environment variable of the process that only launches: the one that started it has checked the jobs."""
LAUNCHING = {_LAUNCHING: "1"}


def ignore_same_name() -> None:
    """Ignores a warning of Hydra's: the presets in conf/hydra/launcher have the names of the launchers' own."""
    same = r"\n'hydra/launcher/\w+' is validated against ConfigStore schema with the same name"
    warnings.filterwarnings("ignore", same)


def is_launching() -> bool:
    """Whether this process only launches jobs."""
    return os.environ.get(_LAUNCHING) == "1"


class Launched:
    """What a launcher calls with the config of each job. Launchers send it to their workers.

    Args:
        version: The version of rmsprop_lab that launches.
        names: What the jobs add to their studies' names.
    """

    def __init__(self, version: str, names: Names) -> None:
        self._version, self._names = version, names

    @classmethod
    def here(cls) -> "Launched":
        """One that this process launches."""
        return cls(__version__, announced())

    def __setstate__(self, state: dict[str, Any]) -> None:
        ignore_same_name()  # in a worker, which composes the config before it calls this
        self.__dict__.update(state)

    def __call__(self, config: DictConfig) -> None:
        """Does a job.

        Raises:
            InputError: The worker has another version of rmsprop_lab (key `worker`).
        """
        from hydra.core.hydra_config import HydraConfig

        hydra_config = HydraConfig.get()
        _hide_secrets(Path(hydra_config.sweep.dir) / "multirun.yaml")
        overrides = list(hydra_config.overrides.task)
        sources = hydra_config.runtime.config_sources
        OmegaConf.set_struct(config, False)
        config["name"] = self._names.of(config["name"], overrides)
        self._check_version(config)
        from rmsprop_lab.cli.job import Job

        folders = [source.path for source in sources if source.schema == "file"]
        own = [source.path for source in sources if source.provider == "command-line"]
        words = ["--config-dir", own[0]] if own else []
        job = Job(
            with_absolute_files(config, folders),
            code_of_config_dirs(folders),
            [*words, *overrides, f"name={config['name']}"],
        )
        job.do()

    def _check_version(self, config: DictConfig) -> None:
        if self._version == __version__:
            return
        change = f"Install rmsprop-lab {self._version} where the launcher starts its workers."
        error = InputError(
            "worker", f"rmsprop-lab {self._version}, as where it was launched", Found(__version__), change
        )
        from rmsprop_lab.storage.folder import StudyFolder
        from rmsprop_lab.tasks.shard_end import record_end

        if config["shards"] > 1:
            shard = (int(config["shard"]), int(config["shards"]))
            record_end(StudyFolder(config["output_dir"], config["name"], shard=shard), str(error), 0.0)
        raise error


def _hide_secrets(path: Path) -> None:
    """Leaves passwords out of the file in which Hydra records a multirun, before the first job begins."""
    with contextlib.suppress(OSError):  # on another machine
        recorded: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        if (shown := redacted_data(recorded)) != recorded:
            write_atomically(path, yaml.safe_dump(shown, sort_keys=False, allow_unicode=True).encode())
