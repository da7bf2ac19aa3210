"""Python in a process of its own, that finds `support` as the tests do."""

import os
from pathlib import Path

_PATHS = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, _PATHS))}
