"""Reads the studies that a folder's commands recorded, from the configs in `commands/*.yaml`."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from rmsprop_lab.config.settings import read
from rmsprop_lab.config.trust import code_in, without_foreign
from rmsprop_lab.config.yaml_files import read_recorded
from rmsprop_lab.errors import Found, InputError, LabError
from rmsprop_lab.plan.study import Study
from rmsprop_lab.storage.folder import StudyFolder

Resolve = Callable[[Any], Any]
"""Resolves the interpolations of a config, which is plain data; raises `LabError` if one cannot be resolved."""
_OF_THIS_COMMAND = (
    *("task", "name", "output_dir", "tracking", "trust", "fresh"),
    *("jobs", "shards", "shard", "from", "run_key"),
)


class Recorded(NamedTuple):
    """A study that a folder's command recorded, and whether code was withheld from it or from a newer one.

    What is withheld leaves a part of the study, or an older one, that must not be judged as if it were the study.
    """

    study: Study
    withheld: bool


def recorded_studies(
    folder: StudyFolder,
    config: Mapping[str, Any],
    resolve: Resolve,
    unread: list[str] | None = None,
    asked: Collection[str] = (),
    only: Mapping[str, str] | None = None,
) -> Iterator[Recorded]:
    """The different studies that a folder's commands recorded, the newest first.

    Those that cannot be read any more are skipped. The folder may come from somebody else: of what is not a class of
    rmsprop_lab, only code that this command names is imported, unless its config says `trust: true`. A study goes
    without the objectives and optimizers of other code.

    Args:
        folder: The study's folder.
        config: The config of this command, resolved. It supplies keys that the config of an older version lacks.
        resolve: Resolves interpolations.
        unread: Gets the reasons why studies were skipped, or are not whole.
        asked: Files and modules that this command names, beside those in `config`.
        only: The one `objective` and the one `optimizer` to read of each study; None for all. A study without them is
            skipped.
    """
    seen, withheld, trusted = set(), set[str](), {*asked, *code_in(config)}
    for path in sorted((folder.path / "commands").glob("*.yaml"), reverse=True):
        try:
            record = _checked(read_recorded(path), path.name)
            recorded = resolve(record["config"])
            if record.get("format", 1) == 1:  # whose default was another score
                recorded["search"]["score"] = None
            whole = {**config, **recorded, **{name: config[name] for name in _OF_THIS_COMMAND}}
            whole["limits"] = {**config["limits"], "runs": recorded["limits"]["runs"]}
            if only and not _narrow(whole, only):
                continue
            if config["trust"] is not True:
                whole, foreign = without_foreign(whole, trusted)
                withheld |= foreign
                if foreign and not (whole["objective"] and whole["optimizer"]):
                    continue
            if (text := repr(whole)) not in seen:
                seen.add(text)
                yield Recorded(read(whole).study, bool(withheld))
        except (LabError, KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            if unread is not None and (why := _why(error, path.name)) not in unread:
                unread.append(why)
    if withheld and unread is not None:
        code = ", ".join(sorted(withheld))
        allowed = "if you trust it, trust=true runs it, as does --config-dir"
        unread.insert(0, f"not run, as this command does not name it: {code}; {allowed}")


def _narrow(config: dict[str, Any], only: Mapping[str, str]) -> bool:
    """Leaves one entry of each group in a config, and what a search varies of it; returns whether it has them."""
    for group, name in only.items():
        config[group] = {key: spec for key, spec in (config.get(group) or {}).items() if key == name}
    if over := config["search"].get("over"):
        specs: list[Any] = list(config["optimizer"].values())
        space = specs[0].get("space") or {} if specs else {}
        config["search"] = {**config["search"], "over": [name for name in over if name in space]}
    return all(config[group] for group in only)


def code_recorded(folder: StudyFolder, only: Mapping[str, str]) -> set[str]:
    """The files and modules that a folder's newest command with one objective and optimizer names for them."""
    for path in sorted((folder.path / "commands").glob("*.yaml"), reverse=True):
        with suppress(LabError, TypeError, AttributeError, OSError):
            config = dict(_checked(read_recorded(path), path.name)["config"])
            if _narrow(config, only):
                return code_in(config)
    return set()


def _checked(record: Any, name: str) -> Mapping[str, Any]:
    """A record of a command, which has a config."""
    if not isinstance(record, Mapping) or not isinstance(record.get("config"), Mapping):
        raise InputError(name, "the record of a command, with its `config`", Found("a file without one"))
    return record


def _why(error: Exception, name: str) -> str:
    """Why a record could not be read, with the name of its file."""
    if isinstance(error, KeyError):
        return f"{name}: its config lacks the key {error}"
    if not isinstance(error, LabError | OSError):
        return f"{name}: its config has a value of the wrong kind"
    told = str(error).removesuffix(".")  # it ends the sentences of others
    return told if name in told else f"{name}: {told}"
