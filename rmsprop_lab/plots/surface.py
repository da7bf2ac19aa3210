"""The tutorial's first two pictures: the surface in 3-D and the filled contour plot."""

from typing import Any

import numpy as np

from rmsprop_lab.base import Objective, window_of
from rmsprop_lab.plots.objective import Landscape, landscape
from rmsprop_lab.plots.png import new_figure, png_of
from rmsprop_lab.plots.run_picture.contour import draw_bar, draw_filled


def surface_png(objective: Objective, name: str) -> bytes:
    """A 3-D surface over the plot window in `jet`, sampled at a twentieth of it: every 0.1 for the bowl."""
    scene = landscape(objective, window_of(objective), n=21)
    figure = new_figure(5.6, 4.8)
    axes = figure.add_subplot(projection="3d")
    draw_surface(axes, scene)
    axes.set(xlabel="x", ylabel="y")
    axes.tick_params(labelsize=7, pad=0)
    axes.set_title(_title(name, scene.slice_note))
    return png_of(figure)


def draw_surface(axes: Any, scene: Landscape) -> None:
    """The surface in `jet`."""
    axes.plot_surface(*np.meshgrid(scene.x, scene.y), scene.values, cmap="jet")


def contour_png(objective: Objective, name: str) -> bytes:
    """The filled contour plot with 50 levels in `jet`."""
    scene = landscape(objective, window_of(objective))
    figure = new_figure(5.2, 4.4)
    axes = figure.add_subplot()
    draw_filled(axes, scene)
    draw_bar(axes, scene)
    axes.set_title(_title(name, scene.slice_note))
    return png_of(figure)


def _title(name: str, note: str) -> str:
    return f"{name}\n{note.partition(',')[0]}" if note else name
