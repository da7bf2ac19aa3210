from dataclasses import dataclass
from typing import Any

import numpy as np

from rmsprop_lab.base import Array
from rmsprop_lab.wrappers.wrapper import Wrapper, positive


@dataclass(frozen=True, eq=False)
class Scaled(Wrapper):
    """g(x) = v f(x / s): the objective f made s times as wide and v times as high.

    Minimizers, bounds and plot window are multiplied by s, the gradient by v/s. This shows what depends on units: the
    best step size of gradient descent is multiplied by s²/v, that of AdaGrad and RMSProp by s.

    Args:
        objective: The inner objective f.
        scale: The factor s on lengths, finite and > 0.
        value_scale: The factor v on values, finite and > 0.
        bounds: Where starts are drawn, by keyword; by default those of f times s.

    Raises:
        InputError: `scale` or `value_scale` is not finite or not > 0.

    Shapes: `point` (d, ...), `value` (...), `gradient` (d, ...), with the inner d.

    >>> from rmsprop_lab.objectives import Booth
    >>> Scaled(Booth(), scale=10.0).minimizers.T
    array([[10., 30.]])
    """

    scale: float = 1.0
    value_scale: float = 1.0

    def __post_init__(self) -> None:
        for name in ("scale", "value_scale"):
            object.__setattr__(self, name, positive(getattr(self, name), name))
        super().__post_init__()

    def _bounds(self) -> Array:
        widened: Array = self.objective.bounds * self.scale
        return widened

    @property
    def minimum(self) -> float | None:
        inner = self.objective.minimum
        return None if inner is None else self.value_scale * inner

    @property
    def largest_term(self) -> float:
        return self.value_scale * super().largest_term

    @property
    def minimizers(self) -> Array | None:
        inner = self.objective.minimizers
        return None if inner is None else inner * self.scale

    @property
    def plot_window(self) -> Any:
        inner = self.objective.plot_window
        return None if inner is None else np.asarray(inner) * self.scale

    @property
    def noise_sigma(self) -> float:
        return self.value_scale / self.scale * super().noise_sigma

    def value(self, point: Array) -> Array:
        return self.value_scale * self.objective.value(point / self.scale)

    def gradient(self, point: Array) -> Array:
        return self.value_scale / self.scale * np.asarray(self.objective.gradient(point / self.scale))
