"""The run of a study's experiment in MLflow that holds its report, its figures and its tables."""

from collections.abc import Sequence

from rmsprop_lab.plan.study import Study
from rmsprop_lab.plots import RACE, STUDY_FIGURES
from rmsprop_lab.plots.colours import GREY
from rmsprop_lab.report import REPORT
from rmsprop_lab.report.notes import artifact_link
from rmsprop_lab.storage.folder import StudyFolder
from rmsprop_lab.tracking.content import MISSING_PARAM, RunContent
from rmsprop_lab.tracking.page import REPORT_PHASE


def report_run(study: Study, hyperparameters: Sequence[str]) -> RunContent:
    """The run without its files. It has the params of all runs, as one without them breaks MLflow's charts."""
    about = {"objective": "all", "dim": MISSING_PARAM, "optimizer": "all"}
    settings = {"n_iter": str(study.n_iter), "starts": MISSING_PARAM, "start_seed": "none"}
    return RunContent(
        run_key=REPORT_PHASE,
        name=f"report of {study.name}",
        params={
            **about,
            **dict.fromkeys(hyperparameters, MISSING_PARAM),
            **settings,
            "gradient": "analytic",
            "engine": study.engine,
        },
        points=[],
        tags={"study": study.name, "objective": "all", "optimizer": "all", "phase": REPORT_PHASE, "outcome": "ok"},
        colour=GREY,
        note=f"[report.html]({artifact_link(REPORT)}) is among the artifacts, with figures and tables.",
    )


def report_files(folder: StudyFolder) -> dict[str, bytes]:
    """The files of a study's report that are in its folder, by their path in MLflow."""
    figures = {name: folder.path / "figures" / name for name in STUDY_FIGURES}
    paths = {REPORT: folder.path / REPORT} | {f"figures/{name}": path for name, path in figures.items()}
    paths[f"figures/{RACE}"] = folder.path / "figures" / RACE
    paths |= {f"tables/{path.name}": path for path in sorted((folder.path / "tables").glob("*.csv"))}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
