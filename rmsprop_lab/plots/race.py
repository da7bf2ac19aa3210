"""Animates a race: the paths of optimizers from the same starts on one contour plot, and their gaps below."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from rmsprop_lab.base import Array, window_of
from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.gaps import gap_floor
from rmsprop_lab.plots.colours import marks
from rmsprop_lab.plots.comparison import Panel, legend_below_axes, legend_text, quartile_curves
from rmsprop_lab.plots.encoding import Pixels, animation_bytes
from rmsprop_lab.plots.figure import new_figure, pixels_of, set_title, shortened
from rmsprop_lab.plots.objective import draw_curve, draw_filled, scene_of
from rmsprop_lab.plots.paths import in_plane, path_in
from rmsprop_lab.plots.scales import scale_values
from rmsprop_lab.plots.shading import PALE
from rmsprop_lab.plots.signs import LEAVES, LEFT, MINIMIZER, STAR, draw_floor, key_below, mark_minimizers

STARTS = 8
"""The most starts whose paths are shown."""
SECONDS, PER_SECOND = 6, 20
_LETTERS = 62  # of a line of the legend
_TAIL = 0.85  # the share of the time since when a path is drawn strongly
_STILL = 15  # frames at the end, of the last iteration
_TICKS = 4  # decades with two ticks each
_MOST = 600  # iterations of a trace that are drawn
_HEAD: dict[str, Any] = {"ls": "none", "mec": "white", "mew": 0.8, "animated": True, "zorder": 5}


def race_webp(panel: Panel, hues: Mapping[str, str], title: str) -> bytes:
    """Draws an animated WebP of 6 seconds: paths that grow over the contour plot, and below median gaps that grow.

    Time passes as on the axis of iterations, which is logarithmic: most happens at first. The last picture stays for
    a moment.

    Args:
        panel: The objective, the starts and the traces. Paths are those of the first eight starts, medians are over
            all.
        hues: The hue of each optimizer.
        title: The title.
    """
    return animation_bytes(_frames(panel, hues, title), 1000 // PER_SECOND)


def _frames(panel: Panel, hues: Mapping[str, str], title: str) -> Iterator[Pixels]:
    texts = {name: legend_text(panel.labels[name], _LETTERS) for name in panel.traces}
    lines = sum(1 + text.count("\n") for text in texts.values())
    figure = new_figure(5.2, 6.9 + 0.17 * lines)
    top, bottom = figure.subplots(2, 1, height_ratios=(2.1, 1.0))
    signs = _draw_plane(top, panel)
    marked = marks(hues)
    lanes = [_Lane(panel, name, hues[name], marked[name], top, bottom) for name in panel.traces]
    _draw_gap_axes(bottom, panel, lanes, texts)
    key_below(figure, signs + [LEAVES] * any(lane.leaves for lane in lanes))
    set_title(figure, title, 11.0)
    bottom.set_title(" ", fontsize=10)  # room for the counter
    place = {"transform": bottom.transAxes, "ha": "right", "va": "bottom"}
    counter = bottom.text(1.0, 1.03, "", fontsize=10, animated=True, **place)
    above = [counter, *_stars(top)]
    pixels_of(figure)
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    empty = canvas.copy_from_bbox(figure.bbox)
    for time in _times(max(int(trace.iterations[-1]) for trace in panel.traces.values())):
        canvas.restore_region(empty)
        counter.set_text(f"iteration {time:.0f}")
        for artist in [artist for lane in lanes for artist in lane.at(time)] + above:
            figure.draw_artist(artist)
        yield np.asarray(canvas.buffer_rgba()).copy()


def _times(last: int) -> Array:
    """The iteration that each frame shows, `(frames,)`, with fractions."""
    moving = np.expm1(np.linspace(0.0, np.log1p(last), SECONDS * PER_SECOND - _STILL))
    return np.append(moving, np.full(_STILL, float(last))).clip(0.0, last)


def _stars(axes: Axes) -> list[Artist]:
    """The stars, which no head may hide, to be drawn in each frame."""
    stars = [line for line in axes.lines if line.get_marker() == STAR["marker"]]
    for line in stars:
        line.set_animated(True)
    return list(stars)


def _draw_plane(axes: Axes, panel: Panel) -> list[Line2D]:
    """Draws the objective and the starts; returns the signs to explain."""
    shown = panel.starts[:, :STARTS]
    if panel.objective.dim == 1:
        draw_curve(axes, panel.objective, panel.starts)
        note = ""
    else:
        scene = scene_of(panel.objective, window_of(panel.objective, shown), PALE)
        draw_filled(axes, scene)
        note = scene.note()
    axes.plot(*in_plane(shown[None], panel.objective)[0], "o", mfc="none", mec="#444444", ms=5, mew=0.8)
    name = shortened(panel.name, 30)
    axes.set_title(f"{name}\n{note}" if note else name, fontsize=10, loc="left", parse_math=False)
    return [MINIMIZER] * mark_minimizers(axes, panel.objective)


def _draw_gap_axes(axes: Axes, panel: Panel, lanes: list["_Lane"], texts: Mapping[str, str]) -> None:
    known = panel.objective.minimum is not None
    heights = np.concatenate([lane.heights for lane in lanes])
    finite = heights[np.isfinite(heights)]
    axes.set(xlabel="iteration", ylabel="median gap" if known else "median value")
    for lane in lanes:
        axes.plot([], [], color=lane.hue, marker=lane.mark, label=texts[lane.name])
    if len(finite):
        faint = axes.plot(np.linspace(0.0, lanes[0].iterations[-1], len(heights)), heights, alpha=0.0)
        axes.set_yscale("log" if known else "linear")
        if not known:
            scale_values(axes, heights)
        faint[0].remove()
    if known and len(finite):
        draw_floor(axes, gap_floor(panel.objective))
    axes.autoscale(enable=False)
    _scale_iterations(axes, int(max(lane.iterations[-1] for lane in lanes)))
    axes.grid(alpha=0.3)
    legend_below_axes(axes, -0.28)


def _scale_iterations(axes: Axes, last: int) -> None:
    """A logarithmic axis with a place for 0, and ticks at 0, 1, 3, 10, 30, ..."""
    axes.set_xscale("function", functions=(np.log1p, np.expm1))
    decades = 10.0 ** np.arange(np.floor(np.log10(max(last, 1))) + 1)
    numbers = np.sort(np.outer(decades, [1.0, 3.0]).ravel()) if len(decades) <= _TICKS else decades
    numbers = np.append(0.0, numbers[numbers <= last])
    axes.set_xticks(numbers, [f"{number:,.0f}" if number < 1e5 else f"{number:.0e}" for number in numbers], fontsize=8)
    axes.set_xlim(-0.1, 1.1 * last)


class _Lane:
    """One optimizer: its paths and its median curve, as far as they have come."""

    def __init__(self, panel: Panel, name: str, hue: str, mark: str, plane: Axes, gaps: Axes) -> None:
        trace = _thinned(panel.traces[name])
        self.name, self.hue, self.mark, self.iterations = name, hue, mark, trace.iterations
        head = {"color": hue, "ms": 6.5, "marker": mark or "o", **_HEAD}
        _, self.heights, _ = quartile_curves(trace, panel.objective)
        points = in_plane(trace.points[:, :, :STARTS], panel.objective)
        self._window = np.array([plane.get_xlim(), plane.get_ylim()])
        found = [path_in(path, self._window) for path in np.moveaxis(points, 2, 0)]
        self._paths = np.stack([path for path, _ in found])
        self._left = {at: place for at, (_, place) in enumerate(found) if place is not None}
        self._path = Line2D([], [], color=hue, linewidth=0.9, alpha=0.3, animated=True)
        self._tail = Line2D([], [], color=hue, linewidth=1.8, alpha=0.9, animated=True)
        self._heads = Line2D([], [], **head)
        self._gone = Line2D([], [], color=hue, animated=True, zorder=4, **LEFT)
        self._curve = Line2D([], [], color=hue, linewidth=1.8, animated=True)
        self._tip = Line2D([], [], **head)
        for axes, lines in (
            (plane, (self._path, self._tail, self._heads, self._gone)),
            (gaps, (self._curve, self._tip)),
        ):
            for line in lines:
                line.set_in_layout(False)
                axes.add_line(line)

    @property
    def leaves(self) -> bool:
        """Whether a path leaves the window for good."""
        return bool(self._left)

    def at(self, time: float) -> list[Artist]:
        """The artists that show the lane after so many iterations."""
        row = int(np.searchsorted(self.iterations, time, side="right")) - 1
        following = min(row + 1, len(self.iterations) - 1)
        step = max(float(self.iterations[following] - self.iterations[row]), 1.0)
        share = min((time - float(self.iterations[row])) / step, 1.0)
        heads = _between(self._paths[:, row], self._paths[:, following], share)
        between = np.full((len(heads), 1, 2), np.nan)  # lifts the pen
        for line, since in ((self._path, 0), (self._tail, np.searchsorted(self.iterations, _TAIL * time - 1))):
            pieces = np.concatenate([self._paths[:, since : row + 1], heads[:, None], between], axis=1)
            line.set_data(*pieces.reshape(-1, 2).T)
        gone = np.array([row >= at for at in self._leaves_at])
        hidden = gone | ~self._inside(heads)
        self._heads.set_data(*np.where(hidden[:, None], np.nan, heads).T)
        self._gone.set_data(*np.array([self._left[int(at)] for at in np.flatnonzero(gone)]).reshape(-1, 2).T)
        tip = _between(self.heights[row : row + 1], self.heights[following : following + 1], share)
        now = min(time, float(self.iterations[-1]))
        self._curve.set_data(np.append(self.iterations[: row + 1], now), np.append(self.heights[: row + 1], tip))
        self._tip.set_data([now], tip)
        return [self._path, self._tail, self._gone, self._heads, self._curve, self._tip]

    @cached_property
    def _leaves_at(self) -> list[float]:
        """The row at which each path is outside for good; +inf if it never is."""
        inside = self._inside(self._paths)
        return [float(np.flatnonzero(inside[at])[-1] + 1) if at in self._left else np.inf for at in range(len(inside))]

    def _inside(self, points: Array) -> NDArray[np.bool_]:
        low, high = self._window.T
        inside: NDArray[np.bool_] = ((points >= low) & (points <= high)).all(axis=-1)
        return inside


def _between(here: Array, there: Array, share: float) -> Array:
    """Points between two; the first ones where the second ones are NaN."""
    return np.where(np.isnan(there), here, here + share * (there - here))


def _thinned(trace: Trace) -> Trace:
    """Some of the iterations, as dense as the frames are."""
    length = len(trace.iterations)
    if length <= _MOST:
        return trace
    wanted = np.expm1(np.linspace(0.0, np.log1p(trace.iterations[-1]), _MOST))
    rows = np.searchsorted(trace.iterations, wanted.clip(0.0, trace.iterations[-1]))
    return trace.at(np.unique(np.append(rows, [0, length - 1])))
