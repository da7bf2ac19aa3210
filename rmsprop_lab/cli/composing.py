"""Composes and checks the configs of a command line. Hydra itself runs jobs only for `-m`."""

import contextlib
import itertools
import math
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import hydra
import yaml
from hydra._internal.utils import get_args_parser  # Hydra offers no public way to its own options
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep
from omegaconf import DictConfig, OmegaConf

from rmsprop_lab import __version__
from rmsprop_lab.errors import Found, InputError
from rmsprop_lab.storage.atomic import write_atomically
from rmsprop_lab.tracking.redaction import redacted, redacted_data

_MOST_JOBS = 1000
_MOST_DIGITS = 4300
_LAUNCHERS = ("hydra._internal.core_plugins.", "hydra_plugins.")
# The values that these keys must keep. Others could run foreign code (callbacks and logging are built from class
# names) or write outside output_dir.
_UNTOUCHED = {
    "callbacks": {},
    "env": {},
    "job_logging": {"version": 1, "root": None, "disable_existing_loggers": False},
    "hydra_logging": {"version": 1, "root": None, "disable_existing_loggers": False},
    "output_subdir": None,
    "run": {"dir": "."},
    "sweep": {"dir": "${expanded:${output_dir}}/multirun", "subdir": "${hydra:job.num}"},
    "sweeper": {
        "_target_": "hydra._internal.core_plugins.basic_sweeper.BasicSweeper",
        "max_batch_size": None,
        "params": None,
    },
}


def _expanded(path: Any) -> str:
    from rmsprop_lab.base.checks import local_folder  # imports NumPy, which --help does not need

    return str(local_folder(path))


OmegaConf.register_new_resolver("expanded", _expanded, replace=True)


def conf_dir() -> Path:
    """The folder `conf/`: inside an installed package, beside it in a checkout or an editable install."""
    package = Path(__file__).resolve().parents[1]
    return package / "conf" if (package / "conf").is_dir() else package.parent / "conf"


def run(arguments: list[str]) -> None:
    """Runs a command line: a job, a multirun, or one of Hydra's own outputs such as `--help`.

    Args:
        arguments: The words of the command line, without the program's name.

    Raises:
        InputError: A key or value is not valid. Nothing has been created then.
    """
    _check_digits(arguments)
    arguments = [as_typed(word) for word in arguments]
    sys.argv[1:] = arguments  # where Hydra reads them for -m
    if "--version" in arguments:
        print(f"rmsprop-lab {__version__}")
        return
    parser = get_args_parser()
    parser.error = lambda message: ArgumentParser.error(parser, redacted(message))  # type: ignore[method-assign]
    args = parser.parse_args(arguments)
    if args.config_path or args.config_name:
        raise InputError(
            "--config-path",
            "no other config",
            Found(args.config_path or args.config_name),
            "Use --config-dir to add files.",
        )
    if args.experimental_rerun:
        raise InputError(
            "--experimental-rerun", "no pickled config", Found("one"), "Repeat the command line in study.log instead."
        )
    _check_config_dir(args.config_dir)
    only_shows = args.help or args.hydra_help or args.cfg or args.info or args.shell_completion
    if not only_shows:
        jobs = _jobs(args.overrides, args.multirun)
        configs = [compose(job, args.config_dir) for job in jobs]
        from rmsprop_lab.cli.job import Job

        if not args.multirun:
            Job(configs[0], code_of_config_dirs([args.config_dir] if args.config_dir else [])).do()
            return
        for config in configs:
            Job(config)  # raises for the first job that is not valid, before any of them begins
    hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")(_hydra_job)()


def _check_digits(words: list[str]) -> None:
    """Python reads no integer of more than 4,300 digits."""
    for word in words:
        key, _, value = word.partition("=")
        if re.search(rf"\d{{{_MOST_DIGITS + 1}}}", value.replace("_", "")):
            raise InputError(key, f"numbers of at most {_MOST_DIGITS} digits", Found("a longer one"))


def as_typed(word: str) -> str:
    """An override of `name` with its value in quotes, as Hydra reads 2024, 1e5 and true as other values than text.

    >>> as_typed("name=1e5"), as_typed("name=1,02"), as_typed("name=null"), as_typed("n_iter=5")
    ("name='1e5'", "name='1','02'", 'name=null', 'n_iter=5')
    """
    key, equals, values = word.partition("=")
    if key not in ("name", "+name", "++name") or values == "null":
        return word
    from rmsprop_lab.base.names import is_name  # imports NumPy, which --help does not need

    names = values.split(",")
    if not all(map(is_name, names)):
        return word
    return key + equals + ",".join(f"'{name}'" for name in names)


def compose(overrides: list[str], config_dir: str | None = None) -> DictConfig:
    """Composes the config of one job. Nothing in it is executed.

    Args:
        overrides: The overrides of the command line, such as `search=grid`.
        config_dir: The folder of `--config-dir`, if any.
    """
    search_path = [f"file://{Path(config_dir).resolve()}"] if config_dir else []
    given = [*overrides, f"hydra.searchpath={search_path}"] if search_path else overrides
    with _initialized():
        config = hydra.compose("config", overrides=given, return_hydra_config=True)
        _check_hydra_node(config, search_path)
        folders = [source.path for source in config.hydra.runtime.config_sources if source.schema == "file"]
        OmegaConf.set_readonly(config.hydra, False)
        OmegaConf.set_struct(config, False)
        del config["hydra"]
        return with_absolute_files(config, folders)


def _initialized() -> AbstractContextManager[None]:
    return hydra.initialize_config_dir(str(conf_dir()), version_base="1.3", job_name="rmsprop-lab")


def _hydra_job(config: DictConfig) -> None:
    from hydra.core.hydra_config import HydraConfig

    from rmsprop_lab.cli.job import Job

    hydra_config = HydraConfig.get()
    _hide_secrets(Path(hydra_config.sweep.dir) / "multirun.yaml")
    sources = hydra_config.runtime.config_sources
    OmegaConf.set_struct(config, False)
    folders = [source.path for source in sources if source.schema == "file"]
    Job(with_absolute_files(config, folders), code_of_config_dirs(folders)).do()


def code_of_config_dirs(folders: list[str]) -> set[str]:
    """The files and modules that the YAML files of `--config-dir` name, chosen or not: the user asked for them."""
    from rmsprop_lab.config.trust import code_in

    named = set[str]()
    for folder in folders:
        for path in Path(folder).glob("*/*.yaml") if Path(folder) != conf_dir() else ():
            group, content = path.parent.name, yaml.safe_load(path.read_text(encoding="utf-8"))
            if group in ("objective", "optimizer") and isinstance(content, dict):
                with contextlib.suppress(InputError):  # it may not be named; chosen, it would be refused
                    named |= code_in(with_absolute_files(OmegaConf.create({group: content}), [folder]))
    return named


def _hide_secrets(path: Path) -> None:
    """Leaves passwords out of the file in which Hydra records a multirun, before the first job begins."""
    with contextlib.suppress(OSError):  # on another machine
        recorded = yaml.safe_load(path.read_text(encoding="utf-8"))
        if (shown := redacted_data(recorded)) != recorded:
            write_atomically(path, yaml.safe_dump(shown, sort_keys=False, allow_unicode=True).encode())


def with_absolute_files(config: DictConfig, folders: list[str]) -> DictConfig:
    """Makes the path of each `_target_: file.py:Class` absolute.

    It is relative to the YAML file that names it, `<group>/<key>.yaml` in one of the folders, or to the current folder
    if the command line gives it.

    Raises:
        InputError: The file is below neither of these folders.
    """
    for group in ("objective", "optimizer"):
        entries = config.get(group)
        for name, entry in entries.items() if isinstance(entries, DictConfig) else ():
            homes = [path.parent for folder in folders if _is_file(path := Path(folder, group, f"{name!s}.yaml"))]
            _make_absolute(entry, [*homes, Path.cwd()], f"{group}.{name!s}")
    return config


def _make_absolute(entry: Any, homes: list[Path], key: str) -> None:
    if not isinstance(entry, DictConfig):
        return
    target = entry.get("_target_")
    if isinstance(target, str) and ":" in target:
        from rmsprop_lab.config.targets import confined  # only here, as importing NumPy takes time

        path, _, cls = target.rpartition(":")
        entry["_target_"] = f"{confined(path, homes, target, f'{key}._target_')}:{cls}"
    for name, value in entry.items():
        _make_absolute(value, homes, f"{key}.{name!s}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name of hundreds of letters, refused when the config is read
        return False


def _check_config_dir(config_dir: str | None) -> None:
    if config_dir is None:
        return
    if not Path(config_dir).is_dir():
        raise InputError("--config-dir", "a folder of YAML files", config_dir)
    ours = conf_dir()
    for path in sorted(Path(config_dir).rglob("*.yaml")):
        name = path.relative_to(config_dir)
        if (ours / name).exists():
            raise InputError(
                "--config-dir", "file names that rmsprop_lab does not have", str(name), "Rename the file and its key."
            )
        _check_file(path, str(name))


def _check_file(path: Path, name: str) -> None:
    """Checks that a YAML file can be read, and that an objective's or optimizer's only key is the file's name."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:  # also no UTF-8, an integer of more than 4,300 digits
        found = Found(f"{name}: {' '.join(str(error).split())}")
        raise InputError("--config-dir", "valid YAML", found, "Quote text that contains [ ] { } or : .") from None
    if path.parent.name in ("objective", "optimizer"):
        from rmsprop_lab.base.names import IN_QUOTES

        keys = list(content) if isinstance(content, dict) else [content]
        if keys != [path.stem]:
            found = Found(", ".join(map(str, keys)))
            change = IN_QUOTES if path.stem in map(str, keys) else "Name the key after the file."
            raise InputError("--config-dir", f"`{path.stem}:` as the only key of {name}", found, change)


def _check_hydra_overrides(overrides: list[Override]) -> None:
    for override in overrides:
        key = override.key_or_group
        if key.partition(".")[0].partition("/")[0] == "hydra" and not key.startswith(
            ("hydra/launcher", "hydra.launcher.")
        ):
            raise InputError(
                key, "no Hydra setting but hydra/launcher and hydra.launcher.*", Found(key), "Leave it out."
            )


def _check_options(overrides: list[Override]) -> None:
    """Refuses `starts=3`, where `starts.count=3` is meant."""
    groups = [path.name for path in conf_dir().iterdir() if path.is_dir()]
    for override in overrides:
        if override.key_or_group in groups and isinstance(override.value(), int | float | dict):
            group = override.key_or_group
            change = f"To set a value in it, use {group}.<key>=<value>."
            raise InputError(group, f"an option of {group}", override.value(), change)


def _check_hydra_node(config: DictConfig, search_path: list[str]) -> None:
    node: Any = OmegaConf.to_container(config.hydra, resolve=False)
    for name, expected in {**_UNTOUCHED, "searchpath": search_path}.items():
        if node.get(name) != expected:
            raise InputError(f"hydra.{name}", f"{expected}, which rmsprop_lab sets", node.get(name), "Leave it out.")
    if node["job"]["env_set"] or node["job"]["chdir"]:
        raise InputError("hydra.job", "chdir and env_set as rmsprop_lab sets them", Found("others"), "Leave them out.")
    launcher = node["launcher"].get("_target_", "")
    if not str(launcher).startswith(_LAUNCHERS):
        raise InputError("hydra.launcher._target_", "one of Hydra's launchers", launcher)


def _jobs(texts: list[str], multirun: bool) -> list[list[str]]:
    """The overrides of each job. The jobs of a multirun are counted before they are expanded."""
    with _initialized():
        overrides = OverridesParser.create(GlobalHydra.instance().config_loader()).parse_overrides(texts)
        _check_hydra_overrides(overrides)
        _check_options(overrides)
        if not multirun:
            return [texts]
        count = math.prod(_count(override) for override in overrides)
        if count > _MOST_JOBS:
            found = Found(f"{count:,}")
            raise InputError(
                "-m", f"at most {_MOST_JOBS:,} jobs", found, "Vary hyperparameters with search=grid instead."
            )
        choices = [list(_choices(text, override)) for text, override in zip(texts, overrides, strict=True)]
    return [list(job) for job in itertools.product(*choices)]


def _count(override: Override) -> int:
    sweep = override.value() if override.is_sweep_override() else None
    if isinstance(sweep, RangeSweep):
        assert sweep.start is not None and sweep.stop is not None
        return max(0, math.ceil((sweep.stop - sweep.start) / sweep.step))
    if isinstance(sweep, ChoiceSweep):
        return len(sweep.list)
    return 1


def _choices(text: str, override: Override) -> Iterator[str]:
    if not override.is_sweep_override():
        yield text
        return
    loader = GlobalHydra.instance().config_loader()
    if override.is_discrete_sweep():
        values = override.sweep_string_iterator()
    elif hasattr(override.value(), "filter"):  # a glob such as objective=*
        values = iter(override.value().filter(loader.get_group_options(override.key_or_group)))  # type: ignore[union-attr]
    else:
        raise InputError(override.key_or_group, "a list of choices or a range", text, "-m cannot sweep an interval.")
    for value in values:
        yield f"{override.get_key_element()}={value}"
