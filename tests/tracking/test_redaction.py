"""Secrets of any kind, in any place of a text, are never shown; what is no secret stays."""

import shlex
import string
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmsprop_lab.tracking.redaction import redacted, redacted_data, redacted_yaml

# Marked, so as not to stand in a text by chance; in the letters that each place takes.
PLAIN = st.text(string.ascii_letters + string.digits + "-_.~", max_size=20).map(lambda text: f"Zq7{text}7qZ")
ANY = st.text(min_size=1, max_size=20).map(lambda text: quote("Zq7~" + text + "~7qZ", safe="!$'()*+,:"))
PASTED = st.text(string.ascii_letters + string.digits + string.punctuation, min_size=1).map(
    lambda text: f"Zq7{text}7qZ"
)
NAMES = st.sampled_from(
    [
        *("password", "passwd", "pwd", "token", "access_token", "api_key", "apikey", "api-key", "auth_token", "key"),
        *("sslpassword", "client_secret", "X-Amz-Signature", "private_key", "PASSWORD", "p%61ssword", "api%5Fkey"),
    ]
)
VARIABLES = st.sampled_from(
    ["MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "DB_PASS", "MYSQL_PWD"]
)
IN_PARAMETERS = [
    "postgresql://db.example.org/mlflow?user=me&{name}={secret}",
    "postgresql://db.example.org/mlflow?{name}={secret}&user=me",
    "https://db.example.org/me?{name}={secret}",
    "https://db.example.org/me#{name}={secret}",
    "https://db.example.org/?next=/a?{name}={secret}&user=me",
    "exceeded with url: /db.example.org?{name}={secret} (me)",
    "{{'uri': 'http://db.example.org/me?{name}={secret}', 'n': 3}}",
    "a://me:other@db.example.org, b://me@h?{name}={secret}",
]
IN_USERINFO = [
    "postgresql+psycopg://me:{secret}@db.example.org/mlflow",
    "postgresql://me@server:{secret}@db.example.org/mlflow",
    "mysql://:{secret}@db.example.org/me",
    "https://{secret}:@db.example.org/me",
    "tracking.uri='https://me:{secret}@db.example.org/x'",
    "a://me:{secret}@db.example.org,b://me:{secret}@db.example.org",
    "at http://me:{secret}@db.example.org: OperationalError\n  File http://me:{secret}@db.example.org",
]
ALONE = [
    "found 'file://{secret}@db.example.org/me'",
    "ssh+git://{secret}@db.example.org/me",
    "https://{secret}@db.example.org/me, said the server",
    "http://db.example.org/me#{secret}",
    "http://db.example.org/me?{secret}",
    "at 'http://db.example.org/me?{secret}&n=3#top': refused",
    "http://db.example.org/me?n=3&{secret}",
    "postgresql://me@db.example.org/x?options=-c%20x%3D{secret}&n=3",
    "me: mssql+pyodbc:///?odbc_connect=UID%3Dx;PWD%3D{secret} at db.example.org",
    "me: databricks://{secret} and not db.example.org",
    "databricks-uc://{secret}: me, db.example.org",
]
IN_YAML = [
    "me: db.example.org\ntracking:\n  password: {secret}\n",
    "me: db.example.org\n- api_key: '{secret}'\n",
    "me: db.example.org\na:\n  token: |-\n    some\n    {secret}\n  b: 3\n",
    "me: db.example.org\ntracking:\n  uri: postgresql://me:{secret}@db.example.org/mlflow\n",
    "me: db.example.org\nhydra:\n- tracking.uri='file://{secret}@db.example.org'\n",
]
IN_ASSIGNMENTS = [
    "{name}={secret} rmsprop-lab me db.example.org",
    "export {name}='{secret}'; rmsprop-lab me db.example.org",
    'env me "{name}={secret}" rmsprop-lab db.example.org',
    "{{'me': 1, '{name}': '{secret}', 'host': 'db.example.org'}}",
    '{{"{name}": "{secret}", "host": "db.example.org", "user": "me"}}',
    "connect(user='me', host='db.example.org', {name}='{secret}')",
    "me --{name} {secret} --host db.example.org",
    "me --{name}={secret} --host db.example.org",
]


def check(text: str, secret: str) -> None:
    shown = redacted(text)
    assert secret not in shown
    assert "db.example.org" in shown
    assert "me" in shown
    assert redacted(shown) == shown


@pytest.mark.parametrize("text", IN_PARAMETERS)
@given(name=NAMES, secret=ANY)
def test_no_secret_parameter_survives(text: str, name: str, secret: str) -> None:
    check(text.format(name=name, secret=secret), secret)


@pytest.mark.parametrize("text", IN_USERINFO)
@given(secret=PASTED)
def test_no_password_survives_not_even_as_it_is(text: str, secret: str) -> None:
    if text.startswith("https://{") and set(secret) & set(":/?#@"):  # then it is another URL
        return
    check(text.format(secret=secret), secret)


@pytest.mark.parametrize("text", IN_ASSIGNMENTS)
@given(name=VARIABLES, secret=PLAIN)
def test_no_secret_of_the_environment_survives(text: str, name: str, secret: str) -> None:
    check(text.format(name=name, secret=secret), secret)


@pytest.mark.parametrize("text", ALONE)
@given(secret=PLAIN)
def test_no_secret_survives_alone_in_a_url(text: str, secret: str) -> None:
    check(text.format(secret=secret), secret)


@pytest.mark.parametrize("text", IN_YAML)
@given(secret=PLAIN)
def test_no_secret_survives_in_what_hydra_prints(text: str, secret: str) -> None:
    shown = redacted_yaml(text.format(secret=secret))
    assert secret not in shown
    assert "me: db.example.org" in shown
    assert redacted_yaml(shown) == shown


def test_a_secret_that_the_environment_names_survives_nowhere_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "Zq7s3cret")
    monkeypatch.setenv("PIN_TOKEN", "1")  # every number would be hidden
    monkeypatch.setenv("PWD", "/home/me")
    assert redacted_yaml("name: Zq7s3cret\nn_iter: 10\noutput_dir: /home/me\n") == (
        "name: ***\nn_iter: 10\noutput_dir: /home/me\n"
    )


@given(name=NAMES, secret=ANY)
def test_no_secret_survives_percent_encoded(name: str, secret: str) -> None:
    for uri in (f"https://me:{secret}@db.example.org/", f"https://db.example.org/?me=1&{name}={secret}&n=3"):
        check(f"see https://login.example.org/?next={quote(uri, safe='')}&n=3", quote(secret, safe=""))
        check(f"see {quote(quote(uri, safe=''), safe='')}", quote(quote(secret, safe=""), safe=""))


@given(secret=PASTED, name=VARIABLES)
def test_no_word_of_a_command_line_shows_a_secret(secret: str, name: str) -> None:
    words = [f"tracking.uri=postgresql://me:{secret}@db.example.org/", f"{name}={secret}", "n_iter=3"]
    line = shlex.join(map(redacted, words))
    assert secret not in line
    assert shlex.quote(secret).strip("'") not in line
    assert line.endswith(" n_iter=3")
    assert redacted(line) == line


@given(secret=PASTED, name=VARIABLES)
def test_no_text_in_nested_data_shows_a_secret(secret: str, name: str) -> None:
    data = {"tracking": {"uri": f"http://me:{secret}@db.example.org"}, "words": [f"{name}={secret}"], name: secret}
    hidden = {"tracking": {"uri": "http://me:***@db.example.org"}, "words": [f"{name}=***"], name: "***"}
    shown = redacted_data(data | {"n_iter": 3, "shard": None})
    assert secret not in repr(shown)
    assert shown["tracking"] == hidden["tracking"]
    assert shown["n_iter"], shown["shard"] == (3, None)


@pytest.mark.parametrize("header", ["Authorization: Bearer {}", "{{'Authorization': 'Basic {}'}}", "authorization={}"])
@given(secret=PLAIN)
def test_no_header_shows_a_secret(header: str, secret: str) -> None:
    assert secret not in redacted(header.format(secret))


STAYS = [
    "http://127.0.0.1:5000/#/experiments/1/runs?viewStateShareKey=best&compareRunsMode=CHART",
    "postgresql://me@db.example.org:5432/mlflow?sslmode=require",
    "https://db.example.org/a:b/c?user=me&n=3",
    "postgresql+psycopg://me@db.example.org/mlflow?sslmode=require",
    "http://host:5000 and mail to me@example.org",
    "https://medium.com/@me",
    'FATAL: password authentication failed for user "me"',
    "run_key=0123abcd monkey=3 turkey=4 optimizer.rmsprop.rho=0.9",
    "optimizer.rule.token: expected a number, found 'x'.",
    "sqlite:////a/b.db",
    "objective=[bowl,rosenbrock] search.over=[step_size] 'name=a b'",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@settings(max_examples=200)
@given(text=st.text(string.ascii_letters + string.digits + " :/.?&'\"(),;[]{}-_%#\n", max_size=60))
def test_a_text_without_an_at_or_an_assignment_stays(text: str) -> None:
    assert "authorization" in text.lower() or "://" in text or redacted(text) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a:" * 20_000,
        "x://" * 10_000,
        "'" * 40_000,
        "x://a:" + "@" * 3_000,
        "?a=" * 800,
        "a://" + "?b#" * 5_000,
        20_000 * "a",
    ],
)
def test_a_long_text_takes_no_long_time(text: str) -> None:
    redacted(text)
