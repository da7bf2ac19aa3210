"""What is wrong with a file that chooses an option of a group: Hydra takes it below `defaults:` alone."""

import re
import sys
from pathlib import Path

from rmsprop_lab.cli.config_dir import KEY, given, groups
from rmsprop_lab.config.yaml_files import read_yaml
from rmsprop_lab.errors import Found, InputError, shortened


def wrong_choice(text: str) -> InputError | None:
    """The error about a file that chooses an option in another way.

    Args:
        text: What Hydra says.

    Returns:
        The error; None if it is not that.
    """
    if listed := re.search(r"In '([^']+)': .*Cannot merge DictConfig with ListConfig", text, re.S):
        return _list_for_mapping(listed[1])
    if again := re.search(r"Multiple values for (\w+)\. To override a value use 'override [^:]+: (.+)'", text):
        group, option = again[1], again[2]
        if any(word.startswith(f"+{group}=") for word in sys.argv[1:]):
            change = f"Leave out the plus: {group}={option}."
            return InputError(group, "one option", Found(f"+{group}={option}"), change)
        return as_override(group, option, f"- /{group}: {option}")
    if re.search(r"Could not override '\w+@experiment\.", text):
        expected = "a file that begins with `# @package _global_`"
        return InputError("experiment", expected, Found("one without"), "Make this its first line.")
    if relative := re.search(r"Could not override 'experiment/(\w+)[@']", text):
        return as_override(relative[1], "<option>", f"override {relative[1]}, without the slash")
    return None


def as_override(group: str, option: str, found: str) -> InputError:
    """The error about an option that is chosen in another way than below `defaults:`."""
    change = f"Write `- override /{group}: {option}` below `defaults:`."
    return InputError(group, "an option that is chosen as an override", Found(found), change)


def _list_for_mapping(name: str) -> InputError:
    """A file with a list in the place of a mapping: mostly `optimizer: [gd, adam]`."""
    content = read_yaml(Path(given() or "", f"{name}.yaml"), KEY) if given() else {}
    for group in groups():
        if isinstance(options := content.get(group), list):
            listed = shortened(", ".join(map(str, options)))
            return as_override(group, f"[{listed}]", f"{group}: [{listed}] in {name}.yaml")
    change = "Write a mapping of keys and values where the config has one."
    return InputError("experiment", "mappings where the config has them", Found(f"a list in {name}.yaml"), change)
