"""Words what a study's searches show to be wrong with their spaces, once for all objectives and repeats."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from typing import TypeVar

from rmsprop_lab.compare.sentence import listed
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.edges import Edge
from rmsprop_lab.report.wording import value_in_words

_NAMED = 4  # objectives in a line; more would not be read

_Key = TypeVar("_Key", bound=Hashable)
_Item = TypeVar("_Item")


def edges_in_words(winners: Iterable[Winner]) -> Iterator[str]:
    """A line for each optimizer and hyperparameter whose winners lie at an end of its range in half of the repeats.

    Args:
        winners: The winners of all searches.
    """
    for (optimizer, name), ends in _at_edges(winners).items():
        places = [f"at its {end} end {_where([winner for winner, _ in here])}" for end, here in ends.items()]
        yield f"{optimizer}: {name} {', and '.join(places)}"


def widening(winners: Iterable[Winner]) -> str:
    """The overrides that widen each range that winners lie at an end of; where they ask for different ends, the widest.

    Args:
        winners: The winners of all searches.
    """
    return " ".join(
        f"optimizer.{optimizer}.space.{name}.{end}={_widest([edge for _, edge in here])}"
        for (optimizer, name), ends in _at_edges(winners).items()
        for end, here in ends.items()
    )


def _at_edges(winners: Iterable[Winner]) -> dict[tuple[str, str], dict[str, list[tuple[Winner, Edge]]]]:
    """The winners at an edge, by optimizer and hyperparameter, and by the end of its range.

    Those on an objective where it is so in less than half of the repeats are left out, as that may be luck.
    """
    at = [
        ((*_names(winner.cell), edge.hyperparameter, edge.end), winner, edge)
        for winner in winners
        for edge in winner.edges
    ]
    counts = Counter(place for place, _, _ in at)
    found = _grouped(
        ((winner.cell.optimizer_name, edge.hyperparameter), (winner, edge))
        for place, winner, edge in at
        if 2 * counts[place] >= winner.cell.search.repeats
    )
    return {key: _grouped((edge.end, (winner, edge)) for winner, edge in several) for key, several in found.items()}


def _widest(edges: Sequence[Edge]) -> str:
    ends = [edge.wider for edge in edges]
    return f"{min(ends) if edges[0].end == 'low' else max(ends):.12g}"  # 0.99999968 in few digits would be 1


def widened_in_words(winners: Iterable[Winner], begun: Iterable[Cell]) -> Iterator[str]:
    """A line for each optimizer and hyperparameter that was searched again in a wider range.

    Args:
        winners: The winners of all searches.
        begun: The searches of the study, before any was widened.
    """
    first = {(*_names(cell), cell.repeat): cell.space for cell in begun}
    found = _grouped(
        ((winner.cell.optimizer_name, name), (winner, span))
        for winner in winners
        for name, span in winner.cell.space.items()
        if span != first[(*_names(winner.cell), winner.cell.repeat)][name]
    )
    for (optimizer, name), several in found.items():
        low, high = min(span.low for _, span in several), max(span.high for _, span in several)
        widest = " at the widest" if len({(span.low, span.high) for _, span in several}) > 1 else ""
        over = f"{value_in_words(low, 3)} to {value_in_words(high, 3)}{widest}"
        yield f"{optimizer}: {name} searched again over {over}, {_where([winner for winner, _ in several])}"


def failed_in_words(winners: Iterable[Winner], failed: Mapping[str, str]) -> Iterator[str]:
    """A line for each optimizer whose code, or whose objective's, raised an error in all trials of a search.

    Args:
        winners: The winners of all searches.
        failed: The error of each run that failed, by run key.
    """
    raised = ((winner.cell.optimizer_name, winner) for winner in winners if winner.run.run_key in failed)
    for optimizer, mine in _grouped(raised).items():
        yield f"{optimizer}: every run raised an error {_where(mine)}: {failed[mine[0].run.run_key]}"


def lost_in_words(winners: Iterable[Winner], stable: Mapping[str, float | None]) -> Iterator[str]:
    """A line for each optimizer with searches whose trials were all lost.

    Args:
        winners: The winners of all searches.
        stable: The largest step size that does not diverge, by the key of such a search; None if none was found.
    """
    lost = [winner for winner in winners if winner.lost == winner.trials and winner.cell.search.method != "none"]
    for optimizer, mine in _grouped((winner.cell.optimizer_name, winner) for winner in lost).items():
        counts = {winner.trials for winner in mine}
        trials = "its one trial" if counts == {1} else f"all {min(counts)} trials" if len(counts) == 1 else "all trials"
        text = f"{optimizer}: {trials} diverged {_where(mine)}"
        searched = [winner for winner in mine if "step_size" in winner.cell.space]
        steps = [(step, _names(winner.cell)[0]) for winner in searched if (step := stable.get(winner.cell.key))]
        if steps:
            step, objective = min(steps)
            there = f" on {objective}" if len({_names(winner.cell)[0] for winner in mine}) > 1 else ""
            low = f"optimizer.{optimizer}.space.step_size.low={step / 100:.1g}"
            text += f"; the largest step_size that does not diverge is about {step:.2g}{there}: set {low}"
        elif searched:
            text += "; no smaller step_size was found that does not diverge"
        yield text


def still_in_words(winners: Iterable[Winner], still: Set[str]) -> Iterator[str]:
    """A line for each optimizer whose best run moved from none of its starts.

    Args:
        winners: The winners of all searches.
        still: The keys of the searches where that is so.
    """
    unmoved = ((winner.cell.optimizer_name, winner) for winner in winners if winner.cell.key in still)
    for optimizer, mine in _grouped(unmoved).items():
        yield (
            f"{optimizer}: the best run moved from none of its starts {_where(mine)}; is its gradient 0, or the step "
            "too small?"
        )


def _where(winners: Sequence[Winner]) -> str:
    """The objectives of some winners, and in how many repeats: `on rosenbrock in 7 of 8 repeats, on bowl in 2`."""
    repeats = winners[0].cell.search.repeats
    counts = Counter(_names(winner.cell)[0] for winner in winners)
    named = dict(counts.most_common(_NAMED))
    others = len(counts) - len(named)
    more = [f"{others} other objective{'s' if others > 1 else ''}"] if others else []
    if repeats == 1:
        return f"on {listed([*named, *more])}"
    parts = [
        f"on {listed(alike)} in {'all ' if count == repeats else ''}{count}"
        for count, alike in _grouped((count, name) for name, count in named.items()).items()
    ]
    whole = f" of {repeats} repeats" if not parts[0].endswith(f"all {repeats}") else " repeats"
    return ", ".join([parts[0] + whole, *parts[1:], *(f"on {name}" for name in more)])


def _grouped(items: Iterable[tuple[_Key, _Item]]) -> dict[_Key, list[_Item]]:
    groups: dict[_Key, list[_Item]] = {}
    for key, item in items:
        groups.setdefault(key, []).append(item)
    return groups


def _names(cell: Cell) -> tuple[str, str]:
    return cell.problem.name, cell.optimizer_name
