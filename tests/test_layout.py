"""The folders of tests are those of the package; a test file is short, and imports no other."""

import ast
import re
from pathlib import Path

import pytest
from support.catalogue import ROOT

TESTS = ROOT / "tests"
FILES = sorted({*TESTS.rglob("*.py")} - {Path(__file__)})  # which holds examples of what it looks for
OTHERS = {"support", "benchmarks", "faults"}  # what tests share, programs that are no tests, and the storm
LONGEST = 300


def name_of(path: Path) -> str:
    return str(path.relative_to(TESTS))


def imported(text: str) -> set[str]:
    """The modules that are imported, also in functions and in programs that are written as strings."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {"." * node.level + (node.module or "")}
            names |= {"." * node.level + f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names |= set(re.findall(r"^\s*(?:from|import) ([\w.]+)", node.value, re.M))
    return names


def of_tests(names: set[str]) -> set[str]:
    """Those that are a test file or a conftest."""
    return {name for name in names if re.search(r"(?:^|\.)(?:test_\w+|conftest)(?:$|\.)", name)}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_imports_a_test_file_or_a_conftest(path: Path) -> None:
    found = imported(path.read_text(encoding="utf-8"))
    assert not of_tests(found)
    assert not [name for name in found if name.startswith(".")]


def test_an_import_of_a_test_file_is_noticed() -> None:
    given = "import conftest\nfrom plots.test_maps import x\nfrom plots import test_title\n"
    hidden = 'def f():\n    from test_a import b\n\nCODE = """\nimport os\nfrom test_c import d\n"""\n'
    assert of_tests(imported(given)) == {"conftest", "plots.test_maps", "plots.test_maps.x", "plots.test_title"}
    assert of_tests(imported(hidden)) == {"test_a", "test_a.b", "test_c"}


@pytest.mark.parametrize("path", [path for path in FILES if path.name.startswith("test_")], ids=name_of)
def test_a_test_file_is_short_and_says_what_it_tests(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < LONGEST
    assert ast.get_docstring(ast.parse(text))


def test_every_package_has_its_folder_and_there_are_no_others() -> None:
    packages = {path.parent.name for path in (ROOT / "rmsprop_lab").glob("*/__init__.py")}
    folders = {path.parent.name for path in TESTS.glob("*/*.py")}
    assert folders == packages | OTHERS
