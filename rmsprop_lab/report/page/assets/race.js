// The race: every optimizer's path on one plane, played together, with the gap beside it.
const SECONDS = 8;

function race(place, model) {
  const state = { base: null, objective: null, racers: [], place: Infinity, playing: false, speed: 1, start: 0, starts: {}, absent: [], point: null, chart: null, sheet: null };
  const canvas = element("canvas", { role: "img", tabindex: "-1" });
  const plane = element("div", { class: "plane pick" }, canvas), beside = element("div", { class: "card" });
  const note = element("p", { class: "note" }), how = element("p", { class: "note how" });
  const controls = raceControls(state, () => paint());
  const panel = livePanel(state, model.origin, changed), handle = startHandle(state, changed), yours = yoursLine(state, model.origin, changed);
  plane.append(handle.node);
  const stage = element("div", { class: "stage" }, yours.node, controls.bar, element("div", { class: "two" }, element("div", { class: "sheet" }, plane, note, how), beside));
  place.append(element("div", { class: "racing" }, stage, panel.node));
  state.isMoved = () => state.racers.some(isLive) && (Boolean(state.point) || state.n !== state.recorded || state.racers.some(isMoved));

  function choose(objective) {
    const recorded = objective.runs.length ? objective.runs[0].n_iter : 0, before = [...state.racers, ...state.absent];
    if (state.base) state.starts[state.base.name] = { point: state.point, start: state.start };
    Object.assign(state, { base: objective, sheet: null, place: Infinity, n: state.n === state.recorded ? recorded : state.n, recorded,
      racers: carriedOver(before, objective.runs), absent: before.filter((one) => !objective.runs.some((run) => run.label === one.run.label)),
      ...(state.starts[objective.name] || { point: null, start: usualStart(objective) }) });
    note.textContent = planeNote(objective);
    how.textContent = howText(model, objective);
    panel.fill();
    refresh(true);
  }

  // Takes what a person changed; null: back to the recorded runs. Drawn with the next frame.
  function changed(what, anew = false) {
    if (what === null) {
      Object.assign(state, { racers: [], absent: [], starts: {}, point: null, n: state.recorded });
      choose(state.base);
      anew = true;
    } else Object.assign(state, what);
    if (anew) panel.fill();
    if (!state.waiting) requestAnimationFrame(() => { state.waiting = false; refresh(state.anew); state.anew = false; });
    state.waiting = true;
    state.anew = state.anew || anew;
  }

  // Computes what is shown, again if something was changed, and draws it.
  function refresh(anew) {
    const before = state.objective, atEnd = state.place >= state.length;
    state.objective = state.isMoved() ? { ...state.base, runs: liveRuns(state) } : state.base;
    const runs = state.objective.runs, last = (run) => run.iterations.at(-1);
    state.longest = runs.reduce((best, run) => (best && last(best) >= last(run) ? best : run), null);
    state.length = state.longest ? Math.max(1, state.longest.iterations.length - 1) : 1;
    state.place = atEnd ? state.length : Math.min(state.place, state.length);
    const same = !anew && before && before.name === state.objective.name && before.runs.length === runs.length && state.chart.plot.setData;
    if (same) updateChart(state.chart, gapCurves(state), rangeOf);
    else {
      beside.replaceChildren();
      state.chart = gapChart(beside, state, () => { yours.show(); panel.show(); paint(); });
    }
    runs.forEach((_, at) => { if (state.chart.shown[at] === racerOf(state, at).hidden) toggle(state.chart, at, !state.chart.shown[at], true); });
    controls.fit(state);
    yours.show();
    panel.show();
    paint();
  }

  function paint() {
    const { objective } = state, box = planeBox(objective.plane, Math.max(260, plane.clientWidth || 520), tallest());
    const pen = context(canvas, ...box.all), density = canvas.width / box.all[0];
    state.box = box;
    objective.runs.forEach((run) => { run.hue = hue(run.colour); });
    if (objective.plane.curve) drawCurve(pen, objective.plane, box);
    else {
      const key = `${box.width} ${box.height} ${density} ${look.dark}`;
      if (!state.sheet || state.sheet.key !== key) state.sheet = { key, canvas: background(objective.plane, box, density) };
      pen.drawImage(state.sheet.canvas, box.left, box.top, box.width, box.height);
    }
    drawAxes(pen, objective.plane, box);
    drawMinimizers(pen, objective.plane, box);
    drawStarts(pen, state.base, box);
    drawRuns(pen, state, box);
    canvas.setAttribute("aria-label", raceText(state));
    controls.show(state);
    handle.show();
    if (state.chart) state.chart.plot.redraw(false);
  }

  dragged(plane, canvas, state, changed, (start) => { Object.assign(state, { start, point: null }); changed({}, true); });
  controls.start.addEventListener("change", () => {
    if (controls.start.value !== "yours") changed({ start: Number(controls.start.value), point: null }, true);
  });
  model.onObjective(choose);
  choose(model.first);
  drawn(canvas, paint);
  window.race = { state, paint, changed }; // for scripts and tests
}

// The plane's height: on a wide window all of it is in view, below what stands above it.
const tallest = () => (window.innerWidth < 1100 ? 460 : Math.max(260, Math.min(560, window.innerHeight - 330)));

// The runs that are shown, computed again.
function liveRuns(state) {
  const { starts } = state.racers.find(isLive).run.live;
  const from = state.point ? [state.point] : state.start < 0 ? starts : [starts[Math.min(state.start, starts.length - 1)]];
  return state.racers.filter(isLive).map((one) => ({ ...computed(one, state.base, from, state.n), racer: one }));
}

function drawRuns(pen, state, box) {
  const { objective } = state, all = state.start < 0 && !state.point, ends = [];
  objective.runs.map((run, at) => [run, at]).reverse().forEach(([run, number]) => { // the best on top
    if (!state.chart.shown[number]) return;
    const starts = all ? [...Array(run.paths.shape[2]).keys()] : [Math.min(Math.max(0, state.start), run.paths.shape[2] - 1)];
    for (const start of starts) {
      const at = placeOf(run, state), end = drawPath(pen, objective.plane, box, run, start, at, !all || start === run.median);
      const lost = run.lost[start] >= 0 && at >= lostPlace(run, start);
      if (!all || start === run.median) ends.push([end, run.hue, lost]);
      else if (end.left || lost) ends.push([{ left: end.left || end.head }, run.hue, true]);
    }
  });
  ends.forEach((end) => drawHead(pen, ...end));
}

function howText(model, objective) {
  const runs = model.objectives.flatMap((objective) => objective.runs), alive = runs.some((run) => run.live && run.live.function !== null);
  const { plane } = objective, star = plane.minimizers.some(([x, y]) => inside(plane, x, y)) ? "the star is the minimizer, " : "";
  const signs = `${star}a cross marks where a path leaves the window for good or diverges.`;
  if (!runs.some((run) => run.paths.shape[2] > 1)) return `The ring is the start, ${signs}`;
  const typical = model.points.some((point) => point.repeat > 0) && objective.runs.length ? ` All are of repeat ${objective.runs[0].repeat}, a typical one, to begin at the same starts; the ranking quotes each optimizer's own median repeat, so settings may differ.` : "";
  return `Paths from one start, or from all, played together; the rings are starts, ${signs} Click ${alive ? "a ring" : "the plane"} to choose ${alive ? "that" : "the nearest"} start; with all of them the chart shows medians, and of each optimizer the path that ends at its median is bold.${typical}`;
}

// The kept iterations of runs may differ; a place is one of the longest run's.
function placeOf(run, state) {
  return placeAt(run, iterationAt(state.longest, Math.min(state.place, state.length)));
}

function placeAt({ iterations }, iteration) {
  let low = 0, high = iterations.length - 1;
  if (iteration >= iterations[high]) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (iterations[middle] <= iteration) low = middle; else high = middle;
  }
  return low + (iteration - iterations[low]) / (iterations[high] - iterations[low]);
}

function lostPlace(run, start) {
  const found = run.iterations.findIndex((iteration) => iteration >= run.lost[start]);
  return (found < 0 ? run.iterations.length : found) - 1;
}

// The start from which the best optimizer ends at its median, if its path is there.
const usualStart = (objective) => {
  const run = objective.runs[0];
  return run && run.median < run.paths.shape[2] ? run.median : 0;
};

function gapCurves(state) {
  const { objective } = state, start = state.point ? 0 : state.start;
  return objective.runs.map((run) => {
    const count = run.heights.shape[1], at = start < 0 ? run.median : Math.min(start, count - 1);
    const y = start < 0 ? run.quartiles.subarray(run.iterations.length, 2 * run.iterations.length)
      : Float64Array.from(run.iterations, (_, row) => run.heights[row * count + at]);
    return { label: `${run.label} ${run.settings}`, colour: run.colour, dash: run.dash, x: run.iterations, y };
  });
}

// The racer of a run: recorded runs and racers stand in the same order.
const racerOf = (state, at) => state.objective.runs[at].racer || state.racers[at];

function gapChart(beside, state, toggled) {
  const { objective } = state, curves = gapCurves(state), known = objective.floor !== null;
  return lineChart(beside, `${objective.name}: ${known ? "gap" : "value"} over the iterations`, curves, {
    y: known ? "gap to the minimum" : "value", decades: known, floor: known ? Math.log10(objective.floor) : null, get height() { return Math.min(380, tallest() - 60); }, rangeY: rangeOf(curves),
    draw: (plot) => drawCursor(plot, state), shown: curves.map((_, at) => !racerOf(state, at).hidden),
    toggled: (at, shown) => { racerOf(state, at).hidden = !shown; toggled(); },
  });
}

// From the lowest value to a little above the highest first one: a diverging line leaves the chart.
function rangeOf(curves) {
  const all = curves.flatMap((curve) => Array.from(curve.y).filter(Number.isFinite));
  const firsts = curves.map((curve) => curve.y[0]).filter(Number.isFinite);
  if (!all.length) return [0, 1];
  let low = Infinity, high = -Infinity;
  for (const value of all) { if (value < low) low = value; if (value > high) high = value; }
  const first = Math.max(...firsts, low), most = first + Math.max(0.25 * (first - low), 0.5);
  return roomy(low, Math.min(high, most));
}

function drawCursor(plot, state) {
  const { objective } = state, pen = plot.ctx, density = window.devicePixelRatio || 1;
  if (!objective.runs.length || state.place >= state.length) return;
  const iteration = iterationAt(state.longest, state.place);
  const x = plot.valToPos(iteration, "x", true);
  pen.save();
  pen.strokeStyle = ink("faint"); pen.lineWidth = density;
  pen.beginPath(); pen.moveTo(x, plot.bbox.top); pen.lineTo(x, plot.bbox.top + plot.bbox.height); pen.stroke();
  objective.runs.forEach((run, at) => {
    if (!state.chart || !state.chart.shown[at]) return;
    const value = finite(state.chart.curves[at].y[Math.round(placeOf(run, state))]);
    if (value === null) return;
    pen.fillStyle = hue(run.colour);
    pen.beginPath(); pen.arc(x, plot.valToPos(value, "y", true), 5 * density, 0, 7); pen.fill();
  });
  pen.restore();
}

function iterationAt(run, place) {
  const low = Math.floor(place), high = Math.min(low + 1, run.iterations.length - 1);
  return run.iterations[low] + (run.iterations[high] - run.iterations[low]) * (place - low);
}

function planeNote(objective) {
  const run = objective.runs[0];
  const { note } = objective.plane, parts = [note && `${note[0].toUpperCase()}${note.slice(1)}.`];
  if (!run) parts.push("Every run failed: there is no path.");
  if (objective.plane.decades && objective.plane.decades[0] !== objective.plane.decades[1])
    parts.push(`Shades: even in the log of the ${objective.floor === null ? "value above the lowest one here" : "gap"}, from ${told(10 ** objective.plane.decades[0], 2)} innermost to ${told(10 ** objective.plane.decades[1], 2)}.`);
  if (!objective.plane.curve && !planeBox(objective.plane, 500, 460).fair) parts.push("x and y have different scales.");
  if (run && run.starts > run.paths.shape[2]) parts.push(`The first ${run.paths.shape[2]} of ${run.starts} starts.`);
  if (objective.runs.some((other) => other.paths[0] !== run.paths[0])) parts.push("Each study has starts of its own.");
  return parts.filter(Boolean).join(" ");
}

function raceText(state) {
  const { objective } = state;
  const ends = objective.runs.map((run) => {
    const value = run.quartiles[2 * run.iterations.length - 1];
    const shown = !Number.isFinite(value) ? "diverged" : objective.floor === null ? `value ${told(value)}` : `gap ${told(10 ** value, 2)}`;
    return `${run.label}: ${shown}`;
  });
  return `Paths on ${objective.name}. After all iterations, in the median: ${ends.join("; ")}.`;
}
