from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Trial(NamedTuple):
    """One choice of a search: its number, from 0, and the hyperparameters it sets."""

    number: int
    hyperparameters: Mapping[str, float]


class Scored(NamedTuple):
    """A trial that is over, and the run that it was."""

    hyperparameters: Mapping[str, float]
    score: float
    run_key: str


class Searcher(Protocol):
    """Proposes trials and learns from their scores (lower is better, +inf for divergence, never NaN)."""

    def ask(self) -> Sequence[Trial]:
        """The next trials, to be computed as one batch; empty when the search is over."""

    def tell(self, scores: Mapping[int, float]) -> None:
        """The score of each trial asked for, by number."""
