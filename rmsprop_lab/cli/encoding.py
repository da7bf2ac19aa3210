"""Prints any text on a terminal of any encoding."""

import codecs
import io
import sys
import unicodedata

_ASCII = {
    "≤": "<=",
    "≥": ">=",
    "↑": "^",
    "↓": "v",
    "×": "x",
    "ρ": "rho",
    "√": "sqrt",
    "·": ".",
    "–": "-",
    "—": "-",
    "±": "+-",
}
_ERRORS = "rmsprop_lab.plain"


def print_any_text() -> None:
    """Has stdout and stderr print other forms of what their encoding lacks, as in `log10` for `log₁₀`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def encodable(text: str, encoding: str) -> str:
    """The text as it will be printed: a table must know how wide that is.

    >>> encodable("≤1 ±2", "ascii"), encodable("≤1 ±2", "utf-8")
    ('<=1 +-2', '≤1 ±2')
    """
    return text.encode(encoding, _ERRORS).decode(encoding)


def with_escapes(text: str, encoding: str, typed: str) -> str:
    r"""A message with escapes for letters that the encoding lacks: a form without its umlaut would hide what is wrong.

    Args:
        text: The message.
        encoding: That of the terminal.
        typed: What the user typed, whose other characters are shown as escapes too.

    >>> with_escapes("found böwl … try ≥1", "ascii", "böwl")
    'found b\\xf6wl … try ≥1'
    """
    return "".join(
        letter.encode(encoding, "backslashreplace").decode(encoding) if letter.isalpha() or letter in typed else letter
        for letter in text
    )


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The plain form of a character: of ours, what Unicode says, or an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    plain = _ASCII.get(letter) or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or letter.encode("ascii", "backslashreplace").decode(), error.start + 1


codecs.register_error(_ERRORS, _plain)
