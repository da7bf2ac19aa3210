"""URIs of stores."""

from rmsprop_lab.tracking.uri import redacted


def test_passwords_are_left_out_of_messages() -> None:
    assert redacted("at postgresql://me:secret@host/db and") == "at postgresql://me:***@host/db and"
    assert redacted("sqlite:////a/b.db") == "sqlite:////a/b.db"
