"""The card of a study: what is written is read again, and what somebody else wrote breaks no page."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmsprop_lab.tracking.card import CARD_TAG, Card, card_of, card_tag

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["sentence", "place", "picture", "report"]), inner),
)


@given(st.text(max_size=1500), st.text(), st.none() | st.tuples(st.text(), st.text()), st.booleans())
def test_what_is_written_is_read_again(
    sentence: str, place: str, picture: tuple[str, str] | None, report: bool
) -> None:
    card = Card(sentence, place, picture, report)
    assert card_of(card_tag(card)) == card


@given(JSON)
def test_no_json_breaks_it(found: object) -> None:
    card = card_of({CARD_TAG: json.dumps(found)})
    assert isinstance(card.sentence, str)
    assert card.picture is None or len(card.picture) == 2


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '{"picture": [1, 2, 3]}', "[" * 100_000])
def test_what_is_no_card_is_an_empty_one(text: str) -> None:
    assert card_of({CARD_TAG: text}) == Card()


def test_a_long_sentence_fits_into_a_tag() -> None:
    (tag,) = card_tag(Card("x" * 100_000)).values()
    assert len(tag) < 5000
