// Every run as a point: score, or another hyperparameter, against a hyperparameter.
function sensitivity(place, model) {
  const state = { objective: model.first.name, x: null, y: "score", points: [], kept: null };
  const canvas = element("canvas", { role: "img" }), tip = element("div", { class: "tip", hidden: true });
  const holder = element("div", { class: "plane" }, canvas, tip);
  const axes = { x: element("select"), y: element("select") }, kept = element("div", { class: "kept", hidden: true, "aria-live": "polite" });
  const legend = element("div", { class: "legend" }), hidden = new Set(), note = element("p", { class: "note" });
  const heading = element("h3", { dir: "auto" });
  place.append(heading, element("div", { class: "controls" }, element("label", {}, "across", axes.x), element("label", {}, "up", axes.y)), legend, holder,
    note, kept);
  for (const axis of ["x", "y"]) axes[axis].addEventListener("change", () => { state[axis] = axes[axis].value; draw(); });

  function choose(objective) {
    state.objective = heading.textContent = objective.name;
    const names = model.hyperparameters.filter((name) => model.points.some((point) => point.objective === state.objective && Number.isFinite(point.settings[name])));
    const wide = [...names].sort((a, b) => spread(model, state, b) - spread(model, state, a));
    state.x = names.includes("step_size") ? "step_size" : wide[0];
    state.y = "score";
    axes.x.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    axes.y.replaceChildren(element("option", { value: "score" }, objective.score), ...names.map((name) => element("option", { value: name }, name)));
    axes.x.value = state.x; axes.y.value = "score";
    kept.hidden = true;
    state.kept = null;
    const here = new Map(model.points.filter((point) => point.objective === state.objective).map((point) => [point.label, point]));
    legend.replaceChildren(...[...here.values()].map((point) => legendButton(point, hidden, draw)));
    draw();
  }

  function draw() {
    const width = Math.max(280, holder.clientWidth || 800), pen = context(canvas, width, 400);
    state.area = { left: 62, top: 26, width: width - 80, height: 320 };
    state.points = placed(model, state, hidden);
    drawScatter(pen, state, objectiveOf(model, state.objective));
    state.grid = grid(state.points);
    const first = model.studies.length > 1 ? ` Filled: ${model.studies[0].name}; hollow: ${model.studies.slice(1).map((study) => study.name).join(", ")}.` : "";
    note.textContent = `Ringed: judged from fresh starts.${first}${state.y === "score" ? "" : " The fuller the colour, the better the score."}`;
    canvas.setAttribute("aria-label", `${state.points.length} runs on ${state.objective}: ${state.y} against ${state.x}.`);
  }

  canvas.addEventListener("mousemove", (event) => {
    const point = nearest(state.grid, event.offsetX, event.offsetY);
    tip.hidden = !point;
    if (!point) return;
    tip.replaceChildren(...pointTold(point.of));
    tip.style.left = `${Math.min(point.px + 12, canvas.clientWidth - 230)}px`;
    tip.style.top = `${point.py + 12}px`;
  });
  canvas.addEventListener("mouseleave", () => { tip.hidden = true; });
  canvas.addEventListener("click", (event) => {
    const point = nearest(state.grid, event.offsetX, event.offsetY);
    kept.hidden = !point;
    state.kept = point ? point.of : null;
    draw();
    if (point) kept.replaceChildren(...pointTold(point.of), element("br"), `run_key ${point.of.row.at(-1)}`);
  });
  model.onObjective(choose);
  choose(model.first);
  drawn(canvas, draw);
  window.sensitivity = state; // for scripts and tests
}

const objectiveOf = (model, name) => model.objectives.find((objective) => objective.name === name);

function spread(model, state, name) {
  return new Set(model.points.filter((point) => point.objective === state.objective).map((point) => point.settings[name])).size;
}

function legendButton(point, hidden, draw) {
  const { label } = point, button = element("button", {
    type: "button", "aria-pressed": String(!hidden.has(label)), dir: "auto",
    onclick: () => {
      if (!hidden.delete(label)) hidden.add(label);
      button.setAttribute("aria-pressed", String(!hidden.has(label)));
      draw();
    },
  }, pointSign(point), label);
  return button;
}

function pointTold(point) {
  const settings = Object.entries(point.settings).filter(([, value]) => Number.isFinite(value)).map(([name, value]) => `${name} ${told(value, 4)}`);
  const ended = point.lost ? "diverged" : `score ${told(point.score, 4)}`;
  return [element("strong", { dir: "auto" }, point.label), ` ${settings.join(", ")}`, element("br"), `${ended} · ${point.phase}, repeat ${point.repeat}`];
}

// Whether a hyperparameter is read best on a log axis: of 1 − x near 1, of x over decades.
function scaleOf(values) {
  const low = Math.min(...values), high = Math.max(...values);
  if (low > 0.5 && high < 1 && (1 - low) / (1 - high) > 5) return { to: (x) => -Math.log10(1 - x), from: (x) => 1 - 10 ** -x, decades: true };
  if (low > 0 && high / low > 20) return { to: Math.log10, from: (x) => 10 ** x, decades: true };
  return { to: (x) => x, from: (x) => x, decades: false };
}

function placed(model, state, hidden) {
  const points = model.points.filter((point) => point.objective === state.objective && !hidden.has(point.label));
  const xs = points.filter((point) => Number.isFinite(point.settings[state.x]));
  const pick = (point) => (state.y === "score" ? point.score : point.settings[state.y]);
  const whole = xs.filter((point) => state.y !== "score" ? Number.isFinite(pick(point)) : true);
  const scored = whole.filter((point) => !point.lost && Number.isFinite(pick(point)));
  state.scaleX = fitted(whole.map((point) => point.settings[state.x]), scaleOf);
  state.scaleY = fitted(scored.map(pick), state.y === "score" ? scoreScale : scaleOf);
  const { left, top, width, height } = state.area;
  const scores = scored.map((point) => point.score), best = Math.min(...scores), worst = Math.max(...scores);
  return whole.map((point) => {
    const up = state.y === "score" && point.lost ? null : state.scaleY.share(pick(point));
    return {
      of: point, px: left + state.scaleX.share(point.settings[state.x]) * width,
      py: up === null || !Number.isFinite(up) ? top - 12 : top + (1 - up) * height,
      opacity: state.y === "score" || point.lost ? 0.6 : 0.12 + 0.8 * (1 - (point.score - best) / (worst - best || 1)),
    };
  });
}

// Scores that are positive and span decades, such as iterations, go on a log axis too.
const scoreScale = (values) => (values.length && Math.min(...values) > 0 ? scaleOf(values) : { to: (x) => x, from: (x) => x, decades: false });

function fitted(values, choose) {
  const scale = values.length ? choose(values) : choose([0, 1]);
  let low = Infinity, high = -Infinity;
  for (const value of values) { const at = scale.to(value); if (at < low) low = at; if (at > high) high = at; }
  if (!(high > low)) { low = (Number.isFinite(low) ? low : 0) - 0.5; high = low + 1; }
  return { ...scale, low, high, share: (value) => (scale.to(value) - low) / (high - low) };
}

function ticks(scale, count) {
  const found = scale.decades ? wholeDecades(scale.low, scale.high) : roundNumbers(scale.low, scale.high, count);
  return found.map((at) => [(at - scale.low) / (scale.high - scale.low), told(scale.from(at), 4)]);
}

function drawScatter(pen, state, objective) {
  const { left, top, width, height } = state.area;
  pen.strokeStyle = ink("line"); pen.fillStyle = ink("faint"); pen.lineWidth = 1;
  pen.strokeRect(left + 0.5, top + 0.5, width, height);
  pen.textAlign = "center"; pen.textBaseline = "top";
  for (const [share, text] of ticks(state.scaleX, 6)) {
    pen.fillText(text, left + share * width, top + height + 6);
    pen.beginPath(); pen.moveTo(left + share * width, top); pen.lineTo(left + share * width, top + height); pen.stroke();
  }
  pen.fillText(state.x, left + width / 2, top + height + 24);
  pen.textAlign = "right"; pen.textBaseline = "middle";
  for (const [share, text] of ticks(state.scaleY, 6)) pen.fillText(text, left - 7, top + (1 - share) * height);
  pen.save(); pen.translate(12, top + height / 2); pen.rotate(-Math.PI / 2); pen.textAlign = "center";
  pen.fillText(state.y === "score" ? objective.score : state.y, 0, 0); pen.restore();
  for (const point of state.points) {
    const colour = hue(point.of.colour);
    if (point.of.lost) { pen.strokeStyle = fade(colour, 0.6); pen.lineWidth = 1.5; cross(pen, point.px, point.py, 3.5); continue; }
    pen.beginPath(); pen.arc(point.px, point.py, point.of.phase === "evaluate" ? 4.5 : 3, 0, 7);
    if (point.of.hollow) { pen.strokeStyle = fade(colour, point.opacity); pen.lineWidth = 1.5; pen.stroke(); }
    else { pen.fillStyle = fade(colour, point.opacity); pen.fill(); }
    if (point.of === state.kept) { pen.strokeStyle = ink("ink"); pen.lineWidth = 2; pen.beginPath(); pen.arc(point.px, point.py, 9, 0, 7); pen.stroke(); }
    else if (point.of.phase === "evaluate") { pen.strokeStyle = ink("ink"); pen.lineWidth = 1; pen.stroke(); }
  }
}

// Points by squares of 24 pixels, so that the nearest one is found among few.
function grid(points) {
  const found = new Map();
  for (const point of points) {
    const key = `${Math.floor(point.px / 24)} ${Math.floor(point.py / 24)}`;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(point);
  }
  return found;
}

function nearest(found, x, y) {
  let best = null, least = 14;
  for (let column = -1; column <= 1; column++) for (let row = -1; row <= 1; row++)
    for (const point of found.get(`${Math.floor(x / 24) + column} ${Math.floor(y / 24) + row}`) || []) {
      const far = Math.hypot(point.px - x, point.py - y);
      if (far < least) { least = far; best = point; }
    }
  return best;
}
