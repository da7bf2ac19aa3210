"""URIs of stores, and that no password in them is ever shown."""

import string
import sys
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rmsprop_lab.errors import InputError
from rmsprop_lab.tracking.uri import check_uri, redacted

SECRETS = st.text(min_size=1, max_size=20)
NAMES = st.text(string.ascii_letters + string.digits + "-._~%", max_size=8)
SCHEMES = st.sampled_from(["postgresql", "postgresql+psycopg", "mysql", "https", "http"])
SURROUNDINGS = st.sampled_from(["", "at ", "logging to (", "see https://docs.example.org/a:b, ", "x://y:z@w and "])
few = settings(max_examples=50, deadline=None)


def test_passwords_are_left_out_of_messages() -> None:
    assert redacted("at postgresql://me:secret@host/db and") == "at postgresql://me:***@host/db and"
    assert redacted("sqlite:////a/b.db") == "sqlite:////a/b.db"


@pytest.mark.parametrize(
    ("scheme", "module", "told"),
    [
        ("postgresql+psycopg", "psycopg", "Install it: pip install 'rmsprop-lab[postgresql]'."),
        ("postgresql+psycopg2", "psycopg2", "Install the package that brings psycopg2, or choose another driver."),
    ],
)
def test_a_driver_that_is_not_installed_is_told(monkeypatch, scheme: str, module: str, told: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=r"tracking\.uri: expected a database that can be reached") as refused:
        check_uri(f"{scheme}://me@127.0.0.1:9/db")
    assert refused.value.change == told


@few
@given(scheme=SCHEMES, user=NAMES, secret=SECRETS, before=SURROUNDINGS, after=SURROUNDINGS)
def test_the_password_of_no_url_survives(scheme: str, user: str, secret: str, before: str, after: str) -> None:
    password = quote(secret, safe="!$&'()*+,;=:")  # whatever RFC 3986 leaves as it is
    uri = f"{scheme}://{user}:{password}@db.example.org:5432/mlflow"
    assert urlsplit(uri).password == password
    shown = f"{scheme}://{user}:***@db.example.org:5432/mlflow"
    assert redacted(f"{before}{uri} {after}") == f"{redacted(before)}{shown} {redacted(after)}"
    assert redacted(shown) == shown


@few
@given(secret=st.text(string.ascii_letters + string.digits + string.punctuation, min_size=1, max_size=12))
def test_a_password_survives_not_even_unquoted(secret: str) -> None:
    """People paste passwords as they are: with /, # or ? in them, which cut a URL elsewhere."""
    assume("@" not in secret)
    assert redacted(f"postgresql://me:{secret}@host/db") == "postgresql://me:***@host/db"


def test_a_password_with_an_unquoted_at_sign_is_left_out_whole() -> None:
    uri = "postgresql://me:se@cret@host/db"
    assert urlsplit(uri).password == "se@cret"
    assert redacted(uri) == "postgresql://me:***@host/db"


def test_a_password_among_the_parameters_is_left_out() -> None:
    assert "secret" not in redacted("postgresql://host/db?user=me&password=secret")


@few
@given(text=st.text(string.ascii_letters + " :/.", max_size=40))
def test_what_holds_no_password_is_left_as_it_is(text: str) -> None:
    assert redacted(text) == text
