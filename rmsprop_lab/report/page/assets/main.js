// Joins the data of one study or several into what the sections show, and draws them.
const STUDY = { run: "the study's run", back: "Back to the study's run", yours: "Yours, not the study's" };
const PLAYED = { run: "what rmsprop-lab computes", back: "Back to the beginning", yours: "" };

function modelOf(studies, origin) {
  const listeners = [];
  const model = { studies, origin, objectives: [], points: [], ranking: [], runRows: [], runNames: [], numbers: new Set(), onObjective: (listen) => listeners.push(listen) };
  model.choose = (name) => listeners.forEach((listen) => listen(objectiveOf(model, name)));
  return model;
}

// Dashes tell studies apart, and optimizers whose hue another one has, too.
function dashOf(optimizers, at, number) {
  const sharing = optimizers.slice(0, at).filter((other) => other.colour === optimizers[at].colour);
  return (Math.min(number, 1) + 2 * sharing.length) % DASHES.length;
}

function addObjectives(model, study, number, label) {
  study.colours = Object.fromEntries(study.optimizers.map((optimizer) => [optimizer.name, optimizer.colour]));
  const dashes = Object.fromEntries(study.optimizers.map(({ name }, at) => [name, dashOf(study.optimizers, at, number)]));
  for (const objective of study.objectives) {
    let there = model.objectives.find((other) => other.name === objective.name);
    if (!there) model.objectives.push((there = { ...objective, runs: [] }));
    for (const run of objective.runs) there.runs.push({ ...run, n_iter: study.n_iter, label: label(study, run.optimizer), colour: study.colours[run.optimizer], dash: dashes[run.optimizer] });
  }
}

function joined(studies) {
  const several = studies.length > 1, model = modelOf(studies, STUDY);
  const label = (study, name) => (several ? `${study.name}: ${name}` : name);
  studies.forEach((study, number) => {
    addObjectives(model, study, number, label);
    const ranking = table(study.tables["ranking.csv"]), { columns } = ranking;
    const shared = (at) => columns.rank.some((rank, other) => other !== at && rank === columns.rank[at] && columns.objective[other] === columns.objective[at]);
    ranking.rows.forEach((_, at) => model.ranking.push({
      objective: columns.objective[at], label: label(study, columns.optimizer[at]), colour: study.colours[columns.optimizer[at]], hollow: number > 0,
      rank: columns.rank && Number.isFinite(columns.rank[at]) ? `${columns.rank[at]}${shared(at) ? "=" : ""}` : "", score: columns.score[at], low: columns.score_low[at], high: columns.score_high[at] }));
    addRuns(model, study, number, label);
  });
  model.objectives = model.objectives.filter((objective) => objective.runs.length || model.objectives.length === 1);
  return model;
}

// A page without a study: its runs alone.
function scene(played) {
  const model = modelOf([played], PLAYED);
  addObjectives(model, played, 0, (study, name) => name);
  return model;
}

const PLACES = ["objective", "optimizer", "phase", "regime", "repeat", "trial"];

function addRuns(model, study, number, label) {
  const runs = table(study.tables["runs.csv"]), { columns, names } = runs;
  const settings = names.slice(PLACES.length, names.indexOf("score"));
  model.hyperparameters = [...new Set([...(model.hyperparameters || []), ...settings])];
  const several = model.studies.length > 1, front = several ? ["study"] : [];
  if (!model.runNames.length) model.runNames = [...front, ...names];
  for (const name of names) if (typeof columns[name][0] === "number") model.numbers.add(name);
  runs.rows.forEach((row, at) => {
    const shown = several ? [study.name, ...model.runNames.slice(1).map((name) => row[names.indexOf(name)] ?? "")] : row;
    Object.defineProperty(shown, "text", { get() { return this.join(" ").toLowerCase(); } });
    model.runRows.push(shown);
    if (columns.outcome[at] === "failed") return;
    const name = label(study, columns.optimizer[at]);
    model.points.push({
      row, objective: columns.objective[at], label: name, colour: study.colours[columns.optimizer[at]], phase: columns.phase[at], repeat: columns.repeat[at], hollow: number > 0,
      score: columns.score[at], lost: columns.outcome[at] !== "ok" || !Number.isFinite(columns.score[at]),
      settings: Object.fromEntries(settings.map((key) => [key, asNumber(columns[key][at])])) });
  });
}

const asNumber = (value) => (typeof value === "number" ? value : value === "True" ? 1 : value === "False" ? 0 : NaN);

function convergence(place, model) {
  const cards = model.objectives.map(() => element("div", { class: "card" }));
  place.append(...cards); // all of them first, as their number decides their width
  model.objectives.forEach((objective, number) => {
    const known = objective.floor !== null, card = cards[number];
    const curves = objective.runs.map((run) => {
      const length = run.iterations.length, part = (at) => run.quartiles.subarray(at * length, (at + 1) * length);
      const gone = !Number.isFinite(part(1)[length - 1]);
      return { label: gone ? `${run.label} (most starts diverged)` : run.label, colour: run.colour, dash: run.dash, x: run.iterations, low: part(0), y: part(1), high: part(2) };
    });
    const ends = curves.map((curve) => `${curve.label} ends at ${told(known ? 10 ** curve.y.at(-1) : curve.y.at(-1))}`);
    lineChart(card, `Convergence on ${objective.name}`, curves, { heading: objective.name, shades: true, decades: known, y: known ? "gap to the minimum" : "value", floor: known ? Math.log10(objective.floor) : null, text: ends.join("; ") });
    const lost = objective.runs.filter((run) => run.diverged).map((run) => `${run.label}: ${run.diverged} of ${run.starts} starts diverged`);
    if (lost.length) card.append(element("p", { class: "note", dir: "auto" }, `${lost.join("; ")}.`));
  });
}

const COORDINATES = ["x", "y", "x₃", "x₄"];

function effective(place, model) {
  const note = element("p", { class: "note" });
  const card = element("div", { class: "card" });
  const several = model.studies.length > 1; // then dashes tell studies apart, and greyer hues coordinates
  place.append(card, note);
  function choose(objective) {
    card.replaceChildren();
    const curves = objective.runs.filter((run) => run.steps).flatMap((run) => {
      const [count, length] = run.steps.sizes.shape;
      return Array.from({ length: count }, (_, at) => ({
        label: count > 1 ? `${run.label} ${COORDINATES[at]}` : run.label, colour: at % 2 ? mixed(run.colour, "#808080", several ? 0.65 : 0.45) : run.colour, dash: several ? run.dash : (run.dash + (at % 2)) % DASHES.length, x: run.steps.iterations,
        y: run.steps.sizes.subarray(at * length, (at + 1) * length).map((size) => (size > 0 ? Math.log10(size) : NaN)) }));
    });
    lineChart(card, `Effective step size on ${objective.name}`, curves, { heading: objective.name, decades: true, y: "|Δx| / |g|", height: 340, text: "" });
    note.textContent = objective.dim > 4 ? `The first four of ${objective.dim} coordinates.` : "";
  }
  model.onObjective(choose);
  choose(model.first);
}

function themeButton(place) {
  const wanted = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches;
  const button = element("button", { type: "button", onclick: () => flip(!look.dark) });
  const flip = (dark) => { setTheme(dark); button.textContent = dark ? "Light" : "Dark"; button.setAttribute("aria-label", `${button.textContent} colours`); };
  place.append(button);
  look.dark = wanted;
  flip(wanted);
  window.addEventListener("beforeprint", () => { look.printing = look.dark ? "dark" : "light"; setTheme(false); });
  window.addEventListener("afterprint", () => { const before = look.printing; look.printing = null; setTheme(before === "dark"); });
}

function objectiveChooser(place, model) {
  if (model.objectives.length < 2) return;
  const select = element("select", { onchange: () => model.choose(select.value) }, ...model.objectives.map((objective) => element("option", { value: objective.name }, objective.name)));
  select.value = model.first.name;
  place.append(element("label", {}, "objective", select));
}

function sections(studies, model, at) {
  convergence(at("convergence-place"), model);
  if (at("ranking")) {
    intervals(at("ranking-place"), model);
    for (const study of studies) {
      const place = element("div");
      at("ranking-place").append(place);
      if (studies.length > 1) place.append(element("h3", { dir: "auto" }, study.name));
      pairs(place, study); meanRanks(place, study); runtimes(place, study);
    }
    sensitivity(at("sensitivity-place"), model);
  }
  effective(at("steps-place"), model);
  runTable(at("runs-place"), model);
  files(at("files-place"), studies);
}

// On a narrow window the height alone changes nothing: a phone's changes while it scrolls.
function redrawWhenResized() {
  const size = () => `${document.documentElement.clientWidth} ${tallest()}`;
  let before = size();
  const resized = () => {
    fitBelowBar();
    if (size() === before) return;
    before = size();
    redraw();
  };
  new ResizeObserver(resized).observe(document.documentElement);
  window.addEventListener("resize", resized);
}

// The objective to open with: the first study's choice, or else the first one, among those that all studies have.
function firstOf({ studies, objectives }) {
  const shared = objectives.filter(({ name }) => studies.every((study) => objectiveOf(study, name)?.runs.length));
  const usual = (from) => from.find(({ name }) => name === studies[0].first);
  return usual(shared) || shared[0] || usual(objectives);
}

// What sticks below the bar of links needs its height: on a narrow window the bar has two rows.
function fitBelowBar() {
  const height = document.querySelector("nav").offsetHeight;
  document.documentElement.style.setProperty("--bar", `${height}px`);
}

async function page() {
  const began = performance.now(), at = (id) => document.getElementById(id);
  themeButton(at("theme-place"));
  const { studies, playground } = await opened(JSON.parse(at("data").textContent));
  const model = playground ? scene(playground) : joined(studies);
  model.first = (!playground && firstOf(model)) || model.objectives[0];
  objectiveChooser(at("objective-place"), model);
  race(at("race-place"), model);
  if (!playground) sections(studies, model, at);
  redrawWhenResized();
  fitBelowBar();
  document.documentElement.dataset.drawn = String(Math.round(performance.now() - began));
}
page();
