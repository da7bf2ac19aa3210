"""What a store still holds of a logged run, and what of its content is lost."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from rmsprop_lab.tracking.content import MISSING_PARAM, Point, RunContent
from rmsprop_lab.tracking.writers.artifacts import files_of


class Held(NamedTuple):
    """What a store holds of one run.

    `steps`: the steps of each metric; `latest`: the metrics with a last value; `params`: their values, empty where they
    cannot be replaced; `tags`: their names; `files`: sizes by path below the run's artifact folder, 0 if they are cut.
    """

    steps: Mapping[str, Collection[int]]
    latest: Collection[str]
    params: Mapping[str, str]
    tags: Collection[str]
    files: Mapping[str, int]

    def lacks(self, content: RunContent, tags: Mapping[str, str]) -> bool:
        """Whether any of a content, logged with these tags, is lost; pictures need not be drawn for that."""
        return bool(
            self.lost_points(content)
            or self.lost_params(content)
            or tags.keys() - set(self.tags)
            or self.lost_files(content)
        )

    def lost_points(self, content: RunContent) -> list[Point]:
        """The points that are not there, and the last ones of metrics without a last value."""
        points = [Point(*point) for point in content.points]
        ends = {point.name: point.step for point in sorted(points, key=lambda point: point.step)}
        return [
            point
            for point in points
            if point.step not in self.steps.get(point.name, ())
            or (point.name not in self.latest and point.step == ends[point.name])
        ]

    def lost_params(self, content: RunContent) -> dict[str, str]:
        """The params that are not there, or of which a later command took 0 for the value."""
        return {
            name: text
            for name, text in content.params.items()
            if name not in self.params or (self.params[name] == MISSING_PARAM != text)
        }

    def lost_files(self, content: RunContent) -> dict[str, bytes]:
        """The files that are not there or are cut, by path."""
        return {
            path: given
            for path, given in files_of(content, self.files).items()
            if path not in self.files or (given and not self.files[path])
        }


def sizes_below(folder: Path) -> dict[str, int]:
    """The sizes of the files below a folder, as in `Held`."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size if _is_whole(path) else 0
        for path in folder.rglob("*")
        if path.is_file()
    }


def _is_whole(path: Path) -> bool:
    """Whether a file has its end, for the formats that mark it."""
    content = path.read_bytes() if path.suffix in (".png", ".parquet", ".webp") else b""
    if path.suffix == ".png":
        return content.endswith(b"IEND\xaeB`\x82")
    if path.suffix == ".parquet":
        return content.startswith(b"PAR1") and content.endswith(b"PAR1")
    if path.suffix == ".webp":
        return content[:4] == b"RIFF" and int.from_bytes(content[4:8], "little") + 8 <= len(content)
    return True
