"""Which searches there are, and over what."""

from pathlib import Path

import pytest
from support.searching import SPACE
from support.studies import study

from rmsprop_lab.errors import InputError
from rmsprop_lab.plan import search_settings
from rmsprop_lab.plan.search_settings import Search


def test_a_missing_package_is_named(lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_settings, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"rmsprop-lab\[cmaes\]"):
        Search("cmaes")
    ended = lab("search=cmaes", "tracking=none")
    assert ended.status == 2
    assert ended.err.startswith("rmsprop-lab: search.method: ")
    assert not list(tmp_path.iterdir())


def test_over_and_points_narrow_the_space() -> None:
    spaces = {"gd": {"step_size": SPACE["step_size"]}, "rmsprop": SPACE}
    assert len(study(search=Search("grid"), spaces=spaces)) == 2 * (5 + 15)
    assert len(study(search=Search("grid", over=("step_size",), points=41), spaces=spaces)) == 2 * (41 + 41)


def test_unknown_searches_and_scores_are_refused() -> None:
    with pytest.raises(InputError, match="method"):
        Search("gird")
    with pytest.raises(InputError, match="score"):
        Search("grid", "gap")
