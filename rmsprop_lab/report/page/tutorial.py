"""What the page of the tutorial shows besides: its lines and its pictures, digit for digit."""

import base64
from typing import Any

from rmsprop_lab.compare.winner import Winner
from rmsprop_lab.plan.pictures import picture
from rmsprop_lab.report.trace_lines import trace_lines
from rmsprop_lab.storage.folder import StudyFolder


def tutorial_content(folder: StudyFolder, winner: Winner) -> dict[str, Any]:
    """The printed lines of a run, and its pictures that are in the study's folder."""
    run = winner.judged
    name, optimizer = run.problem.name, run.optimizer_name
    shown = {
        picture(name, kind="surface"): f"The surface of {name}",
        picture(name, kind="contour"): f"The contour of {name}",
        picture(name, optimizer): f"The path of {optimizer} on it",
    }
    traces = folder.trace_of([run.run_key])
    files = {folder.path / "figures" / file: told for file, told in shown.items()}
    return {
        "lines": list(trace_lines(traces[run.run_key])) if run.run_key in traces else [],
        "pictures": [
            {"alt": told, "src": f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"}
            for path, told in files.items()
            if path.exists()
        ],
    }
