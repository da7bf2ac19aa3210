"""Objectives made from another one, one file each: `from rmsprop_lab.wrappers import Rotated`.

They nest: `Rotated(Shifted(Rastrigin(dim=10), 1.5), seed=3)`.
"""

from rmsprop_lab.wrappers.noisy import Noisy
from rmsprop_lab.wrappers.rotated import Rotated
from rmsprop_lab.wrappers.scaled import Scaled
from rmsprop_lab.wrappers.shifted import Shifted

__all__ = ["Noisy", "Rotated", "Scaled", "Shifted"]
