"""`python docs/gallery.py FILE`: draws every objective that has two dimensions; `make gallery` calls it."""

import contextlib
import re
import sys
from pathlib import Path

from rmsprop_lab.plots.gallery import gallery_png

from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.errors import InputError


def planar_objectives() -> dict[str, Objective]:
    """Every objective of ours that has two dimensions, by the name of its file."""
    found = {}
    for cls in classes_in("rmsprop_lab.objectives", Objective).values():
        with contextlib.suppress(InputError):  # it has no two dimensions
            found[re.sub(r".*\.", "", cls.__module__)] = cls(dim=2)
    return dict(sorted(found.items()))


def main() -> None:
    """Writes the picture to the file named on the command line."""
    target = Path(sys.argv[1])
    objectives = planar_objectives()
    target.write_bytes(gallery_png(objectives))
    print(f"{len(objectives)} objectives: {target}")


if __name__ == "__main__":
    main()
