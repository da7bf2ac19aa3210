"""The folder of `--config-dir`: what it may hold, and how Hydra reads the files in it."""

import os
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.plugins import Plugins

from rmsprop_lab.config.yaml_files import read_yaml
from rmsprop_lab.errors import Found, InputError

KEY = "--config-dir"
_WITHIN_LIMITS = "within_limits"
_MOST_ENTRIES = 5000  # files and folders; a home folder or `/` has more


def conf_dir() -> Path:
    """The folder `conf/`: inside an installed package, beside it in a checkout or an editable install."""
    package = Path(__file__).resolve().parents[1]
    return package / "conf" if (package / "conf").is_dir() else package.parent / "conf"


def groups() -> list[str]:
    """The groups that `conf/` has options of, such as `objective`."""
    return sorted(path.name for path in conf_dir().iterdir() if path.is_dir() and path.name != "hydra")


def given() -> str | None:
    """The folder that the command line names, for words about an error in it."""
    words = sys.argv[1:]
    named = [after for word, after in pairwise(words) if word in (KEY, "-cd")]
    named += [word.partition("=")[2] for word in words if word.startswith(f"{KEY}=")]
    return named[0] if named and Path(named[0]).is_dir() else None


def check_config_dir(folder: str | None) -> None:
    """Checks that every YAML file of the folder can be read, and that its name is not one of ours.

    Raises:
        InputError: It is no folder, has too many entries, or a file of it is not valid.
    """
    if folder is None:
        return
    try:
        is_folder = Path(folder).is_dir()
    except (OSError, ValueError):  # a name that is too long
        is_folder = False
    if not is_folder:
        raise InputError(KEY, "a folder of YAML files", folder)
    for path in sorted(_yaml_files(Path(folder))):
        name = path.relative_to(folder)
        if (conf_dir() / name).exists():
            raise InputError(
                KEY, "file names that rmsprop_lab does not have", str(name), "Rename the file and its key."
            )
        content = read_yaml(path, KEY, str(name))
        if content is not None and not isinstance(content, dict):
            raise InputError(KEY, "files with keys and values", Found(f"{name} with {content!r:.60}"))
        if path.parent.name in ("objective", "optimizer"):
            _check_only_key(content, path.stem, str(name))


def _yaml_files(folder: Path) -> Iterator[Path]:
    """The YAML files below a folder, also behind links; a link to a folder above ends at the limit of entries."""
    seen = 0
    for root, folders, names in os.walk(folder, followlinks=True):
        seen += len(folders) + len(names)
        for name in folders:
            if name.endswith(".yaml"):
                found = Found(f"the folder {Path(root, name).relative_to(folder)}")
                raise InputError(KEY, "files named *.yaml", found, "Rename the folder, or make it a file.")
        if seen > _MOST_ENTRIES:
            found = Found(f"more in {folder}")
            raise InputError(KEY, f"a folder of at most {_MOST_ENTRIES:,} files", found, "Name a folder of your own.")
        yield from (Path(root, name) for name in names if name.endswith(".yaml"))


def _check_only_key(content: Any, expected: str, name: str) -> None:
    keys = list(content) if isinstance(content, dict) else [content]
    if keys != [expected]:
        found = Found(", ".join(map(str, keys)))
        from rmsprop_lab.base.names import IN_QUOTES

        change = "Name the key after the file."
        if isinstance(content, dict) and len(keys) > 1:
            change = "Put each key into a file of its own, named after it."
        elif expected in map(str, keys):  # as another value than text
            change = IN_QUOTES
        raise InputError(KEY, f"`{expected}:` as the only key of {name}", found, change)


def limit_what_hydra_reads() -> None:
    """Makes Hydra's reader of files pass each one through the limits of `read_yaml` first, wherever it is.

    A reader of ours in Hydra's registry would not do: launchers that start processes register Hydra's own there again.
    """
    Plugins.instance()  # registers Hydra's readers
    reader: Any = SourcesRegistry.instance().types["file"]
    if not hasattr(reader.load_config, _WITHIN_LIMITS):
        reader.load_config = _within_limits(reader.load_config)


def _within_limits(load: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    def load_config(source: Any, config_path: str) -> Any:
        path = Path(source.path, source._normalize_file_name(config_path))
        if path.exists() and not path.resolve().is_relative_to(conf_dir()):
            read_yaml(path, KEY)
        return load(source, config_path)

    setattr(load_config, _WITHIN_LIMITS, True)
    return load_config
