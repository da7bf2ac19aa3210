from collections.abc import Mapping, Sequence

from rmsprop_lab.plan.space import Space, grid_points
from rmsprop_lab.search.protocol import Trial


class Grid:
    """Every combination of the space's grid points, asked for at once; an empty space is one trial."""

    def __init__(self, space: Space) -> None:
        self._trials = [Trial(number, point) for number, point in enumerate(grid_points(space))]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """A grid learns nothing."""
