"""What the terminal shows."""

from rmsprop_lab.cli import _one_line
from rmsprop_lab.errors import EngineWarning


def test_the_command_shows_a_warning_of_ours_in_one_line() -> None:
    assert (
        _one_line(EngineWarning("Bowl runs in NumPy."), EngineWarning, "a.py", 3)
        == "rmsprop-lab: Bowl runs in NumPy.\n"
    )
    assert _one_line(UserWarning("Other."), UserWarning, "a.py", 3).startswith("a.py:3: UserWarning: Other.")
