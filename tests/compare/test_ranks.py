"""Ranks count who is better, and the sentence says what ranks and relations say."""

import itertools

import pandas as pd
import pytest

from rmsprop_lab.compare import enough_repeats, ranks_of, repeats_to_ask_for, verdict_sentence

NAMES = ["a", "b", "c"]
Relations = dict[str, str]  # "ab": "better" says that a is better than b


def tables(relations: Relations, objective: str = "f", failed: str = "", repeats: int = 8) -> list[pd.DataFrame]:
    """Scores and pairs; pairs that are not named are unknown."""
    names = {frozenset(pair): (pair, relation) for pair, relation in relations.items()}
    rows = []
    for one, other in itertools.combinations(NAMES, 2):
        (better, worse), relation = names.get(frozenset((one, other)), (one + other, "unknown"))
        rows.append({"better": better, "worse": worse, "relation": relation, "repeats": repeats})
    scores = pd.DataFrame({"optimizer": NAMES, "score": [float("inf") if name in failed else -1.0 for name in NAMES]})
    return [table.assign(objective=objective) for table in (scores, pd.DataFrame(rows))]


def said(*given: list[pd.DataFrame]) -> str:
    scores, pairs = (pd.concat(tables, ignore_index=True) for tables in zip(*given, strict=True))
    return verdict_sentence(ranks_of(scores, pairs), pairs)


def test_the_rank_is_one_more_than_the_number_of_those_that_are_better() -> None:
    assert ranks_of(*tables({"ab": "better", "ac": "better", "bc": "better"}))["rank"].tolist() == [1, 2, 3]
    assert ranks_of(*tables({"ab": "equal", "ac": "better", "bc": "better"}))["rank"].tolist() == [1, 1, 3]
    assert ranks_of(*tables({"ca": "better"}))["rank"].tolist() == [2, 1, 1]
    assert ranks_of(*tables({}))["rank"].tolist() == [1, 1, 1]


def test_too_few_repeats_and_failures_have_no_rank() -> None:
    assert ranks_of(*tables({"ab": "better"}, repeats=4))["rank"].isna().all()
    assert ranks_of(*tables({"ab": "better"}, repeats=4), fewest=4)["rank"].tolist() == [1, 2, 1]
    assert ranks_of(*tables({"ab": "better"}, failed="c"))["rank"].fillna(0).tolist() == [1, 2, 0]
    assert ranks_of(*tables({}, failed="bc"))["rank"].isna().all()
    scores, pairs = tables({})
    assert ranks_of(scores[:1], pairs[:0])["rank"].isna().all()


def test_more_optimizers_take_more_repeats() -> None:
    assert [enough_repeats(count) for count in (2, 4, 5, 9, 10, 24)] == [5, 5, 8, 8, 10, 10]
    assert [repeats_to_ask_for(count) for count in (2, 4, 5, 9, 10, 24)] == [8, 8, 8, 8, 10, 10]


FIRST = {"ab": "better", "ac": "better"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([tables(FIRST)], "a is best on f."),
        ([tables({"ac": "better", "bc": "better"})], "a and b cannot be told apart on f."),
        ([tables({"ac": "better", "bc": "better", "ab": "equal"})], "a and b are practically equal on f."),
        ([tables({})], "On f none is better."),
        ([tables({"ab": "equal", "ac": "equal", "bc": "equal"})], "On f all are practically equal."),
        ([tables({"ab": "equal", "ac": "equal"})], "On f none is better."),
        ([tables(FIRST, failed="c")], "a is best on f; c failed on f."),
        ([tables({}, failed="abc")], ""),
        ([tables({}, repeats=3)], ""),
        ([tables(FIRST), tables(FIRST, "g", repeats=3)], "a is best on f; on g nothing can be said."),
        (
            [tables(FIRST, "f"), tables({}, "g"), tables({"ac": "better"}, "h"), tables(FIRST, "i")],
            "a is best on f and i; a and b cannot be told apart on h; on g none is better.",
        ),
    ],
)
def test_the_sentence_says_what_ranks_and_relations_say(given: list[list[pd.DataFrame]], sentence: str) -> None:
    assert said(*given) == sentence


def test_the_sentence_does_not_order_equals_by_their_scores() -> None:
    scores, pairs = tables({"ac": "better", "bc": "better"})
    ranks = ranks_of(scores, pairs)
    assert verdict_sentence(ranks[::-1], pairs) == verdict_sentence(ranks, pairs)


def test_the_sentence_tells_where_all_diverged() -> None:
    scores, pairs = tables({"ab": "equal", "ac": "equal", "bc": "equal"})
    ranks = ranks_of(scores, pairs)
    assert verdict_sentence(ranks.assign(starts=8, starts_lost=8), pairs) == "On f all diverged."
    assert verdict_sentence(ranks.assign(starts=8, starts_lost=[8, 8, 7]), pairs) == "On f all are practically equal."
