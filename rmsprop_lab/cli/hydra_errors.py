"""Rewords the errors of Hydra and OmegaConf like ours: expected, found, what to change."""

import re
from difflib import get_close_matches
from pathlib import Path

from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from rmsprop_lab.cli.config_dir import given, groups
from rmsprop_lab.cli.file_errors import as_override, wrong_choice
from rmsprop_lab.cli.options import option_files, with_all_options
from rmsprop_lab.cli.slips import keys_like, list_for_range, several_values, unparsable
from rmsprop_lab.errors import Found, InputError, did_you_mean, shortened

_LONGEST = 100  # characters of what is repeated in a piece of advice
_SEVERAL = ("objective", "optimizer")
_OWN = (*_SEVERAL, "experiment")  # groups of which users write options
_KINDS = {"Integer": "an integer", "Float": "a number", "Boolean": "true or false"}
_OPTIONS = {"search": "search=grid", "tracking": "tracking=none"}


def in_words(error: HydraException | OmegaConfBaseException) -> str:
    """A message that names the key and the nearest valid name; the original one if the error is not known."""
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        return _missing_option(error)
    if isinstance(error, MissingMandatoryValue):
        return _no_value(str(error.full_key))
    text = f"{error}\n{error.__cause__ or ''}"
    if unknown := re.search(r"[Kk]ey '([^']+)' (?:is )?not in (?:struct|'[^']*')\s*\n\s*full_key: (\S+)", text):
        return _unknown_key(unknown[2])
    if wrong := wrong_choice(text):
        return str(wrong)
    if unknown := re.search(r"Could not override '([^']+)'\.\s*No match in the defaults list", text):
        return _unknown_group(unknown[1].partition("@")[0])
    if ambiguous := re.search(r"Ambiguous value for argument '([^=]+)=(.*)'", text):
        return str(several_values(ambiguous[1], ambiguous[2]))
    if swept := re.search(r"Sweep parameters '([^=]+)=(.*)' requires --multirun", text):
        return str(several_values(swept[1], swept[2]))
    if added := re.search(r"Either remove \+ prefix: '([^=]+)=(.*)'", text):
        word = shortened(f"{added[1]}={added[2]}")
        return str(InputError(added[1], "an override without a plus", Found(f"+{word}"), f"Write {word}."))
    if converted := re.search(r"Value '(.*)' of type '\w+' could not be converted to (\w+)", text):
        key = where[1] if (where := re.search(r"Error merging override ([^=\s]+)=", text)) else "command line"
        return str(InputError(key, _KINDS.get(converted[2], "another value"), converted[1]))
    if isinstance(error, OverrideParseException):
        return str(unparsable(error.override or ""))
    if listed := re.search(
        r"Error merging override ([^=\s]+)=(\[.*\])\s+Cannot merge DictConfig with ListConfig", text
    ):
        return str(list_for_range(listed[1], listed[2]))
    if "Incompatible key type" in text:
        found = Found(_reason(text).rpartition("Incompatible key type ")[2])
        return str(
            InputError("command line", "names as keys", Found(f"a key of the type {found}"), "Put it in quotes.")
        )
    if undeletable := re.search(r"Could not delete (?:from config\. )?'([^'=]+)", text):
        return str(InputError(undeletable[1], "a value", Found(f"~{undeletable[1]}"), "Set another, or leave it out."))
    if where := re.search(r"full_key: (\S+)", text):
        return str(InputError(where[1], "a value that can be composed", Found(_reason(text))))
    return _reason(text) or type(error).__name__


def _reason(text: str) -> str:
    """The text in one line, without what Hydra and OmegaConf add about their own objects."""
    lines = dict.fromkeys(line.strip() for line in text.splitlines())  # the cause of an error may say the same
    return " ".join(line for line in lines if not re.match(r"(full_key|object_type|reference_type)[:=]", line)).strip()


def _no_value(key: str) -> str:
    group = key.partition(".")[0]
    change = f"Choose an option, as in {_OPTIONS[group]}." if group in _OPTIONS else f"Set one, as in {key}=<value>."
    return str(InputError(group if group in _OPTIONS else key, "a value", Found("none"), change))


def _missing_option(error: MissingConfigException) -> str:
    group, _, option = str(error.missing_cfg_file).rpartition("/")
    if group and not group.startswith("hydra/"):  # an option with a / in it is no group of ours
        group, _, option = str(error.missing_cfg_file).partition("/")
    chosen, slash, name = option.partition("/")
    if group == "experiment" and slash and chosen in groups():
        return str(as_override(chosen, name, f"{chosen}: {name} below `defaults:`"))
    folders = re.findall(r"path=file://(.+)", str(error))
    options = {path.stem for folder in folders for path in Path(folder, group).glob("*.yaml") if path.is_file()}
    for path in (Path(folder, group, f"{option}.yml") for folder in folders if len(option) <= _LONGEST):
        if path.is_file():
            return str(InputError(group, f"an option of {group}", option, f"Rename {path.name} to {option}.yaml."))
    if group == "hydra/launcher":
        options.add("basic")  # Hydra's own, which is no file
    change = did_you_mean(option, options) if options else ""
    if group in _OWN and option.lower() not in options:
        change = f"{change} {_own_option(group, option)}"
    return str(InputError(group, f"an option of {group}", option, change))


def _own_option(group: str, option: str) -> str:
    """Where one's own option would have to be."""
    folder = given()
    if folder is None:
        return f"For one of your own, add --config-dir <the folder that has your {group}/>."
    if Path(folder).resolve().name == group and option in option_files(".", folder):
        return f"For yours, name the folder above {group}: --config-dir {Path(folder).parent}."
    if not Path(folder, group).is_dir():
        return f"{folder} has no folder {group}."
    return f"{Path(folder, group)} has no {option}.yaml."


def _unknown_key(key: str) -> str:
    """The message for an unknown key: its parent is looked up in the default config, for the nearest valid name."""
    parent, _, name = key.rpartition(".")
    first = key.partition(".")[0]
    if key.startswith("hydra.launcher."):
        change = "Choose another, as in hydra/launcher=joblib, or leave it out."
        return str(InputError(key, "a key of the launcher that is chosen", name, change))
    config = with_all_options([first] if first in _SEVERAL else [], given())  # with more groups it takes longer
    node = OmegaConf.select(config, parent) if parent else config
    if elsewhere := keys_like(key):
        where = "a key of the config" if not isinstance(node, DictConfig) or not parent else f"a key of {parent}"
        return str(InputError(key, where, name if isinstance(node, DictConfig) else key, f"Did you mean {elsewhere}?"))
    if not isinstance(node, DictConfig):
        return str(InputError(key, "a key of the config", key, "List them with rmsprop-lab --cfg job."))
    names = [str(item) for item in node if item != "_target_"]
    if name in names:  # an option that exists but is not chosen
        return str(InputError(key, f"a chosen {parent}", Found(name), f"List it: {parent}=[{name}]."))
    where = f"a key of {parent}" if parent else "a key of the config"
    own = Path(given() or "", first, f"{parent.partition('.')[2]}.yaml")
    if given() and own.is_file() and not get_close_matches(name, names):
        has = ", which has " + (", ".join(names) or "none")
        change = f"If its class has it, add it to {own.name}, or here with a plus: +{key}=<value>."
        return str(InputError(key, where + has, name, change))
    return str(InputError(key, where, name, did_you_mean(name, names)))


def _unknown_group(group: str) -> str:
    groups = ["objective", "optimizer", "starts", "search", "tracking", "experiment"]
    return str(InputError(group, "a group or a key of the config", group, did_you_mean(group, groups)))
