"""What the start page shows of a study: a tag of its experiment, as the server may have nothing but the store."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CARD_TAG = "mlflow.rmsprop_lab.card"  # MLflow's page hides tags with its prefix
_MOST_LETTERS = 1500  # of a sentence


@dataclass(frozen=True)
class Card:
    """A study in short."""

    sentence: str = ""
    place: str = ""
    """Its folder and machine, see `rmsprop_lab.tracking.store.place_of`."""
    picture: tuple[str, str] | None = None
    """The run that holds the picture, and its path among the artifacts of that run."""
    report: bool = False
    """Whether the study's run `report` holds a report."""


def card_tag(card: Card) -> dict[str, str]:
    """The tag of an experiment that holds a card."""
    sentence = card.sentence
    if len(sentence) > _MOST_LETTERS:
        sentence = f"{sentence[:_MOST_LETTERS]}…"
    return {CARD_TAG: json.dumps({**asdict(card), "sentence": sentence}, ensure_ascii=False)}


def card_of(tags: Mapping[str, str]) -> Card:
    """The card in an experiment's tags; an empty one if there is none, or somebody else wrote it.

    >>> card_of(card_tag(Card("gd is best.", picture=("1f", "figures/a.png")))).picture
    ('1f', 'figures/a.png')
    >>> card_of({CARD_TAG: '{"sentence": 3}'}) == card_of({}) == Card()
    True
    """
    try:
        found = json.loads(tags.get(CARD_TAG, "{}"))
        return Card(_text(found, "sentence"), _text(found, "place"), _picture(found), found.get("report") is True)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Card()


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name, "")
    if not isinstance(text, str):
        raise TypeError(name)
    return text


def _picture(found: Mapping[str, Any]) -> tuple[str, str] | None:
    if found.get("picture") is None:
        return None
    run_id, path = map(str, found["picture"])
    return run_id, path
