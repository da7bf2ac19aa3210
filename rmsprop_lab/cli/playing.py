"""Writes the live page of `task=playground` and prints what is not on it."""

from typing import TYPE_CHECKING

from rmsprop_lab.cli.computing import command_line
from rmsprop_lab.cli.console import console
from rmsprop_lab.cli.terminal import print_lines, relative
from rmsprop_lab.errors import printable
from rmsprop_lab.tasks.playground import Playable, write_playground

if TYPE_CHECKING:
    from rmsprop_lab.cli.job import Job


def play(job: "Job", played: Playable) -> None:
    """Writes the page, and prints what is left out and where it is."""
    path = write_playground(played, job.folder, command_line(job))
    lines = [("left out", printable(f"{what}: {why}")) for what, why in played.left_out]
    if lines:
        lines.append(("", "task=check with the same words looks closer at your own classes"))
    lines += [("page", str(relative(path))), ("next", "open it in a browser, and drag the start")]
    print_lines(console(), lines)
