"""The saved views of an experiment of landscapes."""

from collections.abc import Iterable
from dataclasses import dataclass

from rmsprop_lab.tracking.page import View


@dataclass(frozen=True)
class LandscapeView(View):
    """A view of landscapes, which have pictures and final measures, but no curves and no steps to a target.

    Args:
        measures: Names of their measures, such as `log10_gap`.
    """

    measures: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """False, as charts of steps to a share of the gap have nothing to show."""
        return False

    @property
    def has_settings(self) -> bool:
        """False: a map has all settings of its ranges."""
        return False

    @property
    def pictures(self) -> str:
        """What the pictures of landscapes show."""
        return "Maps and basins"

    @property
    def metrics(self) -> list[str]:
        """The metrics in columns."""
        fresh = [f"{name}_fresh" for name in self.measures]
        return [*(name for pair in zip(self.measures, fresh, strict=True) for name in pair), "diverged_share"]


def landscape_views(measures: Iterable[str]) -> dict[str, View]:
    """The views by key: `all`, and `best`, which is the one that opens first.

    Args:
        measures: Names of the measures that the landscapes have: `log10_gap`, `value` or both.
    """
    view = LandscapeView("All maps", "", "params.`objective`", {}, measures=tuple(measures))
    return {"best": view, "all": view}
