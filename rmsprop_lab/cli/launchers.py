"""Hydra's launchers: which ones are installed, and what brings the others."""

from collections.abc import Iterator, Mapping
from typing import Any

from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher

from rmsprop_lab.errors import Found, InputError

_EXTRAS = {"joblib": "joblib", "submitit": "slurm", "ray": "ray"}
"""The extra of this package that installs a launcher, by a word in the name of the launcher's package."""


def check_launcher(launcher: Any) -> None:
    """Checks the node `hydra.launcher` of a composed config.

    Raises:
        InputError: It is no launcher that is installed, or names classes in its options, which would run.
    """
    target = launcher.get("_target_") if isinstance(launcher, Mapping) else launcher
    installed = {f"{cls.__module__}.{cls.__qualname__}" for cls in Plugins.instance().discover(Launcher)}
    if isinstance(target, str) and target in installed:
        for key in _targets_below(launcher):
            raise InputError(f"hydra.launcher.{key}", "plain options", Found("a _target_"), "Leave it out.")
        return
    extra = next((extra for word, extra in _EXTRAS.items() if f".hydra_{word}_launcher." in str(target)), None)
    if extra:
        change = f"Install it: pip install 'rmsprop-lab[{extra}]'."
        raise InputError("hydra/launcher", "a launcher that is installed", Found(str(target).split(".")[1]), change)
    raise InputError("hydra.launcher._target_", "one of Hydra's launchers that is installed", target)


def _targets_below(node: Any, path: str = "") -> Iterator[str]:
    """The keys of the mappings below a launcher's own that name a class."""
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        below = f"{path}.{key}".lstrip(".")
        if isinstance(value, Mapping) and "_target_" in value:
            yield below
        yield from _targets_below(value, below)
