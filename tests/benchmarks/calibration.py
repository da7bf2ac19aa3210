"""How often the verdict errs: on twins, between independent studies, and on a difference that is known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from support.verdicts import NAMES, chance, tables

from benchmarks.harness import Row
from benchmarks.twins import Setting, Tables, made_worse, tables_of, twin_of, verdict_on, with_twins
from rmsprop_lab.compare import Verdict, enough_repeats, repeats_to_ask_for, verdict, wilson
from rmsprop_lab.compare.pairs import FEWEST_REPEATS

TITLE = "Calibration"
COPY = "docs/verdict.md"
ABOUT = """How often the verdict errs, on whole studies with seeds of their own, in the setting of `experiment=compare`:
24 trials by TPE, 200 iterations, 32 fresh starts; bowl, ellipsoid, Rosenbrock, Zakharov. A study of 3 has GD, AdaGrad
and RMSProp, one of 5 momentum and Adam too; *+ twin* adds one of them under another name, with another seed of its
search. *Told apart*: one twin is called better, which is always wrong. *Contradicted*: orders of a study that the next
study states the other way round. *A decade found*: the twin is called worse after a decade was added to its score at
every start, so that the true difference is known and the chance is that of the searches. *Same sentence*: the
optimizers named best are those that most of the studies name, on every objective, and no other study states an order
the other way round. *Made up*: scores of that many optimizers, all equal but one, that is a decade worse, where every
search is worse or better by 0.3 decades by chance. Intervals are Wilson's, 95 %; studies of different twins share their
starts."""
THREE = Setting(("gd", "adagrad", "rmsprop"))
FIVE = Setting(("gd", "momentum", "adagrad", "rmsprop", "adam"))
STUDIES = ((THREE, range(30)), (FIVE, range(30, 34)))  # the numbers of the studies, from which their seeds follow
SENTENCES = 20
SCATTER = 0.3  # decades: the standard deviation of what a search finds, in made-up scores

Order = tuple[str, str, str]
"""An objective, the better optimizer, the worse one."""


class Judged(NamedTuple):
    """What a study of some optimizers and a twin states."""

    optimizer: str
    optimizers: int
    repeats: int
    objectives: tuple[str, ...]
    orders: frozenset[Order]
    orders_when_worse: frozenset[Order]
    """The orders after the twin was made worse."""

    @property
    def told_apart(self) -> int:
        """The number of objectives on which one twin is called better."""
        twins = {self.optimizer, twin_of(self.optimizer)}
        return sum({better, worse} == twins for _, better, worse in self.orders)

    def found(self, objective: str) -> bool:
        """Whether the twin that was made worse is called worse."""
        return (objective, self.optimizer, twin_of(self.optimizer)) in self.orders_when_worse


class Said(NamedTuple):
    """What a study without twins says."""

    study: str
    sentence: str
    best: tuple[tuple[str, ...], ...]
    """The optimizers named best on each objective."""
    orders: frozenset[Order]


def rows() -> list[Row]:
    twins, said = judged(STUDIES)
    made_up = [made_up_row(optimizers, repeats) for optimizers, repeats in ((4, 5), (4, 8), (6, 8))]
    return [*figures(twins), *made_up, *sentences(said)]


def judged(studies: Sequence[tuple[Setting, Sequence[int]]]) -> tuple[list[Judged], list[Said]]:
    """Runs the studies and judges each as all the studies that it holds. The first setting is that of the sentences."""
    rosters = [setting.optimizers for setting, _ in studies]
    twins: list[Judged] = []
    said: list[Said] = []
    for setting, numbers in studies:
        for number in numbers:
            found = tables_of(with_twins(setting.study(number)))
            for roster in rosters:
                if set(roster) <= set(setting.optimizers):
                    twins += judged_twins(found, setting, roster)
            if len(said) < SENTENCES:
                said.append(judged_alone(found, setting, rosters[0]))
    return twins, said


def judged_twins(given: Tables, setting: Setting, roster: Sequence[str]) -> list[Judged]:
    """Judges the studies of some optimizers and the twin of one of them, after few repeats and after enough."""
    asked = {FEWEST_REPEATS, enough_repeats(len(roster) + 1), repeats_to_ask_for(len(roster) + 1)}
    return [
        _judged(given, setting, roster, name, repeats)
        for repeats in sorted(asked)
        if repeats <= setting.repeats
        for name in roster
    ]


def judged_alone(given: Tables, setting: Setting, roster: Sequence[str]) -> Said:
    """Judges the study of some optimizers, without a twin."""
    found = verdict_on(given, setting, roster, setting.repeats)
    return Said(f"{len(roster)}, {found.repeats} repeats", found.sentence, tuple(_best(found)), orders_in(found))


def _judged(given: Tables, setting: Setting, roster: Sequence[str], name: str, repeats: int) -> Judged:
    names = (*roster, twin_of(name))
    both = (given, made_worse(given, twin_of(name)))
    stated = [orders_in(verdict_on(each, setting, names, repeats)) for each in both]
    return Judged(name, len(roster), repeats, setting.objectives, *stated)


def orders_in(found: Verdict) -> frozenset[Order]:
    """The orders that a verdict states."""
    better = found.pairs[found.pairs["relation"] == "better"]
    return frozenset(better[["objective", "better", "worse"]].itertuples(index=False, name=None))


def _best(found: Verdict) -> Iterator[tuple[str, ...]]:
    """The optimizers named best on each objective: those than which none is better."""
    for _, ranked in found.ranking.groupby("objective"):
        yield tuple(sorted(ranked.loc[ranked["rank"] == 1, "optimizer"]))


def figures(twins: Sequence[Judged]) -> Iterator[Row]:
    """What the verdict gets wrong and what it finds, for each number of optimizers and repeats."""
    groups: dict[tuple[int, int], list[Judged]] = {}
    for each in twins:
        groups.setdefault((each.optimizers, each.repeats), []).append(each)
    for (optimizers, repeats), group in sorted(groups.items()):
        yield from _group(optimizers, repeats, group)


def _group(optimizers: int, repeats: int, group: Sequence[Judged]) -> Iterator[Row]:
    name = f"{optimizers} + twin, {repeats} repeats"
    least = 90 if repeats >= enough_repeats(optimizers + 1) else None
    pairs = sum(len(each.objectives) for each in group)
    yield _share(f"{name}: twins told apart, of pairs", sum(each.told_apart for each in group), pairs, at_most=5)
    yield _share(f"{name}: twins told apart, of studies", sum(each.told_apart > 0 for each in group), len(group))
    against, stated = contradicted(group)
    yield _share(f"{name}: orders contradicted", against, stated, at_most=5)
    found = {on: sum(each.found(on) for each in group) for on in group[0].objectives}
    yield _share(f"{name}: a decade found", sum(found.values()), pairs, at_least=least)
    hardest = min(found, key=lambda objective: found[objective])
    if found[hardest] < len(group):
        yield _share(f"{name}: a decade found on {hardest}, the least", found[hardest], len(group))


def made_up_row(optimizers: int, repeats: int, objectives: int = 200) -> Row:
    """How often a decade is found in made-up scores: all are equal but the last, and every search has its luck."""
    scores = chance((objectives, optimizers, repeats, 32), seed=optimizers + repeats, tuning=SCATTER)
    scores[:, -1] += 1.0
    pairs = verdict(*tables(scores)).pairs
    last = NAMES[optimizers - 1]
    with_last = pairs[(pairs["worse"] == last) | (pairs["better"] == last)]
    found = int(((with_last["worse"] == last) & (with_last["relation"] == "better")).sum())
    return _share(f"{optimizers} made up, {repeats} repeats: a decade found", found, len(with_last))


def contradicted(group: Sequence[Judged]) -> tuple[int, int]:
    """How many orders the next study with the same twin states the other way round, and how many are stated."""
    by_twin: dict[str, list[frozenset[Order]]] = {}
    for each in group:
        by_twin.setdefault(each.optimizer, []).append(each.orders)
    against = stated = 0
    for studies in by_twin.values():
        for orders, others in zip(studies, studies[1:] + studies[:1], strict=True):
            against, stated = against + len(turned(orders) & others), stated + len(orders)
    return against, stated


def turned(orders: frozenset[Order]) -> frozenset[Order]:
    """The orders the other way round."""
    return frozenset((objective, worse, better) for objective, better, worse in orders)


def sentences(said: Sequence[Said]) -> Iterator[Row]:
    """How many of the studies say the same, and the sentences."""
    usual, _ = Counter(each.best for each in said).most_common(1)[0]
    opposite = turned(frozenset().union(*(each.orders for each in said)))
    same = sum(each.best == usual and not each.orders & opposite for each in said)
    counts = Counter(each.sentence for each in said)
    yield _share(f"{said[0].study}: same sentence", same, len(said), at_least=90)
    yield _share(f"{said[0].study}: same sentence, word for word", max(counts.values()), len(said))
    for sentence, count in counts.most_common():
        yield Row(f'"{sentence}"', (float(count),), unit=f"of {len(said)}")


def _share(name: str, count: int, total: int, at_least: float | None = None, at_most: float | None = None) -> Row:
    low, high = (100 * float(end) for end in wilson(count, total))
    note = f"{count:,} of {total:,}; {low:.1f} to {high:.1f} %"
    share = (100 * count / total,) if total else ()
    return Row(name, share, at_least, at_most, unit="%", note=note if total else "nothing was stated")
