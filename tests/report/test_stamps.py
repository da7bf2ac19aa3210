"""Tables and figures are made again whenever something that they show has changed, and only then."""

from pathlib import Path

import pytest

GIVEN = ("objective=bowl", "optimizer=gd", "search=random", "search.trials=5", "n_iter=30", "name=s", "tracking=none")
RANKED, SEARCHED, BUDGET = "tables/ranking.csv", "tables/searches.csv", "tables/budget.csv"


def shown(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Time and content of each table and figure."""
    files = [*folder.glob("tables/*.csv"), *folder.glob("figures/*.png")]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("search.score=steps_to_1e-3",), {RANKED, SEARCHED, BUDGET, "figures/budget.png", "figures/sensitivity.png"}),
        (("search.score=final_gap",), {RANKED, SEARCHED, BUDGET, "figures/budget.png", "figures/bowl_gd_trials.png"}),
        (("optimizer.gd.step_size=0.3",), {RANKED, SEARCHED}),
        pytest.param(("evaluation.seed=3",), {RANKED, SEARCHED, "figures/comparison.png"}, marks=pytest.mark.slow),
        pytest.param(("evaluation.count=5",), {RANKED, SEARCHED, "figures/comparison.png"}, marks=pytest.mark.slow),
        pytest.param(("search.trials=6",), {RANKED, SEARCHED, BUDGET, "figures/budget.png"}, marks=pytest.mark.slow),
        pytest.param(("search.repeats=2",), {RANKED, SEARCHED, "figures/comparison.png"}, marks=pytest.mark.slow),
        pytest.param(("search.seed=1",), {RANKED, SEARCHED, BUDGET}, marks=pytest.mark.slow),
        pytest.param(
            ("optimizer.gd.space.step_size.high=2",), {SEARCHED, "figures/bowl_gd_trials.png"}, marks=pytest.mark.slow
        ),
    ],
)
def test_what_a_change_shows_in_is_made_again(lab, tmp_path: Path, change: tuple[str, ...], changed: set[str]) -> None:
    lab(*GIVEN)
    folder = tmp_path / "outputs" / "s"
    before = shown(folder)
    lab(*GIVEN)
    assert shown(folder) == before
    assert lab(*GIVEN, *change).status == 0
    after = shown(folder)
    assert not {name for name in changed if after[name][1] == before[name][1]}
    lab(*GIVEN)
    assert {name: content for name, (_, content) in shown(folder).items()} == {
        name: content for name, (_, content) in before.items()
    }


@pytest.mark.parametrize("junk", [b"\xff\xfe\x00", b"", b"null", b"[" * 100_000])
def test_a_stamp_that_is_junk_is_written_again(lab, tmp_path: Path, junk: bytes) -> None:
    lab(*GIVEN)
    stamps = [*(tmp_path / "outputs" / "s").glob("*/.shows")]
    whole = [stamp.read_bytes() for stamp in stamps]
    for stamp in stamps:
        stamp.write_bytes(junk)
    again = lab(*GIVEN)
    assert again.status == 0, again.err
    assert [stamp.read_bytes() for stamp in stamps] == whole
    assert len(stamps) == 2
