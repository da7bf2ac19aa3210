"""Compiled loops are kept for the next process, by their code."""

from pathlib import Path

import pytest
from support.engines import Powers, compare, needs_numba
from support.points import starts_on

from rmsprop_lab.descent import caching, compiled, kernels
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD

pytestmark = pytest.mark.usefixtures("own_cache")


@needs_numba
def test_what_is_compiled_is_kept_for_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    misses = []
    for _ in range(2):  # nothing in memory is as in another process
        monkeypatch.setattr(compiled, "_KERNELS", {})
        compare(Himmelblau(), GD(0.01), starts_on(Himmelblau(), 5), 5)
        (kernel,) = compiled._KERNELS.values()
        misses.append(sum(kernel.stats.cache_misses.values()))
    assert misses[1] == 0


@needs_numba
def test_words_change_nothing_about_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_KERNELS", tmp_path / "kernels.py")
    text = Path(kernels.__file__).read_text(encoding="utf-8")

    def kept(changed: str) -> Path | None:
        caching._KERNELS.write_text(changed, encoding="utf-8")
        return caching.copy_for([Bowl.value, Bowl.gradient, GD.update], "")

    first = kept(text)
    assert first is not None
    assert kept(text.replace('"""One step of one coordinate of one run."""', '"""A step."""  # a comment')) == first
    assert kept(text.replace("x[j] -= step", "x[j] += step")) != first


@needs_numba
def test_a_changed_helper_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = {function.__name__ for function in caching._with_helpers([Bowl.value, GD.update])}
    assert called == {"value", "total", "update"}
    before, program = caching.copy_for([Bowl.value], ""), caching._program

    def changed(path: Path) -> str:
        return program(path) + ("changed" if path.name == "arrays.py" else "")

    monkeypatch.setattr(caching, "_program", changed)
    assert caching.copy_for([Bowl.value], "") != before


@needs_numba
def test_classes_of_others_are_compiled_in_every_process() -> None:
    assert caching.copy_for([Bowl.value, GD.update], "") is not None
    assert caching.copy_for([Powers.gradient, GD.update], "") is None
