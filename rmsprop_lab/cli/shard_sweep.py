"""A multirun over the shards of studies: a launcher computes them, then this process closes each study."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rmsprop_lab.cli.launched import LAUNCHING
from rmsprop_lab.cli.study_names import key_of
from rmsprop_lab.errors import Found, InputError, LabError, printable

if TYPE_CHECKING:
    from rmsprop_lab.cli.job import Job
    from rmsprop_lab.cli.sharded import Sharded


@dataclass
class Swept:
    """The jobs of a multirun that differ in the shard alone.

    Args:
        overrides: Their overrides without that of the shard.
        shards: The values of `shard` in their order, as text; none if it is not given.
    """

    overrides: list[str]
    shards: list[str] = field(default_factory=list)

    @property
    def is_one_shard(self) -> bool:
        """Whether the command asks for a single shard, as somebody does who starts each by hand."""
        return len(self.shards) == 1

    @property
    def first(self) -> list[str]:
        """The override of the first shard, if there is one."""
        return [f"shard={self.shards[0]}"] if self.shards else []


def without_shards(jobs: Sequence[Sequence[str]]) -> list[Swept]:
    """The jobs of a multirun, those together that differ in the shard alone.

    Args:
        jobs: The overrides of each job.
    """
    found: dict[tuple[str, ...], Swept] = {}
    for job in jobs:
        rest = [override for override in job if key_of(override) != "shard"]
        swept = found.setdefault(tuple(rest), Swept(rest))
        swept.shards += [override.partition("=")[2] for override in job if key_of(override) == "shard"]
    return list(found.values())


def shards_of_all(studies: Sequence[Swept], configs: Sequence[Any]) -> int:
    """The number of shards of each study of a multirun that computes all of them; 1 for any other multirun.

    Their configs are changed to those of the whole studies.

    Args:
        studies: The studies.
        configs: The composed config of each.

    Raises:
        InputError: The multirun is over part of the shards, or the studies have different numbers of them.
    """
    numbers = list(dict.fromkeys(config["shards"] for config in configs))
    if any(isinstance(number, bool) or not isinstance(number, int) for number in numbers):
        return 1  # said when the jobs are checked
    shards = int(numbers[0])
    if all(study.is_one_shard for study in studies) or (numbers == [1] and not any(study.shards for study in studies)):
        return 1
    if len(numbers) > 1:
        raise InputError("shards", "one number, as the multirun is over the shards", numbers)
    wanted = list(map(str, range(shards)))
    for study, config in zip(studies, configs, strict=True):
        if study.shards and sorted(study.shards) != sorted(wanted):
            change = "Leave shard out: -m computes all." if shards > 1 else f"Set shards={len(study.shards)} as well."
            raise InputError(
                "shard", f"range(0,{shards}), as shards is {shards}", Found(",".join(study.shards)), change
            )
        config["shards"], config["shard"] = 1, 0
    return shards


def launch(jobs: "Sequence[Job]", shards: int) -> None:
    """Computes all shards of studies with the launcher of the command line, and closes the studies.

    Args:
        jobs: The job that closes each study.
        shards: The number of shards of each.

    Raises:
        LabError: Studies lack runs, or failed otherwise; the first error, the others are printed.
    """
    from rmsprop_lab.cli import signals
    from rmsprop_lab.cli.console import console
    from rmsprop_lab.cli.sharded import Sharded, wait_for
    from rmsprop_lab.cli.terminal import relative
    from rmsprop_lab.processes.children import Child
    from rmsprop_lab.report.wording import counted

    with signals.Raised():
        for job in jobs:
            job.open()
        studies = [Sharded(job.settings.study, shards, job.folder) for job in jobs]
        left = sorted({shard for study in studies for shard in study.lacking})
        for job in jobs:
            job.print_plan(shards)
        if left:
            words = [word for word in sys.argv[1:] if key_of(word) != "shard"]
            log = studies[0].log()
            child = Child([*words, "fresh=false", "shard=" + ",".join(map(str, left))], log, LAUNCHING)
            silence = min(job.settings.silence for job in jobs)
            why = wait_for(studies, [child], silence, counted(len(left), "shard"))
            if why or child.status:
                told = f"launcher: {why or child.told()}; what it printed is in {relative(child.log)}"
                console(stderr=True).print(printable(told), soft_wrap=True)
    _close(jobs, studies)


def _close(jobs: "Sequence[Job]", studies: "Sequence[Sharded]") -> None:
    errors: list[LabError] = []
    for job, study in zip(jobs, studies, strict=True):
        try:
            study.check(lambda shard: "")
            job.close()
        except LabError as error:
            errors.append(error)
    for other in errors[1:]:
        print(f"rmsprop-lab: {other}", file=sys.stderr)
    if errors:
        raise errors[0]
