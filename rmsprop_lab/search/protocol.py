"""The interface of a search: it asks for trials and is told their scores."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Trial(NamedTuple):
    """A point that a search asks for: its number, from 0, and the hyperparameters that the search chose."""

    number: int
    hyperparameters: Mapping[str, float]


class Scored(NamedTuple):
    """A finished trial: its hyperparameters, its score, and the key of its run."""

    hyperparameters: Mapping[str, float]
    score: float
    run_key: str


class Searcher(Protocol):
    """A search. It may learn from scores, which are never NaN: lower is better, +inf means diverged or failed."""

    def ask(self) -> Sequence[Trial]:
        """The next trials, which are computed as one batch; empty when the search is over."""

    def tell(self, scores: Mapping[int, float]) -> None:
        """Takes the scores of the trials asked for last, by the trial's number."""
