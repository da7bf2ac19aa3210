"""The names of the studies of a multirun: jobs that differ in anything but the shard get a study each."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

_VARIABLE = "RMSPROP_LAB_SWEPT"
"""Environment variable that tells the process that launches the jobs what is swept."""
_LONGEST = 60


def suffixes(jobs: Sequence[Sequence[str]]) -> dict[str, str]:
    """What each job adds to its study's name.

    Args:
        jobs: The overrides of each job, all jobs in the same order of keys.

    Returns:
        The suffix of each job by its swept overrides, see `swept_of`: these overrides with only letters, digits, `_`,
        `-` and `.` left, or six digits of their hash where that is longer than 60 characters or not unique. Nothing
        for jobs that differ in the shard alone, or that have names of their own.

    >>> suffixes([["n_iter=50", "objective=[bowl]"], ["n_iter=200", "objective=[bowl]"]])
    {'n_iter=50': 'n_iter-50', 'n_iter=200': 'n_iter-200'}
    >>> suffixes([["name=a"], ["name=b"]])
    {}
    """
    varied = _varied(jobs)
    if not varied or "name" in varied:
        return {}
    texts = {swept: _readable(swept) for swept in dict.fromkeys(swept_of(job, varied) for job in jobs)}
    counts = Counter(text.lower() for text in texts.values())
    return {
        swept: text if len(text) <= _LONGEST and counts[text.lower()] == 1 else _hash(swept)
        for swept, text in texts.items()
    }


def _hash(swept: str) -> str:
    return hashlib.sha256(swept.encode()).hexdigest()[:6]


@dataclass(frozen=True)
class Names:
    """The names of the studies of a multirun.

    Args:
        varied: The keys that are swept.
        suffixes: What a job adds to its study's name, by its swept overrides.
    """

    varied: list[str] = field(default_factory=list)
    suffixes: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, overrides: Sequence[str]) -> str:
        """The name of the study of one job.

        Args:
            name: The name in its config.
            overrides: The overrides of the job.
        """
        suffix = self.suffixes.get(swept_of(overrides, self.varied))
        return f"{name}.{suffix}" if suffix else name


def announce(jobs: Sequence[Sequence[str]], names: Sequence[str]) -> Names:
    """Tells the jobs of a multirun their suffixes: those of which another job has the same name.

    Args:
        jobs: The overrides of each job.
        names: The name in the config of each job; experiments have names of their own.
    """
    varied, found = _varied(jobs), suffixes(jobs)
    swept = [swept_of(job, varied) for job in jobs]
    by_name: dict[str, set[str]] = {}
    for one, name in zip(swept, names, strict=True):
        by_name.setdefault(name, set()).add(one)
    needed = {one: found[one] for group in by_name.values() if len(group) > 1 for one in group if one in found}
    told = Names(varied, needed)
    os.environ[_VARIABLE] = json.dumps(asdict(told))
    return told


def announced() -> Names:
    """The names that were announced, in this process or in the one that started it."""
    return Names(**json.loads(os.environ.get(_VARIABLE, "{}")))


def swept_of(overrides: Sequence[str], varied: Sequence[str]) -> str:
    """The swept overrides of a job, as one text."""
    return " ".join(override for override in overrides if key_of(override) in varied)


def _varied(jobs: Sequence[Sequence[str]]) -> list[str]:
    """The keys that have another value in some jobs, without the shard."""
    values: dict[str, set[str]] = {}
    for job in jobs:
        for override in job:
            values.setdefault(key_of(override), set()).add(override)
    return [key for key, found in values.items() if len(found) > 1 and key != "shard"]


def key_of(override: str) -> str:
    """The key of an override."""
    return override.partition("=")[0].lstrip("+~")


def _readable(swept: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "", swept.replace("=", "-").replace(" ", "."))
