"""Leaves passwords, tokens and keys out of what is shown or recorded.

What may be a secret is left out, also where that takes a little of the text beside it. A URL ends at white space.
"""

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

HIDDEN = "***"
_NEW_URL = r"[,;|\"'()\[\]{}<>=&]+[a-z][a-z0-9+.-]*://"
_QUOTED = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
_VALUE = rf"(?:{_QUOTED}|\S)+"  # quotes may be glued, as a shell's 'it'"'"'s'
_NAME = r"(?<![\w.?&;#])(?<!\w-)[A-Za-z_][\w.-]*"
_SECRET = re.compile(
    r"(?:password|passwd|passphrase|passcode|(?:^|[^a-z])pass|pwd|secret|token|credentials?|signature|authorization"
    r"|(?:api|access|account|auth|private|secret|shared|signing|encryption|master)[^a-z]?key)\d*\W*$",
    re.IGNORECASE,
)
# Secrets as parameters of a URL, ordinary words elsewhere; the last three hold commands and settings of a driver.
_SHORT = {"key", "auth", "sig", "pw", "options", "odbc_connect", "init_command"}
_FOLDERS = {"PWD", "OLDPWD"}
_LEAST = 4  # letters of a secret of the environment; shorter ones would be found in every word

# user:password@, where the password may have an @, / or # of its own: up to the last @ of the URL
_USERINFO = re.compile(
    rf"([a-z][a-z0-9+.-]*://)([^\s:/?#,;\"'()<>]*):\S{{0,2000}}?@(?=[^\s@]*(?:{_NEW_URL}|\s|$))", re.I
)
# alone before the @; a database's user is no secret
_TOKEN = re.compile(
    r"(?<![a-z0-9+.-])((?!(?:postgresql|postgres|mysql|mariadb|mssql|oracle|sqlite)\b)[a-z][a-z0-9+.-]*://)"
    r"[^\s:/?#@]+(?::|:x-oauth-basic)?@",
    re.I,
)
_PROFILE = re.compile(r"(databricks[a-z-]*://)[^\s/?#\"')]*\w", re.I)  # the name of one; a token is pasted there too
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s?#]*[?#]\S*", re.I)
_YAML = re.compile(r"( *(?:- )*)([\"']?)([\w.-]+)\2: (\S.*)")
_ENCODED_USERINFO = re.compile(
    r"(%(?:25)*3A(?:%(?:25)*2F){2}(?:(?!%(?:25)*(?:3A|2F|40))[^\s&@])*%(?:25)*3A)[^\s&]*(%(?:25)*40)", re.I
)
_PARAMETER = re.compile(r"([?&;#])([^\s=&?#;]+)=")
_UNTIL_AND, _UNTIL_SEMICOLON = re.compile(r"[^\s&]*"), re.compile(r"[^\s&;]*")
_ENCODED_PARAMETER = re.compile(
    r"(%(?:25)*(?:3F|26|3B|23|3D))((?:(?!%(?:25)*(?:3F|26|3B|23|3D))[^\s=&])+)(%(?:25)*3D)"
    r"((?:(?!%(?:25)*(?:26|3B))[^\s&])*)",
    re.I,
)
_WORD = re.compile(rf"(?P<quote>[\"'])({_NAME})=(?:\\.|(?!(?P=quote)).)*(?P=quote)(?:(?=[\"']){_VALUE})?")
_ASSIGNED = re.compile(rf"({_NAME})=({_VALUE})")
_OPTION = re.compile(r"(--[\w-]+)([ \t]+)(?!--)(\S+)")
_ITEM = re.compile(rf"(?P<quote>[\"'])([\w.-]+)(?P=quote)(\s*:\s*)(?:{_QUOTED})")
_HEADER = re.compile(r"(authorization[\"']?\s*[:=]\s*[\"']?)(?:(bearer|basic|token|digest)\s+)?[^\s\"']+", re.I)
_AFTER = re.compile(r"(?<=.)(?:[\"')\]}>]+[.,;:]*|[,;:]+)$")  # what closes the sentence around a URL


def redacted(text: str) -> str:
    """The text without the secrets in it: of URLs, plain or percent-encoded, of `NAME_PASSWORD=...`, of headers.

    >>> redacted("at postgresql://me:se@cret@host/db and https://host/?user=me&token=secret")
    'at postgresql://me:***@host/db and https://host/?user=me&token=***'
    >>> redacted("MLFLOW_TRACKING_PASSWORD=secret rmsprop-lab n_iter=5")
    'MLFLOW_TRACKING_PASSWORD=*** rmsprop-lab n_iter=5'
    """
    text = _TOKEN.sub(rf"\1{HIDDEN}@", text)
    text = _USERINFO.sub(rf"\1\2:{HIDDEN}@", text)
    text = _PROFILE.sub(rf"\1{HIDDEN}", text)
    text = _URL.sub(lambda found: _without_bare(found[0]), text)
    text = _ENCODED_USERINFO.sub(rf"\1{HIDDEN}\2", text)
    text = _without_parameters(text)
    text = _ENCODED_PARAMETER.sub(
        lambda found: _if_secret(found, 2, f"{found[1]}{found[2]}{found[3]}{HIDDEN}", in_url=True), text
    )
    text = _WORD.sub(lambda found: _if_secret(found, 2, f"{found[1]}{found[2]}={HIDDEN}{found[1]}"), text)
    text = _ASSIGNED.sub(lambda found: _if_secret(found, 1, f"{found[1]}={_hidden(found[2])}"), text)
    text = _OPTION.sub(lambda found: _if_secret(found, 1, f"{found[1]}{found[2]}{HIDDEN}"), text)
    text = _ITEM.sub(lambda found: _if_secret(found, 2, f"{found[1]}{found[2]}{found[1]}{found[3]}'{HIDDEN}'"), text)
    return _HEADER.sub(rf"\1{HIDDEN}", text)


def redacted_yaml(text: str) -> str:
    """What Hydra prints, YAML in part, without the secrets in it, and without those of the environment.

    `--resolve` writes what `${oc.env:NAME}` stands for; it is left out where the name is that of a secret.

    >>> print(redacted_yaml("uri: http://me:se@host/\\npassword: s3cret"))
    uri: http://me:***@host/
    password: '***'
    """
    for secret in _of_environment():
        text = text.replace(secret, HIDDEN)
    shown: list[str] = []
    below: int | None = None  # how far in a key is whose value goes on in the lines below it
    for line in text.splitlines():
        if below is not None and line.startswith(" " * (below + 1)):
            continue
        below = None
        found = _YAML.fullmatch(line)
        if found and found[4] != "null" and _names_secret(found[3]):
            below, line = len(found[1]), f"{found[1]}{found[3]}: '{HIDDEN}'"
        shown.append(line)
    return redacted("\n".join(shown) + ("\n" if text.endswith("\n") else ""))


def _of_environment() -> list[str]:
    """The values of environment variables whose names are those of secrets, the longest first."""
    named = [value for name, value in os.environ.items() if name not in _FOLDERS and _names_secret(name)]
    return sorted((value for value in named if len(value) >= _LEAST), key=len, reverse=True)


def redacted_data(data: Any) -> Any:
    """Nested lists and mappings, as of a config, without the secrets in their texts."""
    if isinstance(data, Mapping):
        return {key: HIDDEN if _hides(key, value) else redacted_data(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [redacted_data(item) for item in data]
    return redacted(data) if isinstance(data, str) else data


def _hides(key: object, value: object) -> bool:
    return isinstance(key, str) and isinstance(value, str) and bool(_SECRET.search(key))


def _names_secret(name: str, in_url: bool = False) -> bool:
    plain = unquote(unquote(unquote(name)))  # a URL in a URL in a URL
    return bool(_SECRET.search(plain)) or (in_url and plain.lower() in _SHORT)


def _if_secret(found: re.Match[str], name: int, hidden: str, in_url: bool = False) -> str:
    """`hidden` if the group `name` is the name of a secret, else what was found."""
    return hidden if _names_secret(found[name], in_url) else found[0]


def _without_bare(url: str) -> str:
    """The URL without what has no name in its query, and without its fragment if that is no path of a page.

    >>> _without_bare("http://host/?secret&n=3#secret"), _without_bare("http://host/#/runs/1")
    ('http://host/?***&n=3#***', 'http://host/#/runs/1')
    """
    head, mark, fragment = url.partition("#")
    if fragment and not fragment.startswith("/"):
        fragment = HIDDEN + _after(fragment)
    path, question, query = head.partition("?")
    parts = [part if "=" in part or not part else HIDDEN + _after(part) for part in query.split("&")]
    return f"{path}{question}{'&'.join(parts)}{mark}{fragment}"


def _without_parameters(text: str) -> str:
    shown, at = [], 0
    while found := _PARAMETER.search(text, at):
        shown.append(text[at : found.end()])
        at = found.end()  # the value of another parameter may have parameters of its own
        if _names_secret(found[2], in_url=True):
            value = (_UNTIL_SEMICOLON if found[1] == ";" else _UNTIL_AND).match(text, at)
            assert value is not None
            shown.append(HIDDEN + _after(value[0]))
            at = value.end()
    return "".join([*shown, text[at:]])


def _hidden(value: str) -> str:
    """Stars in place of a value, in its quotes."""
    if quoted := re.match(rf"({_QUOTED})([,;:)\]}}>.]*)$", value):
        return f"{value[0]}{HIDDEN}{value[0]}{quoted[2]}"
    return HIDDEN + _after(value)


def _after(value: str) -> str:
    """What stands behind a value: the closing quote or bracket, or the comma, of the text around it."""
    end = _AFTER.search(value)
    return end[0] if end else ""
