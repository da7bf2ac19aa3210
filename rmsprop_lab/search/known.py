from collections.abc import Mapping, Sequence

from rmsprop_lab.search.protocol import Trial


class Known:
    """The trials of a search that is over, by number: asked for at once, in place of choosing them again."""

    def __init__(self, trials: Mapping[int, Mapping[str, float]]) -> None:
        self._trials = [Trial(number, trials[number]) for number in sorted(trials)]

    def ask(self) -> Sequence[Trial]:
        trials, self._trials = self._trials, []
        return trials

    def tell(self, scores: Mapping[int, float]) -> None:
        """There is nothing left to learn for."""
