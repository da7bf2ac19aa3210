"""A grid of small panels, one for each objective."""

from matplotlib.axes import Axes

from rmsprop_lab.plots.figure import FreeFigure, new_figure

SHOWN = 24
"""The most panels of a grid."""


def panel_grid(
    count: int, width: float, height: float, least: float = 6.5, sharey: bool = False
) -> tuple[FreeFigure, list[Axes]]:
    """A figure with so many panels, row by row.

    Args:
        count: The number of panels, from 1.
        width: The width of each in inches.
        height: The height of each in inches.
        least: The least width of the figure, for its title.
        sharey: Whether they have the same y axis, labelled on the left alone.
    """
    columns = columns_of(count)
    rows = -(-count // columns)
    figure = new_figure(max(width * columns, least), height * rows + 0.7)  # 0.7 for the title
    panels = [*figure.subplots(rows, columns, squeeze=False, sharey=sharey).flat]
    for axes in panels[count:]:
        axes.remove()
    return figure, panels[:count]


def lowest(panels: list[Axes]) -> list[Axes]:
    """The panels of a grid that have no other below them."""
    return panels[-columns_of(len(panels)) :]


def columns_of(count: int) -> int:
    """The columns of a grid: four side by side, or three or five where four leave more than one gap.

    >>> [columns_of(count) for count in (1, 2, 4, 5, 7, 9, 10, 12, 13)]
    [1, 2, 4, 3, 4, 3, 5, 4, 5]
    """
    if count <= 4:
        return count
    choices = (4, 3, 5) if count <= 9 else (4, 5)
    return min(choices, key=lambda columns: max(-count % columns, 1))
