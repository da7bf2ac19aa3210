"""Objectives made from another objective, a file each. They nest.

>>> from rmsprop_lab.objectives import Rastrigin
>>> from rmsprop_lab.wrappers import Rotated, Shifted
>>> Rotated(Shifted(Rastrigin(dim=10), shift=1.5), seed=3).dim
10
"""

from rmsprop_lab.wrappers.noisy import Noisy
from rmsprop_lab.wrappers.rotated import Rotated
from rmsprop_lab.wrappers.scaled import Scaled
from rmsprop_lab.wrappers.shifted import Shifted

__all__ = ["Noisy", "Rotated", "Scaled", "Shifted"]
