"""Notes of studies and runs."""

from pathlib import Path

from support.studies import study

from rmsprop_lab import run_study
from rmsprop_lab.objectives import Bowl
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.report.notes import experiment_note, plan_told, run_note


def test_notes_say_what_was_run_and_show_it(tmp_path: Path) -> None:
    summary = run_study(study(objectives={"bowl": Bowl()}), output_dir=tmp_path, tracking="none", figures=False)
    links = {None: {"Best": "#/best", "All": "#/all"}, "bowl": {"Best": "#/bowl"}}
    note = experiment_note(summary.judgement, links, plan_told(summary.study, "<i>lab/s on host", 1), "#/report")
    assert "\n\nPlan of &#60;i&#62;lab/s on host: 1 run, 2 optimizers on 1 objective.\n\n" in note
    first = "1 repeat cannot tell which optimizer is better; search.repeats=8 can."
    assert note.startswith(f"[Report] · {first}")  # plain text, for MLflow's list of experiments
    assert note.endswith("\n\n[Report]: #/report")
    assert "[Best](#/best) · [All](#/all)" in note.splitlines()
    assert "- bowl: [Best](#/bowl)" in note.splitlines()
    for row in summary.best.to_dict("records"):
        assert f"| bowl&emsp; | {row['optimizer']}&emsp; | step_size" in note
    key, run = next((key, run) for key, run in summary.runs.items() if isinstance(run.optimizer, RMSProp))
    row = summary.folder.run_rows([key])[key]
    text = run_note(run, row, picture=True, study="s")
    assert text.startswith("bowl: rmsprop, step_size")
    assert "![The paths](get-artifact?path=contour.png&run_uuid={run_id})" in text
    again = f"Again: `rmsprop-lab task=rerun name=s run_key={key[:12]}`"
    assert f"\n\n{again}\n\n" in text
    assert "| rho&emsp; | 0.9&emsp; |" in text
    assert "| steps_to_1e-7&emsp; |" in text
    assert "get-artifact" not in run_note(run, row, picture=False, study="s")
    failed = run_note(run, {**row, "outcome": "failed", "message": "<b>no {run_id}</b>"}, picture=False, study="s")
    assert failed.endswith(f"Failed: &#60;b&#62;no &#123;run_id&#125;&#60;/b&#62;\n\n{again}")
