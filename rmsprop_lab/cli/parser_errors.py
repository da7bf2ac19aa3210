"""How a parser of arguments says what it refuses: without secrets, and without hundreds of letters of one word."""

import re
from argparse import ArgumentParser

from rmsprop_lab.errors import Found, InputError, printable, shortened
from rmsprop_lab.tracking.redaction import redacted


def tell_in_short(parser: ArgumentParser, takes_keys: bool = False) -> None:
    """Has a parser print its errors by the rules of ours.

    Args:
        parser: The parser.
        takes_keys: Whether `--n_iter=5` may stand for `n_iter=5`, which is no flag.
    """

    def error(message: str) -> None:
        if takes_keys and (flag := re.fullmatch(r"unrecognized arguments: (--?)([\w.]+=.*)", message)):
            word = shortened(redacted(flag[2]))
            raise InputError("command line", "key=value", Found(flag[1] + word), f"Leave out the dashes: {word}.")
        short = re.sub(r"\S{121,}", lambda word: shortened(word[0]), redacted(message))
        ArgumentParser.error(parser, printable(short))

    parser.error = error  # type: ignore[method-assign, assignment]
