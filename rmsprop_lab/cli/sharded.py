"""Waits for the shards of studies, which other processes compute, and closes each study when its shards are whole."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from rmsprop_lab.cli.console import console
from rmsprop_lab.cli.progress import ProgressBar
from rmsprop_lab.errors import ResultsError, ShardsLack
from rmsprop_lab.plan.study import Study
from rmsprop_lab.processes.children import Child, stop
from rmsprop_lab.report.wording import counted
from rmsprop_lab.storage.folder import SHARDS, StudyFolder
from rmsprop_lab.tasks.closing import lacking
from rmsprop_lab.tasks.shard_end import ShardEnd, end_of, forget_end

_LOOK = 0.2  # seconds
_LINGER = 60.0  # seconds that a launcher may take to end after its last shard


class Sharded:
    """A study whose shards other processes compute.

    Args:
        study: The study, whole.
        shards: The number of its shards.
        folder: Its folder.

    Raises:
        InputError: There are more shards than pieces of work (key `shards`).
        ResultsError: A table of its folder cannot be read.
    """

    def __init__(self, study: Study, shards: int, folder: StudyFolder) -> None:
        self.study, self.folder = dataclasses.replace(study, shards=shards), folder
        folder.mend()
        parent, name = folder.path.parent, folder.path.name
        self._folders = [StudyFolder(parent, name, shard=(shard, shards)) for shard in range(shards)]
        self.lacking = lacking(self.study, self.folder)
        self._told: set[int] = set()
        for shard in self.lacking:
            forget_end(self._folders[shard])

    def __len__(self) -> int:
        return self.study.shards

    def log(self, shard: int | None = None) -> Path:
        """The file for what the process of a shard prints, or the launcher of all."""
        where = self.folder.path / SHARDS if shard is None else self._folders[shard].own_path
        return where / "printed.log"

    @property
    def ends(self) -> dict[int, ShardEnd]:
        """How the shards that had something to compute have ended, those that say so."""
        found = {shard: end_of(self._folders[shard]) for shard in self.lacking}
        return {shard: end for shard, end in found.items() if end}

    @property
    def trials(self) -> int:
        """The number of trials on disk."""
        with suppress(ResultsError):  # said when the study is closed
            return len(self.folder.trial_keys())
        return 0

    def tell(self, say: Callable[[str], None]) -> None:
        """Says a line for each shard that has ended since the last call."""
        for shard, end in self.ends.items():
            if shard not in self._told:
                self._told.add(shard)
                say(f"shard {shard} of {len(self)}: {end}")

    def check(self, why: Callable[[int], str]) -> None:
        """Checks that the shards lack nothing.

        Args:
            why: What is known of a shard that did not report its end, for a line; nothing for no line.

        Raises:
            ShardsLack: Shards lack runs.
        """
        left, ends = lacking(self.study, self.folder), self.ends
        for shard in left:
            if shard not in ends and (told := why(shard)):
                console(stderr=True).print(f"shard {shard} of {len(self)}: {told}", soft_wrap=True)
        if left:
            raise ShardsLack(_lack_in_words(self, left))


def _lack_in_words(sharded: Sharded, left: dict[int, int]) -> str:
    names = ", ".join(map(str, list(left)[:10])) + (", ..." if len(left) > 10 else "")
    which, lack = (f"shard {names}", "lacks") if len(left) == 1 else (f"shards {names}", "lack")
    again = "the same command computes them"
    if len(left) == len(sharded) and not sharded.trials and not sharded.ends:
        again += "; if the shards ran on machines with folders of their own, bring these here with task=merge"
    runs = counted(sum(left.values()), "run")
    return f"{which} of {len(sharded)} {lack} {runs} of {sharded.study.name!r}, which is not ranked: {again}"


def compute_in_processes(study: Study, shards: int, folder: StudyFolder, words: Sequence[str], silence: float) -> None:
    """Computes a study in one process for each shard; the caller closes it.

    Args:
        study: The study, whole.
        shards: The number of shards.
        folder: Its folder.
        words: The command line of the study.
        silence: Seconds to wait without news.

    Raises:
        ShardsLack: A process ended before its shard was whole.
    """
    sharded = Sharded(study, shards, folder)
    children: dict[int, Child] = {}
    try:
        for shard in sharded.lacking:
            part = ("jobs=1", "fresh=false", f"shards={shards}", f"shard={shard}")
            children[shard] = Child([*words, *part], sharded.log(shard))
    except BaseException:  # Ctrl-C between two of them
        stop(children.values())
        raise
    why = wait_for([sharded], list(children.values()), silence, f"in {shards} processes")
    sharded.check(lambda shard: why or children[shard].told())


def wait_for(studies: Sequence[Sharded], children: Sequence[Child], silence: float, doing: str) -> str:
    """Waits until all children have ended, and says a line for each shard.

    Args:
        studies: What the children compute.
        children: The processes; all are stopped if this is interrupted.
        silence: Seconds to wait without news.
        doing: What is shown beside the progress bar.

    Returns:
        Why the children were stopped; nothing if they ended by themselves.

    """
    try:
        with ProgressBar(doing) as bar:
            return _watch(studies, children, silence, lambda done, total: bar(done, total, doing), bar.say)
    finally:  # also after Ctrl-C
        stop(children)


def _watch(
    studies: Sequence[Sharded],
    children: Sequence[Child],
    silence: float,
    on_progress: Callable[[int, int], None],
    say: Callable[[str], None],
) -> str:
    total, news, heard = sum(len(each.study) for each in studies), (-1, 0), time.monotonic()
    while any(child.status is None for child in children):
        now = (sum(each.trials for each in studies), sum(len(each.ends) for each in studies))
        if now != news:
            news, heard = now, time.monotonic()
            on_progress(min(now[0], total), total)
        for each in studies:
            each.tell(say)
        all_ended = now[1] == sum(len(each.lacking) for each in studies)
        if time.monotonic() - heard > (min(_LINGER, silence) if all_ended else silence):
            if all_ended:
                return ""
            return f"stopped, as nothing was heard for {silence:g} s (limits.silence)"
        time.sleep(_LOOK)
    for each in studies:
        each.tell(say)
    return ""
