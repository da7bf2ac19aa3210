from dataclasses import dataclass

from rmsprop_lab.base import Array, Bounds, Objective


@dataclass(frozen=True, eq=False)
class MonkeySaddle(Objective):
    """f(x, y) = x³ - 3xy², unbounded below: how fast does a descent escape the flat saddle at 0?

    Three valleys meet at 0, where the gradient and all curvatures are 0. There is no minimum, so every descent that
    escapes diverges in the end.

    Args:
        dim: Number of coordinates d; only 2.
        bounds: Where starts are drawn: (low, high), or a row per coordinate. Default: chosen here.

    Source: Hilbert & Cohn-Vossen, *Anschauliche Geometrie* (1932): a monkey needs valleys for two legs and a tail.
    Shapes: `point` (2, ...), `value` (...), `gradient` a pair of (...).

    >>> MonkeySaddle().value((1.0, 1.0))
    -2.0
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
