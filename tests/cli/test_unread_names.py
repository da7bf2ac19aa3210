"""A name that nobody reads is refused, and the nearest one is named: in a file as on the command line."""

from pathlib import Path

import pytest

NAMES = [
    (["search=grid", "optimizer=rmsprop", "search.over=[step_size,rhoo]"], "search.over", "found 'rhoo'", "'rho'"),
    (["optimizer=rmsprop", "search.over=[rhoo]"], "search.over", "found 'rhoo'", "'rho'"),
    (["search=grid", "optimizer=rmsprop", "search.over=[step_size,epsilon]"], "search.over", "'epsilon'", "step_size"),
    (["+limits.run=1"], "limits.run", "found 'run'", "Did you mean 'runs'?"),
    (["+landscape.res=4"], "landscape.res", "found 'res'", "resolution"),
    (["+tracking.url=x"], "tracking.url", "found 'url'", "Did you mean 'uri'?"),
    (["+evaluation.cuont=1"], "evaluation.cuont", "found 'cuont'", "Did you mean 'count'?"),
    (["+starts.cuont=1"], "starts.cuont", "found 'cuont'", "Did you mean 'count'?"),
    (["+search.trails=1"], "search.trails", "found 'trails'", "Did you mean 'trials'?"),
    (["+optimizer.gd.space.step_siz.values=[1]"], "optimizer.gd.space", "found 'step_siz'", "'step_size'"),
    (["+optimizer.gd.space.step_siz=null"], "optimizer.gd.space", "found 'step_siz'", "'step_size'"),
    (["+optimizer.gd.space.step_size.lo=1"], "optimizer.gd.space.step_size.lo", "found 'lo'", "'low'"),
    (
        ["+optimizer.rmsprop.space.rho.when={step_siz: 1}"],
        "optimizer.rmsprop.space.rho.when",
        "'step_siz'",
        "step_size",
    ),
]
NODES = {
    "search: {trails: 5}": "search.trails: expected a key of search, found 'trails'. Did you mean 'trials'?",
    "search: {1: 5}": "search.1: expected a key of search, found '1'.",
    "tracking: {url: x}": "tracking.url: expected a key of tracking, found 'url'. Did you mean 'uri'?",
    "limits: {run: 5}": "limits.run: expected a key of limits, found 'run'. Did you mean 'runs'?",
    "landscape: {res: 5}": "landscape.res: expected a key of landscape, found 'res'. Choose from: resolution.",
    "evaluation: {sed: 5}": "evaluation.sed: expected a key of evaluation, found 'sed'. Did you mean 'seed'?",
    "starts: {point: 5}": "starts.point: expected a key of starts, found 'point'. Did you mean 'points'?",
    "n_itr: 5": "n_itr: expected a key of the config, found 'n_itr'. Did you mean 'n_iter'?",
    "objective: {bowl: {dimm: 3}}": "objective.bowl.dimm: expected a field of Bowl, found dimm. Did you mean 'dim'?",
    "optimizer: {gd: {space: {step_siz: {low: 1}}}}": "optimizer.gd.space: expected hyperparameters of GD (step_size)",
}


@pytest.mark.parametrize(("arguments", "key", "found", "nearest"), NAMES, ids=[case[0][-1] for case in NAMES])
def test_on_the_command_line(lab, tmp_path: Path, arguments: list[str], key: str, found: str, nearest: str) -> None:
    ended = lab(*arguments, "tracking=none")
    assert ended.status == 2, ended.err
    assert ended.err.startswith(f"rmsprop-lab: {key}: expected ")
    assert found in ended.err
    assert nearest in ended.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("node", sorted(NODES))
def test_in_a_file(lab, tmp_path: Path, node: str) -> None:
    (tmp_path / "mine/experiment").mkdir(parents=True)
    (tmp_path / "mine/experiment/e.yaml").write_text(f"# @package _global_\n{node}\n")
    ended = lab("--config-dir", "mine", "experiment=e")
    assert ended.status == 2, ended.err
    assert NODES[node] in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_only_some_of_the_optimizers_have_may_vary(lab) -> None:
    few = ("objective=bowl", "n_iter=2", "tracking=none", "figures=false")
    ended = lab("search=grid", "optimizer=[gd,rmsprop]", "search.over=[step_size,rho]", "search.points=2", *few)
    assert ended.status == 0, ended.err
