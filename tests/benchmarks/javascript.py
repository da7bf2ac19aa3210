"""The descents that a page computes, in a real Chromium."""

import json
from typing import Any

from support.browsers import started

from benchmarks.harness import Row
from rmsprop_lab.base import Objective
from rmsprop_lab.objectives import Bowl, Himmelblau, Rastrigin
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.translate import trace
from rmsprop_lab.translate.javascript import FUNCTIONS, descent

TITLE = "In the browser"
ABOUT = """The functions that a report and the playground compute with, in a headless Chromium: RMSProp in two
dimensions. Steps a second untraced; and milliseconds of script for 100 descents of 200 iterations whose points, values
and gradient norms are kept, as when a start is dragged."""
ROUNDS = 9
STEPS = 5_000_000
RUN = """() => {
FUNCTIONS
const descent = SOURCE;
const measured = [];
for (let round = 0; round < ROUNDS; round++) {
  let began = performance.now();
  for (let run = 0; run < 50; run++) descent([0.01, 0.9, 1e-8], [0.5 + run / 100, 0.5], STEPS / 50, null, null, null);
  const seconds = (performance.now() - began) / 1e3;
  const points = new Float64Array(402), values = new Float64Array(201), norms = new Float64Array(201);
  began = performance.now();
  for (let run = 0; run < 100; run++) descent([0.01, 0.9, 1e-8], [0.5 + run / 100, 0.5], 200, points, values, norms);
  measured.push([STEPS / seconds / 1e6, performance.now() - began]);
}
return measured;
}"""


def rows() -> list[Row]:
    with started() as browser:
        page = browser.new_page()
        return [row for objective in (Bowl(), Himmelblau(), Rastrigin()) for row in _rows(page, objective)]


def _rows(page: Any, objective: Objective) -> list[Row]:
    source = descent(trace(objective), trace(RMSProp(0.01, 0.9)))
    given = {"FUNCTIONS": FUNCTIONS, "SOURCE": source, "ROUNDS": json.dumps(ROUNDS), "STEPS": json.dumps(STEPS)}
    script = RUN
    for name, text in given.items():
        script = script.replace(name, text)
    steps, milliseconds = zip(*page.evaluate(script), strict=True)
    name = type(objective).__name__.lower()
    return [
        Row(f"{name}, steps", steps[1:], at_least=20 if name == "bowl" else None, unit="million a second"),
        Row(f"{name}, 100 descents of 200 iterations", milliseconds[1:], at_most=8, unit="ms"),
    ]
