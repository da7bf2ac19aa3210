"""`task=list`: what it says of every option, ours and a user's."""

import re

import pytest
from support.catalogue import CONF
from support.own import HEAD, QUARTIC, own

from rmsprop_lab.objectives import Logistic, Rosenbrock
from rmsprop_lab.optimizers import RMSPropGraves
from rmsprop_lab.tasks.list import first_sentence, paragraphs


def test_it_lists_every_option_with_what_its_file_says(lab, tmp_path) -> None:
    ended = lab("task=list")
    assert ended.status == 0, ended.err
    for group in ("objective", "optimizer", "search", "experiment"):
        for path in (CONF / group).glob("*.yaml"):
            (line,) = [
                line for line in ended.out.splitlines() if line.split(":")[0].split(" ")[:3] == ["", "", path.stem]
            ]
            comment = next(line for line in path.read_text().splitlines() if line.startswith("# ") and "@" not in line)
            assert line.endswith(comment.split(": ")[-1].lstrip("# ")), line
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["rosenbrock", "2+", "-5", "to", "10", "0"] in [row[:6] for row in rows]
    assert ["monkey_saddle", "2", "±1", "unknown"] in [row[:4] for row in rows]
    assert "    rho        0.99   0.9 to 0.999, log_complement, 3 points\n    epsilon    1e-08\n" in ended.out
    assert "0.5 to 0.98, log_complement, 3 points, where centered is true" in ended.out
    assert "  mean_log10_gap " in ended.out
    assert not list(tmp_path.iterdir())


def test_what_is_chosen_is_shown_in_full(lab) -> None:
    ended = lab("task=list", "objective=rosenbrock", "optimizer=rmsprop", "optimizer.rmsprop.rho=0.5")
    for text in (
        "objective rosenbrock  rmsprop_lab.objectives.rosenbrock.Rosenbrock",
        "f(x) = Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²; minimum 0 at (1, ..., 1)",
        "Source: Hinton",
        "Libraries differ: `torch.optim.RMSprop` agrees",
        "      rho: Decay rate of s, in [0, 1).",
        "    rho        0.5    0.9 to 0.999, log_complement, 3 points",
    ):
        assert text in ended.out
    assert ">>>" not in ended.out
    assert "adagrad" not in ended.out


def test_searches_and_experiments_are_shown_with_their_files(lab) -> None:
    ended = lab("task=list", "search=tpe", "experiment=[tune]")
    assert "method: tpe" in ended.out
    assert "batch: Number of trials that `tpe` and `cmaes` choose" in ended.out
    assert "  score: steps_to_1e-5" in ended.out
    assert "objective " not in ended.out


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_cut(lab, monkeypatch, columns: str) -> None:
    for name, value in {"COLUMNS": columns, "FORCE_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    for words in (["task=list"], ["task=list", "optimizer=rmsprop_graves", "objective=levy"]):
        out = lab(*words).out
        plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
        assert max(map(len, plain.splitlines())) <= int(columns)
        assert "…" not in plain
    assert not re.search(r" (\x1b\[[0-9;]*m)*$", out, re.M)


def test_ones_own_are_listed_beside_ours_and_a_broken_one_says_why(lab, tmp_path) -> None:
    own(tmp_path, "objective", "quartic", QUARTIC, "_target_: quartic.py:Quartic")
    rule = HEAD + 'class Sign(Optimizer):\n    """Sign descent: step = step_size · sign(g). Not ours."""\n'
    rule += "    step_size: Positive\n    def update(self, g, state): return self.step_size * np.sign(g), state\n"
    own(tmp_path, "optimizer", "sign", rule, "_target_: sign.py:Sign\n  step_size: 0.5")
    own(tmp_path, "optimizer", "lost", rule, "_target_: lost.py:Nobody\n  step_size: 0.5")
    ended = lab("--config-dir", "mine", "task=list")
    assert ended.status == 0, ended.err
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert lines.index("quartic 2+ ±2 0 yours") < next(at for at, line in enumerate(lines) if "ackley" in line)
    assert "  sign: yours; Sign descent: step = step_size · sign(g)\n    step_size  0.5\n" in ended.out
    assert "  lost: WRONG: optimizer.lost._target_: expected" in ended.out
    ended = lab("--config-dir", "mine", "task=list", "optimizer=sign")
    assert "sign.py:Sign" in ended.out or "sign.py.Sign" in ended.out


def test_it_needs_no_study_and_no_store(lab, tmp_path, monkeypatch) -> None:
    (tmp_path / "outputs/study").mkdir(parents=True)
    (tmp_path / "outputs/study/format.json").write_text('{"format": 99}')
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    assert lab("task=list").status == 0
    assert lab("task=list", "tracking=none", "objective=bowl").status == 0


def test_an_option_that_is_not_there_is_refused(lab) -> None:
    ended = lab("task=list", "objective=rosenbrok")
    assert (ended.status, ended.out) == (2, "")
    assert "objective: expected an option of objective, found 'rosenbrok'. Did you mean 'rosenbrock'?" in ended.err


def test_paragraphs_of_a_docstring_are_whole_and_without_examples() -> None:
    for cls in (Rosenbrock, RMSPropGraves, Logistic):
        found = list(paragraphs(cls))
        assert found[0].text.endswith(".")
        assert {indent for _, indent in found} == {0, 4}
        assert not any(text.startswith((">>>", "Raises", "InputError")) for text, _ in found)
    assert next(text for text, indent in paragraphs(Rosenbrock) if indent) == "dim: Number of coordinates d, >= 2."


def test_a_class_without_a_docstring_says_nothing() -> None:
    class Bare:
        """"""

    assert (first_sentence(Bare), list(paragraphs(Bare))) == ("", [])
    assert first_sentence(Rosenbrock).startswith("f(x) = ")
