"""Words a descent in the tutorial's form."""

from collections.abc import Iterator

from rmsprop_lab.descent import Trace


def trace_lines(trace: Trace, start: int = 0) -> Iterator[str]:
    """Every kept iteration of one start as the tutorial prints it: `>i` and the point after step i; then the last one.

    >>> import numpy as np
    >>> from rmsprop_lab import descend
    >>> from rmsprop_lab.objectives import Bowl
    >>> from rmsprop_lab.optimizers import GD
    >>> print(*trace_lines(descend(Bowl(), GD(step_size=0.5), np.array([1.0, -1.0]), n_iter=1)), sep="\\n")
    >0 f([0. 0.]) = 0.00000
    Done!
    f([0. 0.]) = 0.000000
    """
    points, values = trace.points[1:, :, start], trace.values[1:, start]
    for iteration, point, value in zip(trace.iterations[1:], points, values, strict=True):
        yield f">{iteration - 1} f({point}) = {value:.5f}"
    yield "Done!"
    yield f"f({points[-1]}) = {values[-1]:.6f}"
