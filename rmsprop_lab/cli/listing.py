"""Prints what can be chosen: all of it, or some options in full."""

import textwrap
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rmsprop_lab.base import Objective, Optimizer, given_fields
from rmsprop_lab.cli.console import console, print_trimmed
from rmsprop_lab.cli.options import about, option_files
from rmsprop_lab.errors import printable
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.scores import SCORES
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.space import Space
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.wording import bounds_in_words, counted, range_in_words, value_in_words
from rmsprop_lab.tasks.list import Listed, first_sentence, objectives_in, optimizers_in, paragraphs

SHOWN = ("objective", "optimizer", "search", "experiment")
"""The groups of which `task=list` shows in full what a command chooses."""
_BOUNDS = 10  # characters; where each coordinate has its own, they go on in the next line
_LONG = 400  # characters of a line that no terminal shows: an entry is one line, which can be searched for


def print_everything(config: Mapping[str, Any], config_dir: str | None) -> None:
    """Prints all objectives, optimizers, searches, scores and experiments.

    Args:
        config: The config with every objective and every optimizer, as plain data.
        config_dir: The folder of the user's own files.
    """
    out, words = _console(), {}
    for group in SHOWN:
        words[group] = {name: about(path) for name, path in option_files(group, config_dir).items()}
    yours = {group: option_files(group, config_dir).keys() - option_files(group) for group in SHOWN}
    objectives = _yours_first(objectives_in(config["objective"]), yours["objective"])
    optimizers = _yours_first(optimizers_in(config["optimizer"]), yours["optimizer"])
    _print_head(out, counted(len(objectives), "objective"), "objective=bowl or objective=[bowl,rosenbrock]")
    print_trimmed(out, "2+: two coordinates, or as many as objective.<name>.dim says")
    widest = None if out.width == _LONG else _BOUNDS
    print_trimmed(out, _objectives(objectives, words["objective"], yours["objective"], widest))
    _print_head(out, counted(len(optimizers), "optimizer"), "optimizer=[gd,rmsprop]; values and ranges for a search")
    for listed in optimizers:
        told = _about(listed, words["optimizer"], yours["optimizer"])
        print_trimmed(out, Text.assemble((listed.name, "bold"), f": {told}"))
        if isinstance(listed.part, Optimizer):
            print_trimmed(out, _hyperparameters(listed.part, listed.space), 4)
    _print_head(out, counted(len(words["search"]), "search"), "search=tpe: how hyperparameters are chosen")
    print_trimmed(out, _pairs(words["search"]))
    _print_head(out, counted(len(SCORES), "score"), "search.score=final_gap: what is minimised, a mean over starts")
    print_trimmed(out, _pairs(_scores()))
    _print_head(out, counted(len(words["experiment"]), "experiment"), "experiment=compare: a whole command in one file")
    print_trimmed(out, _pairs(words["experiment"]))
    out.print()
    print_trimmed(
        out, Text.assemble(("next     ", "bold"), "rmsprop-lab task=list optimizer=rmsprop shows one in full"), 0
    )


def print_in_full(study: Study, chosen: Mapping[str, Collection[str]], config_dir: str | None) -> None:
    """Prints in full what a command chooses of the groups in `SHOWN`.

    Args:
        study: The study of the command.
        chosen: The options that the command names, by group.
        config_dir: The folder of the user's own files.
    """
    out = _console()
    for name, objective in study.objectives.items() if "objective" in chosen else ():
        _print_class(out, f"objective {name}", type(objective))
        print_trimmed(out, "as configured:")
        print_trimmed(out, _settings(objective), 4)
    for name, optimizer in study.optimizers.items() if "optimizer" in chosen else ():
        _print_class(out, f"optimizer {name}", type(optimizer))
        print_trimmed(out, "as configured, with the range that a search draws from:")
        print_trimmed(out, _hyperparameters(optimizer, study.spaces.get(name, {})), 4)
    for group in ("search", "experiment"):
        for name in chosen.get(group, ()):
            _print_file(out, f"{group} {name}", option_files(group, config_dir)[name])
            if group == "search":
                _print_paragraphs(out, Search)


def _yours_first(listed: Sequence[Listed], yours: Collection[str]) -> list[Listed]:
    return sorted(listed, key=lambda each: each.name not in yours)


def _console() -> Console:
    out = console()
    if not out.is_terminal:
        out.width = _LONG
    return out


def _print_head(out: Console, title: str, hint: str) -> None:
    out.print()
    print_trimmed(out, Text.assemble((title, "bold underline"), f"  {hint}"), 0)


def _grid(headings: Sequence[str] = ()) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=bool(headings), pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, no_wrap=heading in ("name", "dim", "minimum"))
    return table


def _pairs(words: Mapping[str, str]) -> Table:
    table = _grid()
    for name, text in words.items():
        table.add_row(Text(name, style="bold"), text)
    return table


def _scores() -> dict[str, str]:
    """The scores in words, those that count steps as one."""
    steps = [name for name in SCORES if name.startswith("steps_to_")]
    words = {name: text for name, text in SCORES.items() if name not in steps}
    return {**words, steps[0]: SCORES[steps[0]], f"... {steps[-1]}": "the same, to that share"}


def _objectives(
    listed: Sequence[Listed], words: Mapping[str, str], yours: Collection[str], widest: int | None
) -> Table:
    table = _grid(["name", "dim", "bounds", "minimum", ""])
    table.columns[2].max_width = widest
    for each in listed:
        cells = _facts(each.part) if isinstance(each.part, Objective) else ["", "", ""]
        table.add_row(Text(each.name, style="bold"), *cells, _about(each, words, yours))
    return table


def _facts(objective: Objective) -> list[str]:
    minimum = objective.minimum
    return [
        str(objective.dim) if objective.planar else f"{objective.dim}+",
        bounds_in_words(objective.bounds),
        "unknown" if minimum is None else value_in_words(minimum),
    ]


def _about(listed: Listed, words: Mapping[str, str], yours: Collection[str]) -> str:
    """What an entry is: the comment at the head of its file, else the first sentence of its docstring."""
    if listed.wrong:
        return f"WRONG: {printable(listed.wrong)}"
    told = words.get(listed.name) or first_sentence(type(listed.part))
    return "; ".join(filter(None, ["yours" if listed.name in yours else "", told]))


def _hyperparameters(optimizer: Optimizer, space: Space) -> Table:
    table = _grid()
    for name, value in given_fields(optimizer).items():
        table.add_row(name, value_in_words(value), range_in_words(space[name]) if name in space else "")
    return table


def _settings(objective: Objective) -> Table:
    _, bounds, minimum = _facts(objective)
    table = _grid()
    rows = {"dim": str(objective.dim), "bounds": bounds, "minimum": minimum}
    rows |= {name: str(value) for name, value in given_fields(objective).items() if name not in ("dim", "bounds")}
    for name, text in rows.items():
        table.add_row(name, text)
    return table


def _print_class(out: Console, title: str, cls: type) -> None:
    out.print()
    print_trimmed(out, Text.assemble((title, "bold"), f"  {qualified_name(cls)}"), 0)
    _print_paragraphs(out, cls)


def _print_paragraphs(out: Console, cls: type) -> None:
    for text, indent in paragraphs(cls):
        first = (2 + indent) * " "
        hanging = 4 * " " if indent else ""  # of an argument
        lines = textwrap.wrap(printable(text), out.width, initial_indent=first, subsequent_indent=first + hanging)
        out.print("\n".join(lines), soft_wrap=True)


def _print_file(out: Console, title: str, path: Path) -> None:
    out.print()
    print_trimmed(out, Text.assemble((title, "bold"), f"  {path}"), 0)
    for line in path.read_text(encoding="utf-8").splitlines():
        print_trimmed(out, printable(line))
