"""What the searches of a study show to be wrong with their spaces is told once, for all objectives and repeats."""

from collections.abc import Sequence
from dataclasses import replace

from support.studies import study

from rmsprop_lab import Range, Search
from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import GD
from rmsprop_lab.plan.edges import Edge
from rmsprop_lab.report.flaws import edges_in_words, lost_in_words, still_in_words, widened_in_words, widening

LOW, HIGH, FAR = Edge("rho", "low", 0.68), Edge("rho", "high", 0.99999968), Edge("rho", "low", 0.5)


def winners(repeats: int, objectives: Sequence[str] = ("bowl", "beale")) -> list[Winner]:
    """A winner for each objective and repeat of gradient descent; its space is widened in no repeat."""
    given = {"objectives": dict.fromkeys(objectives, Bowl()), "optimizers": {"gd": GD(0.05)}}
    spaces = {"gd": {"step_size": Range(1e-4, 1.0, "log")}}
    made = study(search=Search("random", trials=4, repeats=repeats), spaces=spaces, **given)
    return [Winner(cell, 0, cell.run({}), -1.0, trials=4, lost=0) for cell in made.cells]


def at_edges(found: list[Winner], edges: dict[tuple[str, int], Edge]) -> list[Winner]:
    """The same winners, some of them at an edge, by objective and repeat."""
    places = [edges.get((winner.cell.problem.name, winner.cell.repeat)) for winner in found]
    return [replace(winner, edges=[edge] if edge else []) for winner, edge in zip(found, places, strict=True)]


def test_an_edge_is_told_once_with_the_widest_override() -> None:
    edges = {("bowl", 0): LOW, ("bowl", 2): FAR, ("beale", 1): LOW}
    found = at_edges(winners(3), edges)
    assert list(edges_in_words(found)) == [
        "gd: rho at its low end on bowl in 2 of 3 repeats"
    ]  # on beale it may be luck
    assert widening(found) == "optimizer.gd.space.rho.low=0.5"


def test_an_edge_in_less_than_half_of_the_repeats_is_not_told() -> None:
    rare = at_edges(winners(5), {("bowl", 0): FAR, ("bowl", 3): FAR, ("beale", 1): HIGH})
    assert (list(edges_in_words(rare)), widening(rare)) == ([], "")
    often = at_edges(
        winners(5), {("bowl", repeat): LOW for repeat in (0, 2, 4)} | {("beale", 1): FAR, ("bowl", 1): HIGH}
    )
    assert list(edges_in_words(often)) == ["gd: rho at its low end on bowl in 3 of 5 repeats"]
    assert widening(often) == "optimizer.gd.space.rho.low=0.68"


def test_both_ends_are_one_line_and_no_end_is_rounded_to_one() -> None:
    found = at_edges(winners(2), {("bowl", 0): LOW, ("beale", 0): HIGH, ("beale", 1): HIGH})
    told = "gd: rho at its low end on bowl in 1 of 2 repeats, and at its high end on beale in all 2 repeats"
    assert list(edges_in_words(found)) == [told]
    assert widening(found) == "optimizer.gd.space.rho.low=0.68 optimizer.gd.space.rho.high=0.99999968"


def test_repeats_are_not_counted_where_there_is_one() -> None:
    found = at_edges(winners(1), {("bowl", 0): LOW, ("beale", 0): LOW})
    assert list(edges_in_words(found)) == ["gd: rho at its low end on bowl and beale"]
    assert list(edges_in_words(winners(1))) == []
    assert widening(winners(1)) == ""


def test_only_a_few_of_many_objectives_are_named() -> None:
    names = [f"f{number}" for number in range(9)]
    (line,) = edges_in_words(at_edges(winners(2, names), {(name, 0): LOW for name in names} | {("f7", 1): LOW}))
    assert line.startswith("gd: rho at its low end on f7 in all 2 repeats, on f0, f1 and f2 in 1, on 5 other obj")
    (line,) = still_in_words(winners(1, names[:5]), {winner.cell.key for winner in winners(1, names[:5])})
    assert "from none of its starts on f0, f1, f2, f3 and 1 other objective; is" in line


def test_lost_searches_are_told_once_with_the_smallest_stable_step() -> None:
    found = [replace(winner, lost=4) if winner.cell.repeat else winner for winner in winners(3)]
    keys = [winner.cell.key for winner in found if winner.lost]
    told = "gd: all 4 trials diverged on bowl and beale in 2 of 3 repeats"
    (line,) = lost_in_words(found, dict(zip(keys, [2e-4, None, 3e-3, 1e-3], strict=True)))
    smallest = "; the largest step_size that does not diverge is about 0.0002 on bowl"
    assert line == f"{told}{smallest}: set optimizer.gd.space.step_size.low=2e-06"
    (line,) = lost_in_words(found, dict.fromkeys(keys))
    assert line == f"{told}; no smaller step_size was found that does not diverge"
    assert list(lost_in_words(winners(3), {})) == []


def test_wider_spaces_are_told_once_at_the_widest() -> None:
    found, lows = winners(2), {("bowl", 0): 1e-5, ("beale", 1): 1e-6}
    again = []
    for winner in found:
        low = lows.get((winner.cell.problem.name, winner.cell.repeat), 1e-4)
        space = {"step_size": Range(low, 1.0, "log")}
        again.append(replace(winner, cell=replace(winner.cell, space=space)))
    (line,) = widened_in_words(again, [winner.cell for winner in found])
    told = "gd: step_size searched again over 1e-06 to 1 at the widest"
    assert line == f"{told}, on bowl and beale in 1 of 2 repeats"
    assert list(widened_in_words(found, [winner.cell for winner in found])) == []
