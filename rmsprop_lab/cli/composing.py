"""Composes and checks the configs of a command line. Hydra itself runs jobs only for `-m`."""

import errno
import io
import sys
import traceback
import warnings
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import hydra
from hydra._internal.utils import get_args_parser  # Hydra offers no public way to its own options
from hydra.core.utils import JobReturn, JobStatus
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from rmsprop_lab import __version__
from rmsprop_lab.cli.config_dir import check_config_dir, conf_dir, limit_what_hydra_reads
from rmsprop_lab.cli.launched import Launched, ignore_same_name, is_launching
from rmsprop_lab.cli.launchers import check_launcher
from rmsprop_lab.cli.overrides import as_typed, check_digits, implied, jobs, parsed, with_null_as_no_option
from rmsprop_lab.cli.own_files import code_of_config_dirs, with_absolute_files
from rmsprop_lab.cli.parser_errors import tell_in_short
from rmsprop_lab.cli.shard_sweep import launch, shards_of_all, without_shards
from rmsprop_lab.cli.study_names import announce, key_of
from rmsprop_lab.errors import Found, InputError, LabError, shortened
from rmsprop_lab.tracking.redaction import redacted_yaml

_LONGEST = 300  # characters of a reason
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


def run(arguments: list[str]) -> None:
    """Runs a command line: a job, a multirun, or one of Hydra's own outputs such as `--help`.

    Args:
        arguments: The words of the command line, without the program's name.

    Raises:
        InputError: A key or value is not valid. Nothing has been created then.
    """
    if "--version" in arguments:
        print(f"rmsprop-lab {__version__}")
        return
    check_digits(arguments)
    arguments = [as_typed(word) for word in arguments]
    parser = get_args_parser()
    tell_in_short(parser, arguments)
    args = parser.parse_intermixed_args(arguments)
    sys.argv[1:] = arguments = _options_first(arguments, args.overrides)  # Hydra reads them from there for -m
    _check_flags(args)
    check_config_dir(args.config_dir)
    limit_what_hydra_reads()
    if args.shell_completion:
        _show()
        return
    given = with_null_as_no_option(args.overrides)
    with _hydra_at_work(), _initialized():
        overrides = parsed(given)
        further = implied(overrides)
        whole = [*given, *further]
        found = jobs(whole, [*overrides, *parsed(further)]) if args.multirun else [whole]
    replaced = dict(zip(args.overrides, given, strict=True))
    shows = args.help or args.hydra_help or args.cfg or args.info
    sys.argv[1:] = [replaced.get(argument, argument) for argument in sys.argv[1:]]  # Hydra reads it
    sys.argv += further if shows or args.multirun else []
    if shows:
        _show()
        return
    _run_jobs(found, args.config_dir, args.multirun)


def _options_first(arguments: list[str], overrides: list[str]) -> list[str]:
    """The words of a command line with the overrides last: Hydra takes none that follow an option after others."""
    options = arguments[::-1]
    for override in reversed(overrides):
        options.remove(override)
    return options[::-1] + overrides


def _check_flags(args: Namespace) -> None:
    """Refuses flags of Hydra that this command does not have, or that say nothing by themselves."""
    for name in ("config_path", "config_name"):
        if value := getattr(args, name):
            key = f"--{name.replace('_', '-')}"
            raise InputError(key, "no other config", Found(shortened(value)), "Use --config-dir to add files.")
    if args.experimental_rerun:
        raise InputError(
            "--experimental-rerun", "no pickled config", Found("one"), "Repeat the command line in study.log instead."
        )
    chosen = [name for name in ("run", "multirun", "cfg", "info", "shell_completion") if getattr(args, name)]
    if len(chosen) > 1:
        raise InputError("command line", "one of Hydra's flags", Found(" and ".join(f"--{name}" for name in chosen)))
    for name in ("package", "resolve"):
        if getattr(args, name) and not args.cfg:
            raise InputError(f"--{name}", "--cfg beside it", Found("none"), f"Try --cfg job --{name}.")


def _run_jobs(found: list[list[str]], config_dir: str | None, multirun: bool) -> None:
    """Checks all jobs before the first of them begins."""
    if multirun and is_launching():
        _launched()  # the parent has checked the jobs
        return
    folders = [config_dir] if config_dir else []
    words = ["--config-dir", *folders] if folders else []
    if not multirun:
        config = compose(found[0], config_dir)
        from rmsprop_lab.cli.job import Job  # takes time: only for a config that can be composed

        Job(config, code_of_config_dirs(folders), [*words, *found[0]]).do()
        return
    studies = without_shards(found)
    configs = [compose([*study.overrides, *study.first], config_dir) for study in studies]
    names = announce([study.overrides for study in studies], [str(config["name"]) for config in configs])
    for config, study in zip(configs, studies, strict=True):
        config["name"] = names.of(config["name"], study.overrides)
    shards = shards_of_all(studies, configs)
    from rmsprop_lab.cli.job import CREATES_NOTHING, Job

    asked = code_of_config_dirs(folders)
    checked = [Job(config, asked, [*words, *job.overrides]) for config, job in zip(configs, studies, strict=True)]
    if all(job.settings.task in CREATES_NOTHING for job in checked):  # Hydra would create a folder for each
        for job in checked:
            job.do()
    elif shards > 1:
        launch(checked, shards)
    elif any(key_of(override) == "hydra/launcher" and not override.endswith("=basic") for override in found[0]):
        _launched()
    else:
        _hydra_main()


def _launched() -> None:
    """Runs the jobs with a launcher of Hydra, whose failures are not ours; their traceback goes where they print."""
    try:
        _hydra_main()
    except (LabError, HydraException, OmegaConfBaseException):
        raise
    except Exception as error:
        if is_launching():
            traceback.print_exc()
        reason = " ".join(str(error).split())[:_LONGEST]
        raise LabError(f"the launcher failed, {type(error).__name__}: {reason}") from error


def _show() -> None:
    """Prints what Hydra itself answers, as for `--help`."""
    printed = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    try:
        with redirect_stdout(printed["stdout"]), redirect_stderr(printed["stderr"]), _hydra_at_work():
            _hydra_main()
    except SystemExit as end:
        sys.exit(2 if end.code == 1 else end.code)  # Hydra's status for a package that is not there
    finally:
        for name, text in printed.items():  # it may show a config with a password
            print(redacted_yaml(text.getvalue()), end="", file=getattr(sys, name))


def _hydra_main() -> None:
    ignore_same_name()
    JobReturn.return_value = property(_returned, JobReturn.return_value.fset)  # type: ignore[method-assign, assignment, attr-defined]
    hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")(Launched.here())()


def _returned(job: JobReturn) -> Any:
    """What a job returned, or the error that it raised; Hydra's own getter prints a line of its own before ours."""
    if job.status is JobStatus.FAILED:
        raise job._return_value
    return job._return_value


def compose(overrides: list[str], config_dir: str | None = None) -> DictConfig:
    """Composes the config of one job. Nothing in it is executed.

    Args:
        overrides: The overrides of the command line, such as `search=grid`.
        config_dir: The folder of `--config-dir`, if any.
    """
    search_path = [f"file://{Path(config_dir).resolve()}"] if config_dir else []
    given = [*overrides, f"hydra.searchpath={search_path}"] if search_path else overrides
    with _initialized():
        with _hydra_at_work():
            config = hydra.compose("config", overrides=given, return_hydra_config=True)
        _check_hydra_node(config, search_path)
        folders = [source.path for source in config.hydra.runtime.config_sources if source.schema == "file"]
        OmegaConf.set_readonly(config.hydra, False)
        OmegaConf.set_struct(config, False)
        del config["hydra"]
        return with_absolute_files(config, folders)


@contextmanager
def _hydra_at_work() -> Iterator[None]:
    """Whatever Hydra raises while it parses and composes is due to the overrides and files that it was given."""
    try:
        with warnings.catch_warnings():
            ignore_same_name()
            yield
    except (LabError, HydraException, OmegaConfBaseException, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            reason = "a name that is too long"
        if isinstance(error, RecursionError):
            reason = "what contains itself, or is nested too deep"
        raise InputError("command line", "overrides and YAML files that Hydra can compose", Found(reason)) from error


def _initialized() -> AbstractContextManager[None]:
    return hydra.initialize_config_dir(str(conf_dir()), version_base="1.3", job_name="rmsprop-lab")


def _check_hydra_node(config: DictConfig, search_path: list[str]) -> None:
    node: Any = OmegaConf.to_container(config.hydra, resolve=False)
    for name, expected in {**_UNTOUCHED, "searchpath": search_path}.items():
        if node.get(name) != expected:
            raise InputError(f"hydra.{name}", f"{expected}, which rmsprop_lab sets", node.get(name), "Leave it out.")
    if node["job"]["env_set"] or node["job"]["chdir"]:
        raise InputError("hydra.job", "chdir and env_set as rmsprop_lab sets them", Found("others"), "Leave them out.")
    check_launcher(node["launcher"])
