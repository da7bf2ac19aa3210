"""Prints any text on a terminal of any encoding."""

import codecs
import io
import sys
import unicodedata

_ASCII = {"≤": "<=", "≥": ">=", "↑": "^", "↓": "v", "×": "x", "ρ": "rho", "√": "sqrt", "·": ".", "–": "-", "—": "-"}


def print_any_text() -> None:
    """Has stdout and stderr print other forms of what their encoding lacks, as in `log10` for `log₁₀`."""
    codecs.register_error("rmsprop_lab.plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="rmsprop_lab.plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The plain form of a character: of ours, what Unicode says, or an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    plain = _ASCII.get(letter) or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or letter.encode("ascii", "backslashreplace").decode(), error.start + 1
