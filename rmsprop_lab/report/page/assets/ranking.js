// The verdict in pictures: intervals of the scores, pairs, mean ranks, runtimes and profiles.
function svg(name, given, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Scores with intervals, one card per objective; several studies stand in one card.
function intervals(place, model) {
  const cards = element("div", { class: "grid" });
  const repeated = model.ranking.some((row) => Number.isFinite(row.low));
  place.append(element("h3", {}, repeated ? "Scores with their 95 % intervals" : "Scores"), cards,
    element("p", { class: "how" }, repeated ? "Dot: the mean score over the repeats; line: its 95 % interval. Lower is better; intervals that lie apart tell optimizers apart, those that overlap may not."
      : "Lower is better. Of one repeat there is no interval: how sure this is, more repeats say."));
  for (const objective of model.objectives) {
    const rows = model.ranking.filter((row) => row.objective === objective.name && Number.isFinite(row.score));
    if (rows.length) cards.append(element("div", { class: "card" }, element("h3", { dir: "auto" }, objective.name), intervalPicture(rows, objective)));
  }
}

function intervalPicture(rows, objective) {
  const width = 520, left = 150, step = 28, height = step * rows.length + 40;
  const ends = rows.flatMap((row) => [row.score, row.low, row.high]).filter(Number.isFinite);
  let low = Math.min(...ends), high = Math.max(...ends);
  const room = 0.08 * (high - low) || Math.abs(high) * 0.1 || 0.5;
  low -= room; high += room;
  const x = (value) => left + ((value - low) / (high - low)) * (width - left - 14);
  const text = rows.map((row) => `${row.label}: ${told(row.score)}`).join("; ");
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${objective.name}, ${objective.score}. ${text}` });
  for (const tick of roundNumbers(low, high, 5)) picture.append(
    svg("line", { class: "axis", x1: x(tick), x2: x(tick), y1: 0, y2: height - 34 }),
    svg("text", { class: "faint", x: x(tick), y: height - 20, "text-anchor": "middle" }, told(tick)));
  picture.append(svg("text", { class: "faint", x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, objective.score));
  rows.forEach((row, at) => {
    const y = step * at + 16, marks = [];
    if (Number.isFinite(row.low)) marks.push(svg("line", { x1: x(row.low), x2: x(row.high), y1: y, y2: y, "stroke-width": 4, "stroke-linecap": "round", opacity: 0.45 }));
    marks.push(svg("circle", { cx: x(row.score), cy: y, r: 5.5 }));
    drawn(picture, () => marks.forEach((mark) => { mark.setAttribute("stroke", hue(row.colour)); mark.setAttribute("fill", row.hollow ? ink("paper") : hue(row.colour)); mark.setAttribute("stroke-width", mark.tagName === "line" ? 4 : 2); }));
    picture.append(svg("text", { x: left - 10, y: y + 4, "text-anchor": "end" }, `${shortened(row.label)}${row.rank && `  ${row.rank}`}`), ...marks);
  });
  return picture;
}

const shortened = (name, most = 18) => (name.length <= most ? name : `${name.slice(0, most / 2 - 1)}…${name.slice(1 - most / 2)}`);

const RELATIONS = { better: "is better than", equal: "practically equals", unknown: "cannot be told from" };

function pairs(place, study) {
  const given = table(study.tables["pairs.csv"]);
  if (!given.rows.length) return;
  const { columns } = given;
  if (!columns.difference_low.some(Number.isFinite)) {
    place.append(element("p", { class: "how" }, "One repeat cannot tell optimizers apart: pairs are compared over two repeats or more, as with search.repeats=8."));
    return;
  }
  const cells = given.rows.map((_, at) => [
    columns.objective[at], columns.better[at], RELATIONS[columns.relation[at]] || columns.relation[at], columns.worse[at],
    told(columns.difference[at]), Number.isFinite(columns.difference_low[at]) ? `${told(columns.difference_low[at], 2)} to ${told(columns.difference_high[at], 2)}` : "",
    told(columns.p_holm[at], 2)]);
  place.append(element("h3", {}, "Pairs"), staticTable(["objective", "", "", "", "difference", "90 % interval", "p (Holm)"], 4, cells, "Pairs of optimizers"),
    element("p", { class: "how" }, "The difference of mean scores of each two optimizers over the repeats, positive where the first has the lower, better one. The interval decides whether they are practically equal, Holm's p whether they differ."));
}

// A table whose first columns are words, and the others numbers.
function staticTable(names, words, rows, label) {
  const kind = (at) => (at < words ? null : "number");
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, element("table", {},
    element("thead", {}, element("tr", {}, ...names.map((name, at) => element("th", { scope: "col", class: kind(at) }, name || "\u00a0")))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell, at) => element("td", { dir: "auto", class: kind(at) }, cell)))))));
}

function meanRanks(place, study) {
  const given = table(study.tables["overall.csv"]), ranks = given.columns.mean_rank;
  if (!ranks || ranks.length < 2) return;
  const p = given.columns.friedman_p[0], count = given.columns.objectives[0];
  if (!ranks.every(Number.isFinite)) {
    if (Number.isFinite(p)) place.append(element("p", { class: "how" }, `Mean ranks over ${count} objectives are not shown: Friedman's test finds no difference (p = ${told(p, 2)}).`));
    return;
  }
  const order = ranks.map((_, at) => at).sort((a, b) => ranks[a] - ranks[b]), k = ranks.length, width = 620, height = 70 + 22 * k;
  const x = (rank) => 150 + ((rank - 1) / (k - 1)) * (width - 180), difference = given.columns.critical_difference[0];
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Mean ranks. ${order.map((at) => `${given.columns.optimizer[at]}: ${told(ranks[at])}`).join("; ")}` });
  for (let rank = 1; rank <= k; rank++) picture.append(svg("text", { class: "faint", x: x(rank), y: 14, "text-anchor": "middle" }, String(rank)), svg("line", { class: "axis", x1: x(rank), x2: x(rank), y1: 20, y2: height - 30 }));
  order.forEach((at, row) => {
    const mark = svg("circle", { cx: x(ranks[at]), cy: 36 + 22 * row, r: 6 });
    drawn(picture, () => mark.setAttribute("fill", hue(study.colours[given.columns.optimizer[at]] || "#777777")));
    picture.append(svg("text", { x: 140, y: 40 + 22 * row, "text-anchor": "end" }, shortened(given.columns.optimizer[at])), mark);
  });
  if (Number.isFinite(difference)) picture.append(svg("line", { x1: x(1), x2: x(Math.min(k, 1 + difference)), y1: height - 22, y2: height - 22, stroke: "currentColor", "stroke-width": 3 }),
    svg("text", { x: x(1), y: height - 5 }, `two ranks nearer than this cannot be told apart (${told(difference, 2)})`));
  place.append(element("h3", {}, `Mean ranks over ${count} objectives`), picture);
}

// Empirical distribution of runtimes, and performance profile.
function runtimes(place, study) {
  const cards = element("div", { class: "grid" });
  const ecdf = table(study.tables["ecdf.csv"]), profile = table(study.tables["profile.csv"]);
  const objectives = [...new Set(ecdf.columns.objective || [])], overall = objectives.includes("") ? "" : objectives.at(-1);
  const steps = (given, keep, column) => study.optimizers.map((optimizer) => {
    const at = given.rows.map((_, row) => row).filter((row) => given.columns.optimizer[row] === optimizer.name && keep(row));
    return { label: optimizer.name, colour: optimizer.colour, x: at.map((row) => given.columns[column][row]), y: at.map((row) => given.columns.share[row]) };
  }).filter((curve) => curve.x.length);
  const toTheEdge = (curves) => { // a share stays what it is
    const last = Math.max(...curves.map((curve) => curve.x.at(-1)));
    return curves.map((curve) => (curve.x.at(-1) < last ? { ...curve, x: [...curve.x, last], y: [...curve.y, curve.y.at(-1)] } : curve));
  };
  const left = element("div", { class: "card" }), right = element("div", { class: "card" });
  cards.append(left, right);
  const curves = steps(ecdf, (row) => ecdf.columns.objective[row] === overall, "evaluations");
  if (curves.length) {
    place.append(element("h3", {}, "How soon, how often"), cards, element("p", { class: "how" }, "Left: the share of all targets (fractions of the first gap, from all starts) that are reached after so many evaluations; a line further up and left is better. Right: the share of problems that an optimizer solves with at most so many times the cost of the best one."));
    lineChart(left, "Share of targets reached", toTheEdge(curves), { heading: `Targets reached${overall ? ` (${overall})` : ""}`, stepped: true, x: "evaluations of the gradient", y: "share", rangeY: [0, 1.03], height: 280, text: "" });
  }
  const shares = profile.rows.length ? steps(profile, () => true, "factor") : [];
  if (shares.length) {
    lineChart(right, "Performance profile", toTheEdge(shares), { heading: "Performance profile", stepped: true, logX: true, x: "times the cost of the best", y: "share", rangeY: [0, 1.03], height: 280, text: "" });
  }
}
