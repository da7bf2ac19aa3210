"""How a parser of arguments says what it refuses: without secrets, and without hundreds of letters of one word."""

import re
from argparse import ArgumentParser
from collections.abc import Sequence

from rmsprop_lab.errors import Found, InputError, printable, shortened
from rmsprop_lab.tracking.redaction import redacted

_REFUSED = ("--config-path", "--config-name", "--experimental-rerun")  # options of Hydra that are not ours


def tell_in_short(parser: ArgumentParser, overrides: Sequence[str] | None = None) -> None:
    """Has a parser print its errors by the rules of ours, and take no option that is not written in full.

    Args:
        parser: The parser.
        overrides: The command line, if keys and values stand in it beside options; else None.
    """
    parser.allow_abbrev = False  # --experiment would be --experimental-rerun

    def error(message: str) -> None:
        short = printable(re.sub(r"\S{121,}", lambda word: shortened(word[0]), redacted(message)))
        if overrides is None:
            ArgumentParser.error(parser, short)
        raise _in_words(parser, short, message, overrides)

    parser.error = error  # type: ignore[method-assign, assignment]


def _in_words(parser: ArgumentParser, short: str, message: str, words: Sequence[str]) -> InputError:
    from rmsprop_lab.cli.slips import as_option

    options = [name for name in parser._option_string_actions if name.startswith("--") and name not in _REFUSED]
    unknown = message.removeprefix("unrecognized arguments: ")
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("-") and f"-{word}" in options:
            return InputError("command line", "an option", Found(word), f"Did you mean -{word}?")
        if word.startswith("-") and unknown != message and unknown.startswith(word):
            return as_option(word, following, options)
    return InputError("command line", "options as rmsprop-lab --hydra-help lists them", Found(short))
