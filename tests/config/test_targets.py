"""Which classes a `_target_` may name, and that naming one runs nothing else."""

import sys

import pytest

from rmsprop_lab.base import Objective
from rmsprop_lab.config.targets import find_class
from rmsprop_lab.errors import InputError


@pytest.mark.parametrize("module", ["this", "antigravity", "idlelib.idle", "turtledemo.clock"])
def test_modules_of_the_standard_library_are_refused_without_being_imported(module: str) -> None:
    assert module not in sys.modules
    with pytest.raises(InputError, match="The standard library and our dependencies contain no such class"):
        find_class(f"{module}.Class", Objective, "objective.x._target_")
    assert module not in sys.modules


@pytest.mark.parametrize("target", ["pandas.DataFrame", "scipy.optimize.OptimizeResult", "matplotlib.testing.X"])
def test_modules_of_dependencies_are_refused(target: str) -> None:
    with pytest.raises(InputError, match="The standard library and our dependencies contain no such class"):
        find_class(target, Objective, "objective.x._target_")
