"""Single values of a config that depend on the machine."""

from pathlib import Path

import pytest
from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.config.values import output_dir
from rmsprop_lab.errors import InputError, ResultsError

KERNELS = [path for path in ("/proc", "/sys") if Path(path).is_dir()]


@pytest.mark.parametrize("path", [*KERNELS, *(f"{path}/x/y" for path in KERNELS)])
def test_a_folder_in_which_nothing_can_be_made_is_refused(lab, path: str) -> None:
    """Not even root can write there, whatever the permissions say."""
    with pytest.raises(InputError, match=r"output_dir: expected a folder that can be written.*Choose another one"):
        output_dir(path)
    ended = lab("objective=bowl", "optimizer=gd", "tracking=none", f"output_dir={path}")
    assert ended.status == 2
    assert ended.err.startswith("rmsprop-lab: output_dir: ")


def test_a_folder_is_tried_without_leaving_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that does not say how large it is."""
    monkeypatch.setattr("os.statvfs", lambda path: type("Told", (), {"f_blocks": 0}))
    assert output_dir(str(tmp_path / "x")) == str(tmp_path / "x")
    assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(not KERNELS, reason="no file system of the kernel's")
def test_from_python_it_is_said_what_cannot_be_written_and_what_to_do() -> None:
    with pytest.raises(ResultsError, match=r"cannot write /proc/x.*choose another output_dir"):
        run_study(study(), output_dir="/proc/x", tracking="none", figures=False)
