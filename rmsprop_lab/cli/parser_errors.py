"""How a parser of arguments says what it refuses: without secrets, and without hundreds of letters of one word."""

import re
from argparse import ArgumentParser

from rmsprop_lab.errors import printable, shortened
from rmsprop_lab.tracking.redaction import redacted


def tell_in_short(parser: ArgumentParser) -> None:
    """Has a parser print its errors by the rules of ours."""

    def error(message: str) -> None:
        short = re.sub(r"\S{121,}", lambda word: shortened(word[0]), redacted(message))
        ArgumentParser.error(parser, printable(short))

    parser.error = error  # type: ignore[method-assign, assignment]
