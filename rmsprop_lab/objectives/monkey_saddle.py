from dataclasses import dataclass

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class MonkeySaddle(Objective):
    """f(x, y) = x³ - 3xy², unbounded below: a test of how fast a descent escapes the flat saddle at 0.

    Source: Hilbert & Cohn-Vossen, *Anschauliche Geometrie* (1932): three valleys, for two legs and a tail.
    The gradient and the curvatures are 0 at 0. No minimum: every descent that escapes diverges in the end.
    Shapes: value `(2, ...)` to `(...)`, gradient `(2, ...)` to a pair of `(...)`.
    """

    dim: int = 2
    bounds: Bounds = (-1.0, 1.0)

    exact = True
    planar = True

    def value(self, point: Array) -> Array:
        x, y = point
        return x * (x * x - 3.0 * y * y)

    def gradient(self, point: Array) -> tuple[Array, Array]:
        x, y = point
        return 3.0 * (x * x - y * y), -6.0 * x * y
