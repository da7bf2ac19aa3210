"""What a search is to the rest of the package."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Trial(NamedTuple):
    """A point that a search asks for: its number, from 0, and the hyperparameters that it sets."""

    number: int
    hyperparameters: Mapping[str, float]


class Scored(NamedTuple):
    """A finished trial: its hyperparameters, its score, and the key of its run."""

    hyperparameters: Mapping[str, float]
    score: float
    run_key: str


class Searcher(Protocol):
    """Proposes trials and may learn from their scores: lower is better, +inf for divergence, never NaN."""

    def ask(self) -> Sequence[Trial]:
        """The next trials, to be computed as one batch; empty when the search is over."""

    def tell(self, scores: Mapping[int, float]) -> None:
        """Takes the scores of the trials asked for, by number."""
