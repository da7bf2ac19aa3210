r"""Tables of an article: what they say, and that LaTeX takes them."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from support.verdicts import chance, tables

from rmsprop_lab.base import Array
from rmsprop_lab.compare import Verdict, verdict
from rmsprop_lab.report.latex import escaped, latex_tables, number

HOSTILE = ("a_b%c&d#e", "[0pt]", "*x--y", r"\input{a}~^|<>`\"$", "three\nlines")
needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def scores(repeats: int = 8, objectives: int = 2, optimizers: int = 3) -> Array:
    """The first optimizer is best, the others are alike."""
    measures = chance((objectives, optimizers, repeats, 16), seed=0, tuning=0.1)
    measures[:, 0] -= 2.0
    return measures


def files(found: Verdict) -> dict[str, str]:
    return dict(latex_tables(found, "a_study"))


def rows_of(text: str) -> list[list[str]]:
    """The cells of the rows of a table, without headings."""
    lines = [line.removesuffix(r" \\") for line in text.splitlines() if line.endswith(r" \\") and " & " in line]
    return [line.split(" & ") for line in lines[1:]]


def comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.startswith("%"))


def test_the_ranking_has_a_row_for_each_optimizer_below_its_objective() -> None:
    found = verdict(*tables(scores()))
    text = files(found)["ranking.tex"]
    assert re.findall(r"\\textbf\{(\w+)\}", text) == ["f0", "f1"]
    rows = rows_of(text)
    assert [row[1] for row in rows] == found.ranking["optimizer"].tolist()
    assert [row[0] for row in rows] == ["1", "2=", "2="] * 2
    first = found.ranking.iloc[0]
    low, high = first["score_low"], first["score_high"]
    assert rows[0][2:] == [
        "step\\_size 0",
        f"${first['score']:.2f}$ [${low:.2f}$, ${high:.2f}$]",
        "$-0.3$",
        f"{100 * first['success']:.0f}\\,\\%",
        "0",
    ]
    assert "share of the 128 starts that come to 1e-3" in comments(text)
    assert found.sentence in comments(text)


def test_pairs_and_the_whole_say_how_sure_they_are() -> None:
    found = verdict(*tables(scores(objectives=6)))
    text = files(found)
    rows = rows_of(text["pairs.tex"])
    assert len(rows) == 18
    pair = found.pairs.iloc[0]
    assert rows[0][:3] == [pair["better"], pair["worse"], "better"]
    assert rows[0][4:] == [f"{pair['probability']:.2f}", "$<0.001$"]
    overall = found.overall.iloc[0]
    assert rows_of(text["overall.tex"])[0] == ["gd", f"${overall['mean_rank']:.2f}$"]
    assert f"critical difference of two mean ranks: {overall['critical_difference']:.2f}." in text["overall.tex"]


def test_without_ranks_their_column_is_left_out_and_a_comment_says_why() -> None:
    text = files(verdict(*tables(scores(repeats=2))))
    assert "3 repeats" not in text["ranking.tex"]
    assert "2 repeats cannot tell which optimizer is better; search.repeats=8 can." in comments(text["ranking.tex"])
    assert rows_of(text["ranking.tex"])[0][0] == "gd"
    assert r"\#" not in text["ranking.tex"].replace(comments(text["ranking.tex"]), "")
    assert {row[2] for row in rows_of(text["pairs.tex"])} == {"cannot be told apart"}
    assert {row[1] for row in rows_of(text["overall.tex"])} == {"--"}


def test_one_repeat_has_no_intervals_and_one_optimizer_no_pairs() -> None:
    text = files(verdict(*tables(scores(repeats=1, optimizers=1))))
    assert "[" not in "".join(cell for row in rows_of(text["ranking.tex"]) for cell in row)
    assert rows_of(text["pairs.tex"]) == []
    assert "% There are no two optimizers to compare." in text["pairs.tex"]


def test_one_that_failed_has_no_numbers() -> None:
    measures = scores()
    measures[0, 2, 1] = np.nan
    rows = rows_of(files(verdict(*tables(measures)))["ranking.tex"])
    assert rows[2][0] == "--"
    assert rows[2][3] == "failed"


def test_shown_hyperparameters_can_be_chosen() -> None:
    found = verdict(*tables(scores(objectives=1)))
    named = {name: ["step_size"] if name == "adam" else [] for name in found.ranking["optimizer"]}
    rows = rows_of(dict(latex_tables(found, "s", named))["ranking.tex"])
    assert {row[1]: row[2] for row in rows} == {"gd": "", "adam": r"step\_size 0.1", "rmsprop": ""}


def test_numbers_are_in_math_mode() -> None:
    assert number(-0.001, "mean_log10_gap") == "$0.00$"
    assert number(-1.23e-7, "mean_value") == r"$-1.23\times10^{-7}$"
    assert number(None, "final_gap") == "--"
    assert escaped("mean log₁₀ gap") == r"mean $\log_{10}$ gap"


@pytest.mark.parametrize(("count", "kind"), [(13, "longtable"), (4, "tabular")])
def test_a_table_longer_than_a_page_is_broken_over_pages(count: int, kind: str) -> None:
    text = files(verdict(*tables(scores(objectives=count))))["ranking.tex"]
    assert f"\\begin{{{kind}}}" in text
    assert ("longtable" in comments(text)) == ("not into a table that floats" in comments(text)) == (count == 13)


def document(folder: Path, name: str, text: str) -> str:
    """What `pdflatex` says of an article with a table."""
    (folder / name).write_text(text)
    packages = r"\usepackage{booktabs,array,longtable}"
    body = f"\\documentclass{{article}}{packages}\\begin{{document}}\n\\noindent\\input{{{name}}}\n\\end{{document}}\n"
    (folder / "article.tex").write_text(body)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "article.tex"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=120)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@needs_latex
@pytest.mark.parametrize("objectives", [3, 24])
def test_latex_takes_the_tables_and_they_fit_the_page(tmp_path: Path, objectives: int) -> None:
    for name, text in files(verdict(*tables(scores(objectives=objectives)))).items():
        said = document(tmp_path, name, text)
        assert "Overfull" not in said
        assert "LaTeX Warning" not in said.replace("LaTeX Warning: Table widths have changed", "")


@needs_latex
@pytest.mark.parametrize("repeats", [1, 8])
def test_latex_takes_hostile_names(tmp_path: Path, repeats: int) -> None:
    trials, runs, starts = tables(scores(repeats, objectives=1, optimizers=5), names=HOSTILE)
    renamed = (trials.assign(objective=HOSTILE[0]), runs.assign(objective=HOSTILE[0]), starts)
    found = verdict(*(table.rename(columns={"step_size": "[a_b]"}) for table in renamed))
    for name, text in latex_tables(found, "a\n\\undefined%"):
        document(tmp_path, name, text)
        assert "\\undefined" not in "\n".join(line for line in text.splitlines() if not line.startswith("%"))


@needs_latex
def test_latex_shows_names_as_they_are(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    document(tmp_path, "names.tex", "\n\n".join(map(escaped, HOSTILE[:3])))
    subprocess.run(["pdftotext", "article.pdf"], cwd=tmp_path, check=True)
    lines = [
        line.strip().replace("\u2217", "*") for line in (tmp_path / "article.txt").read_text().splitlines() if line
    ]
    assert lines[:3] == ["a b%c&d#e", "[0pt]", "*x--y"]  # an underscore is drawn as a line, which is no text
