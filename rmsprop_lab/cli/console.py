"""Prints text on the terminal as text, not as markup."""

from rich.console import Console


def console(stderr: bool = False) -> Console:
    """A console that prints names, paths and messages of user code as they are: `[x]` and `:x:` are no markup."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
