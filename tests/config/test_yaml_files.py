"""YAML of other people is read in one place, within limits: what cannot be read is refused at once, in words."""

import os
import time
from pathlib import Path

import pytest

from rmsprop_lab.config.yaml_files import MOST_BYTES, MOST_VALUES, read_recorded, read_yaml
from rmsprop_lab.errors import InputError

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{before}'] * 9)}]\n" for before, key in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"{key}: &{key} {{<<: [{','.join([f'*{before}'] * 9)}]}}\n"
    for before, key in zip("abcdefg", "bcdefgh", strict=True)
)
REFUSED = {
    "aliases": (BOMB, "at most 50,000 values"),
    "merged aliases": (MERGE_BOMB, "at most 50,000 values"),
    "many values": (f"x: [{'1,' * (MOST_VALUES + 1)}]", "at most 50,000 values"),
    "12 MB": ("x: " + "1" * 12_000_000, "at most 1,000,000 bytes, found mine.yaml with 12,000,003"),
    "nested lists": ("x: " + "[" * 5000 + "]" * 5000, "at most 40 levels of lists and mappings"),
    "open lists": ("x: " + "[" * 200_000, "at most 40 levels"),
    "nested mappings": ("{a: " * 5000, "at most 40 levels"),
    "nested blocks": ("- " * 5000 + "x", "at most 40 levels"),
    "a mapping in itself": ("a: &a\n  b: *a\n", "that contains itself"),
    "a list in itself": ("&a [*a]", "that contains itself"),
    "a key twice": ("a: 1\nb: 2\na: 3\n", "every key once in a mapping, found 'a' twice in mine.yaml, line 3"),
    "a key twice below": ("a:\n  b: 1\n  b: 1\n", "found 'b' twice in mine.yaml, line 3"),
    "no alias": ("a: *b", "valid YAML, found mine.yaml, line 1: undefined alias"),
    "code": ("a: !!python/object/apply:os.getcwd []", "found !!python/object/apply:os.getcwd in mine"),
    "date": ("a: 2020-99-99", "month must be in 1..12"),
    "number": ("a: !!int x", "valid YAML"),
    "time": ("a: !!timestamp x", "valid YAML"),
    "flag": ("a: !!bool x", "valid YAML"),
    "digits": ("a: " + "9" * 5000, "valid YAML"),
    "key": ("{[1]: 2}: 3", "found a list or mapping as a key in mine.yaml, line 1"),
    "documents": ("a: 1\n---\na: 2\n", "found mine.yaml, line 2: another document."),
    "null character": ("a: x\0", "valid YAML"),
    "tab": ("a:\n\tb: 1", "valid YAML"),
}


ADVICE = {
    "a:\n\tb: 1": "line 2: a tab where none can stand. Indent with spaces",
    "a: !!python/name:os.abort x": "line 1. Take out the tag",
    "a: !mine x": "found !mine in mine.yaml, line 1. Take out the tag",
    "a: !!omap [a: 1]": "Take out the tag",
    "a: 1\n---\na: 2\n": "Put each document into a file of its own",
    "null: 1": "found a key of null in mine.yaml, line 1.",
    "a: {~: 1}": "found a key of null in mine.yaml, line 1.",
    "a: {{b}}": "Put text that begins with [ or { in quotes.",
    "a: *b": "Text that begins with * is the name of an anchor",
    "a: b: c": "Put text with ': ' in it in quotes",
    "a: [1": "Close every [ and {",
    "a: {b: 1": "Close every [ and {",
    'a: "b': "Close the quotes.",
    'a: "\\q"': "Write a backslash in single quotes",
    "a: @b": "Put text that begins with @ in quotes.",
    "a:\n   b: 1\n  c: 2": "Indent the keys of a mapping alike.",
    "a: 2020-99-99": "Put a date in quotes.",
    "a: x\0": "Take the character out.",
}


@pytest.mark.parametrize("text", ADVICE)
def test_the_advice_is_about_what_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_yaml(tmp_path / "mine.yaml", "--config-dir", "mine.yaml")
    assert ADVICE[text] in str(refused.value)
    assert "mine.yaml, " in str(refused.value)
    assert "unicode string" not in str(refused.value)


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_cannot_be_read_is_refused_at_once(tmp_path: Path, case: str) -> None:
    text, says = REFUSED[case]
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(InputError) as refused:
        read_yaml(path, "--config-dir", "mine.yaml")
    assert time.monotonic() - began < 10  # all but "many values" take milliseconds
    assert str(refused.value).startswith("--config-dir: expected")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"a: \xff", "a: ü".encode("latin-1"), "a: x".encode("utf-16")])
def test_only_utf_8_is_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.yaml").write_bytes(content)
    with pytest.raises(InputError, match="expected YAML files in UTF-8, found"):
        read_yaml(tmp_path / "mine.yaml", "key")


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    os.mkfifo(path)
    with pytest.raises(InputError, match="no regular file"):
        read_yaml(path, "key")
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="no regular file"):
        read_yaml(path, "key")
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(InputError, match="YAML files that can be read"):
        read_yaml(path, "key")
    with pytest.raises(InputError, match="No such file"):
        read_yaml(tmp_path / "nothing.yaml", "key")


def test_what_is_well_formed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\nd: ü\n", encoding="utf-8")
    assert read_yaml(path, "key") == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}, "d": "ü"}
    path.write_text("# nothing\n")
    assert read_yaml(path, "key") is None


def test_what_this_package_recorded_may_be_longer(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("a: " + "x" * MOST_BYTES)
    with pytest.raises(InputError, match="bytes"):
        read_yaml(path, "key")
    assert len(read_recorded(path)["a"]) == MOST_BYTES
