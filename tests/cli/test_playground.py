"""`task=playground`: what it writes, says and refuses."""

import re
from pathlib import Path

import pytest
from support.own import QUARTIC, own

PAGE = Path("outputs/playground/playground.html")


def test_it_writes_a_page_and_says_what_is_next(lab) -> None:
    ended = lab("task=playground")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines() == [f"page     {PAGE}", "next     open it in a browser, and drag the start"]
    assert [path for path in Path("outputs").rglob("*") if path.is_file()] == [PAGE]
    page = PAGE.read_text(encoding="utf-8")
    assert "<code>rmsprop-lab task=playground</code>" in page
    assert page.count("<script") == page.count("</script>") == 2
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "eval(" not in page


def test_what_is_chosen_wins_over_the_tutorials(lab) -> None:
    ended = lab("task=playground", "n_iter=7", "starts=fixed", "optimizer=gd", "name=mine", "objective=[bowl,beale]")
    assert "page     outputs/mine/playground.html" in ended.out
    page = Path("outputs/mine/playground.html").read_text(encoding="utf-8")
    assert '"n_iter": 7' in page and '"starts": [[0.5, -0.5]]' in page
    assert lab("task=playground", "experiment=compare").out.startswith("page     outputs/compare/playground.html")
    page = Path("outputs/compare/playground.html").read_text(encoding="utf-8")
    assert '"n_iter": 200' in page


def test_a_studys_report_stays(lab) -> None:
    lab("optimizer=gd", "n_iter=5", "evaluation.count=0", "tracking=none", "figures=false", "name=a")
    before = Path("outputs/a/report.html").read_text()
    assert lab("task=playground", "name=a").status == 0
    assert Path("outputs/a/report.html").read_text() == before
    assert Path("outputs/a/playground.html").exists()


def test_what_cannot_be_computed_is_left_out_in_a_line(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace("x * x * x * x", "np.interp(x, [-2.0, 2.0], [0.0, 4.0])")
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "task=playground", "objective=[bowl,quartic,logistic]")
    first, second, *_ = ended.out.splitlines()
    assert re.match(r"left out objective quartic: Quartic: np.interp \(quartic.py:\d+: return np.interp", first)
    assert second == "left out objective logistic: Logistic has 5 dimensions, the page computes paths in two"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["task=playgrond"], "task: expected a task, found 'playgrond'. Did you mean 'playground'?"),
        (
            ["task=playground", "objective=logistic"],
            "objective: expected an objective that a page can compute, found none: Logistic has 5 dimensions, the page "
            "computes paths in two. Choose another, such as objective=bowl.",
        ),
        (["task=playground", "n_iter=10001"], "n_iter: expected at most 10,000, as task=playground computes in a page"),
        (["task=playground", "jobs=2"], "jobs: expected 1, as task=playground works in one process"),
        (["task=playground", "shards=2"], "shards: expected 1, as task=playground is not split"),
        (["task=playground", "from=[x]"], "from: expected null, as task=playground does not read it"),
        (["task=playground", "studies=[a,b]"], "studies: expected null, as task=playground does not read it"),
        (["task=playground", "name=../x"], "name: expected up to 100 letters"),
        (["task=playground", "optimizer.rmsprop.rho=1"], "optimizer.rmsprop.rho: expected a number in [0, 1)"),
        (["task=playground", "output_dir=/proc/x"], "output_dir: expected a folder that can be written"),
    ],
)
def test_what_it_refuses(lab, options: list[str], told: str) -> None:
    ended = lab(*options)
    assert ended.status == 2
    assert ended.err.startswith(f"rmsprop-lab: {told}")
    assert not Path("outputs").exists()


def test_code_that_fails_on_the_way_is_told(lab, tmp_path: Path) -> None:
    code = QUARTIC.replace("class Quartic", "class Quartic").replace(
        "        x, y = point\n",
        "        x, y = point\n        if isinstance(x, np.ndarray) and x.size == 1 and x[0] == 0.5:\n"
        "            raise ValueError('no')\n",
    )
    own(tmp_path, "objective", "quartic", code, "_target_: quartic.py:Quartic")
    ended = lab("--config-dir", "mine", "task=playground", "objective=[quartic,bowl]", "optimizer=gd", "starts=fixed")
    assert ended.status == 0, ended.err
    assert ended.out.splitlines()[0] == "left out gd on quartic: ValueError: no"
