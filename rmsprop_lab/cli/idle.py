"""Tells which words of a command change nothing: settings that the chosen search, or the chosen starts, do not read."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rmsprop_lab.cli.console import console
from rmsprop_lab.compare.sentence import listed
from rmsprop_lab.plan.search_settings import DRAWING, LEARNING, SEARCHES
from rmsprop_lab.plan.study import Study

_SEARCHES = tuple(name for name in SEARCHES if name != "none")
_Readers = Mapping[str, tuple[str, ...]]
_SEARCH: _Readers = {"trials": DRAWING, "batch": LEARNING, "points": ("grid",), "over": _SEARCHES, "widen": _SEARCHES}
_DRAWN = ("uniform", "tutorial", "fresh")
_STARTS: _Readers = {"count": _DRAWN, "seed": _DRAWN}


def print_idle(study: Study, words: Sequence[str]) -> None:
    """Prints to stderr a line for each key of the command line that changes nothing, and what it is for."""
    for text in () if study.is_part else _idle(study, words):
        console(stderr=True).print(text, soft_wrap=True)


def _idle(study: Study, words: Sequence[str]) -> Iterator[str]:
    chosen = {"search": (study.search.method, _SEARCH), "starts": (study.starts.method, _STARTS)}
    for word in words:
        key, group, name = found.groups() if (found := re.match(r"\+*((\w+)\.(\w+))=", word)) else ("", "", "")
        if group == "evaluation" and study.search.method == "none":
            yield f"{key} changes nothing with search=none: only what a search finds is evaluated"
        elif group in chosen:
            method, readers = chosen[group]
            if name in readers and method not in readers[name]:
                yield f"{key} changes nothing with {group}={method}; it is for {listed(readers[name])}"
