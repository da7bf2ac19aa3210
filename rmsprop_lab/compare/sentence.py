"""The sentence that a person remembers: rule 10."""

from collections.abc import Iterable, Sequence

import pandas as pd

from rmsprop_lab.compare.repeats import names_in

_Said = tuple[str, tuple[str, ...]]  # what is said, and of which optimizers


def verdict_sentence(ranking: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Says in a sentence which optimizers are best on which objectives, by ranks and relations alone.

    Best is an optimizer than which none is better; where several are, the sentence says how they relate. Names of
    equals stand in alphabetical order.

    Args:
        ranking: The table of `ranks_of` or of `ranking_table`. With its columns `starts` and `starts_lost` the sentence
            tells too where all optimizers diverged.
        pairs: The table of `pair_table`.

    Returns:
        The sentence; empty if no objective has ranks.

    >>> rows = [("bowl", "gd", 1), ("bowl", "adam", 2), ("booth", "gd", 1), ("booth", "adam", 1)]
    >>> ranking = pd.DataFrame(rows, columns=["objective", "optimizer", "rank"])
    >>> rows = [("bowl", "gd", "adam", "better"), ("booth", "gd", "adam", "unknown")]
    >>> verdict_sentence(ranking, pd.DataFrame(rows, columns=["objective", "better", "worse", "relation"]))
    'gd is best on bowl; adam and gd cannot be told apart on booth.'
    """
    said: dict[_Said, list[str]] = {}
    related = pairs[["objective", "better", "worse", "relation"]]
    related_on = dict(iter(related.groupby("objective", sort=False)))
    table = ranking[[name for name in ("objective", "optimizer", "rank", "starts", "starts_lost") if name in ranking]]
    ranks_on = dict(iter(table.groupby("objective", sort=False)))
    for objective in names_in(ranking, "objective"):
        here = ranks_on[objective]
        said.setdefault(_said(here, related_on.get(objective, related[:0])), []).append(objective)
        for name in here.loc[here["rank"].isna(), "optimizer"] if here["rank"].notna().any() else ():
            said.setdefault(("failed", (name,)), []).append(objective)
    if said.keys() == {("nothing", ())}:
        return ""
    order = ["best", "equal", "unknown", "all equal", "none", "lost", "nothing", "failed"]
    clauses = [_clause(*key, said[key]) for key in sorted(said, key=lambda key: order.index(key[0]))]
    text = "; ".join(clauses)
    return f"{'On' + text[2:] if text.startswith('on ') else text}."


def _said(here: pd.DataFrame, pairs: pd.DataFrame) -> _Said:
    """What is said of one objective."""
    ranked = here[here["rank"].notna()]
    if ranked.empty:
        return "nothing", ()
    if "starts_lost" in ranked and (ranked["starts_lost"] == ranked["starts"]).all():
        return "lost", ()
    first = tuple(sorted(ranked.loc[ranked["rank"] == ranked["rank"].min(), "optimizer"]))  # not by score: that is luck
    if len(first) == 1:
        return "best", first
    among = pairs[pairs["better"].isin(first) & pairs["worse"].isin(first)]
    relation = "equal" if (among["relation"] == "equal").all() else "unknown"
    if len(first) == len(ranked) and (relation == "equal" or len(first) > 2):
        return ("all equal" if relation == "equal" else "none"), ()
    return relation, first


def _clause(what: str, optimizers: Sequence[str], objectives: Sequence[str]) -> str:
    names, where = listed(optimizers), f"on {listed(objectives)}"
    return {
        "best": f"{names} is best {where}",
        "equal": f"{names} are practically equal {where}",
        "unknown": f"{names} cannot be told apart {where}",
        "all equal": f"{where} all are practically equal",
        "none": f"{where} none is better",
        "lost": f"{where} all diverged",
        "nothing": f"{where} nothing can be said",
        "failed": f"{names} failed {where}",
    }[what]


def listed(names: Iterable[str]) -> str:
    """Names in words.

    >>> listed(["bowl"]), listed(["bowl", "booth", "beale"])
    ('bowl', 'bowl, booth and beale')
    """
    *others, last = [*names] or [""]
    return f"{', '.join(others)} and {last}" if others else last
