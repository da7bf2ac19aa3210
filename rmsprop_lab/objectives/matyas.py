from dataclasses import dataclass

import numpy as np

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class Matyas(Objective):
    """f(x, y) = 0.26 (x² + y²) - 0.48 xy, minimum 0 at 0.

    Source: Matyas, *Random optimization*, Automation and Remote Control 26 (1965), in the form of Jamil &
    Yang (2013), no. 71. A narrow bowl along the diagonal: its curvatures are 0.04 and 1.
    Shapes: value `(2, ...)` to `(...)`, gradient `(2, ...)` to a pair of `(...)`.
    """

    dim: int = 2
    bounds: Bounds = (-10.0, 10.0)

    exact = True
    planar = True
    minimum = 0.0
    minimizers = np.array([[0.0], [0.0]])

    def value(self, point: Array) -> Array:
        x, y = point
        return 0.26 * (x * x + y * y) - 0.48 * x * y

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x
