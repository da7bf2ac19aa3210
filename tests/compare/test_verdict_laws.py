"""A verdict depends on the numbers alone, calls equals better in few studies only, and finds a decade."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.verdicts import NAMES, chance, shuffled, tables

from rmsprop_lab import InputError
from rmsprop_lab.base import Array
from rmsprop_lab.compare import Verdict, verdict

few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def scores(seed: int, repeats: int = 6) -> Array:
    """Three optimizers on three objectives, of which some are better on some."""
    shifts = np.random.default_rng(seed).choice([0.0, 0.0, 0.3, 1.5], (3, 3, 1, 1))
    return chance((3, 3, repeats, 5), seed) + shifts


def relations(found: Verdict) -> set[tuple[str, str, str, str]]:
    """What is said of each pair; of those that are not told apart either may come first."""
    rows = found.pairs[["objective", "better", "worse", "relation"]].to_numpy().tolist()
    return {(f, *((one, other) if is_ == "better" else sorted((one, other))), is_) for f, one, other, is_ in rows}


def ranks(found: Verdict) -> dict[tuple[str, str], int]:
    return found.ranking.set_index(["objective", "optimizer"])["rank"].to_dict()


def assert_same(one: Verdict, other: Verdict) -> None:
    for name in ("ranking", "pairs", "overall"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.sentence, one.overall_sentence, one.override) == (
        other.sentence,
        other.overall_sentence,
        other.override,
    )


@pytest.mark.slow
@few
@given(seed=seeds, order=st.integers(0, 1000), repeats=st.sampled_from([1, 4, 6]))
def test_the_order_of_rows_changes_nothing(seed: int, order: int, repeats: int) -> None:
    study = tables(scores(seed, repeats))
    assert_same(verdict(*study), verdict(*shuffled(study, order)))


@pytest.mark.slow
@few
@given(seed=seeds, names=st.permutations(NAMES[:3]))
def test_other_names_change_nothing_but_the_names(seed: int, names: Sequence[str]) -> None:
    measures, new = scores(seed), dict(zip(NAMES, names, strict=False))
    one, other = verdict(*tables(measures)), verdict(*tables(measures, names=names))
    assert {(f, new[name]): rank for (f, name), rank in ranks(one).items()} == ranks(other)
    renamed = {(f, new[a], new[b], is_) for f, a, b, is_ in relations(one)}
    ordered = {(f, *((a, b) if is_ == "better" else sorted((a, b))), is_) for f, a, b, is_ in renamed}
    assert ordered == relations(other)
    means = one.overall.replace({"optimizer": new}).sort_values("optimizer", ignore_index=True)
    pd.testing.assert_frame_equal(means, other.overall.sort_values("optimizer", ignore_index=True))


@pytest.mark.slow
@few
@given(seed=seeds, constant=st.floats(-1.0, 1.0), factor=st.sampled_from([1e-3, 1e6]))
def test_a_constant_changes_no_relation_and_without_decades_no_unit_does(
    seed: int, constant: float, factor: float
) -> None:
    measures = scores(seed)
    one, other = verdict(*tables(measures)), verdict(*tables(measures + constant))
    assert relations(one) == relations(other)
    assert one.sentence == other.sentence
    values = [verdict(*tables(given, "mean_value")) for given in (measures, factor * measures)]
    assert relations(values[0]) == relations(values[1])
    assert "equal" not in set(values[0].pairs["relation"])


@few
@given(seed=seeds)
def test_an_optimizer_and_itself_are_equal(seed: int) -> None:
    measures = scores(seed)
    measures[:, 1] = measures[:, 0]
    found = verdict(*tables(measures))
    twins = found.pairs[found.pairs["better"].isin(NAMES[:2]) & found.pairs["worse"].isin(NAMES[:2])]
    assert set(twins["relation"]) == {"equal"}
    assert set(twins["p_value"]) == {1.0}
    assert set(twins["probability"]) == {0.5}


def told_apart(studies: int, optimizers: int, repeats: int, shift: float = 0.0) -> float:
    """The share of pairs with the last optimizer that are told apart; it is worse by `shift`."""
    found = []
    for seed in range(studies):
        measures = chance((4, optimizers, repeats, 8), seed)
        measures[:, -1] += shift
        pairs = verdict(*tables(measures)).pairs
        mine = pairs[(pairs[["better", "worse"]] == NAMES[optimizers - 1]).any(axis=1)]
        right = (mine["worse"] == NAMES[optimizers - 1]) if shift else True
        found.append(((mine["relation"] == "better") & right).mean())
    return float(np.mean(found))


@pytest.mark.slow
@pytest.mark.parametrize(("optimizers", "repeats"), [(4, 5), (4, 8)])
def test_twins_are_rarely_told_apart(optimizers: int, repeats: int) -> None:
    assert told_apart(25, optimizers, repeats) <= 0.03


def test_a_decade_is_found_with_eight_repeats() -> None:
    assert told_apart(12, 3, 8, shift=1.0) >= 0.9


def test_what_is_said_with_few_repeats_and_few_optimizers() -> None:
    one = verdict(*tables(scores(0, 1)))
    assert one.sentence == "1 repeat cannot tell which optimizer is better; search.repeats=8 can."
    assert (one.repeats, one.is_enough, one.override) == (1, False, "search.repeats=8")
    assert one.ranking["rank"].isna().all()
    assert one.ranking.groupby("objective")["score"].is_monotonic_increasing.all()
    assert one.overall["friedman_p"].isna().all()
    many = verdict(*tables(chance((1, 10, 6, 2), 0)))
    assert (many.is_enough, many.override) == (False, "search.repeats=10")
    assert many.ranking["rank"].notna().all()
    alone = verdict(*tables(chance((2, 1, 5, 2), 0)))
    assert alone.sentence == "A single optimizer has nothing to be compared with."
    assert (len(alone.pairs), alone.is_enough) == (0, True)


def test_delta_and_target_can_be_chosen() -> None:
    study = tables(chance((1, 2, 8, 4), 2, tuning=0.01) + np.array([0.0, 1.0])[:, None, None])
    assert verdict(*study).sentence == "gd is best on f0."
    assert verdict(*study, delta=3.0).sentence == "On f0 all are practically equal."
    assert set(verdict(*study, target="1e-1").ranking["success_target"]) == {"1e-1"}


def test_of_an_even_number_of_repeats_the_lower_median_is_shown() -> None:
    measures = np.repeat(np.array([-1.0, -4.0, -3.0, -2.0, -6.0, -5.0])[None, None, :, None], 3, axis=3)
    (row,) = verdict(*tables(measures)).ranking.to_dict("records")
    assert (row["score"], row["run_key"]) == (-3.5, "0-0-1")


def test_who_failed_has_no_rank_and_is_said_to_have_failed() -> None:
    measures = chance((2, 3, 5, 4), 1)
    measures[:, 0] -= 3
    measures[1, 1, 2] = np.nan
    found = verdict(*tables(measures))
    row = found.ranking.set_index(["objective", "optimizer"]).loc["f1", "adam"]
    assert (row["score"], row["starts"], row["repeats"]) == (np.inf, 16, 5)
    assert pd.isna(row["rank"])
    assert found.ranking["optimizer"].tolist()[-1] == "adam"
    assert found.sentence == "gd is best on f0 and f1; adam failed on f1."
    measures[1] = np.nan
    assert verdict(*tables(measures)).sentence == "gd is best on f0; on f1 nothing can be said."
    with pytest.raises(InputError, match="objectives"):
        verdict(*tables(measures), objectives=["f9"])
