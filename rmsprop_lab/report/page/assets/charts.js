// Line charts over iterations or evaluations, with uPlot.

// Several curves on one axis: `curves` have {label, colour, dash, x, y, low, high}. y is in decades where `decades`.
function lineChart(place, title, curves, options = {}) {
  const chart = { place, curves, options, shown: options.shown || curves.map(() => true), plot: null, legend: null, range: options.rangeY };
  if (options.shades && !chart.range) chart.range = shadedRange(curves);
  const holder = element("div", { role: "img", "aria-label": `${title}. ${options.text || ""}` });
  chart.legend = element("div", { class: "legend" });
  if (options.heading) place.append(element("h3", { dir: "auto" }, options.heading));
  place.append(chart.legend);
  drawLegend(chart);
  if (!curves.some((curve) => Array.from(curve.y).some((value) => finite(value) !== null))) {
    place.append(element("p", { class: "note" }, curves.length ? "Every run diverged." : "There is nothing to draw."));
    chart.plot = { redraw() {}, setSeries() {} };
    return chart;
  }
  place.append(holder);
  drawn(holder, () => {
    if (chart.plot) chart.plot.destroy();
    chart.plot = new uPlot(chartOptions(chart, Math.max(260, place.clientWidth || 520)), chartData(chart), holder);
    chart.shown.forEach((shown, at) => show(chart, at, shown));
  });
  return chart;
}

function drawLegend(chart) {
  chart.values = chart.curves.map(() => element("b"));
  chart.at = element("span", { class: "at" });
  chart.legend.replaceChildren(...chart.curves.map((curve, at) => {
    const button = element("button", { type: "button", "aria-pressed": String(chart.shown[at]), dir: "auto", onclick: () => toggle(chart, at, !chart.shown[at]) },
      lineSign(curve), element("span", {}, curve.label), chart.values[at]);
    return button;
  }), chart.at);
}

function toggle(chart, at, shown, silent = false) {
  chart.shown[at] = shown;
  chart.legend.children[at].setAttribute("aria-pressed", shown);
  show(chart, at, shown);
  if (chart.options.toggled && !silent) chart.options.toggled(at, shown);
}

// Other numbers, and other names, in the same curves.
function updateChart(chart, curves, rangeOf) {
  const range = rangeOf(curves);
  Object.assign(chart, { curves, range });
  curves.forEach((curve, at) => { chart.legend.children[at].children[1].textContent = curve.label; });
  if (chart.plot.setData) chart.plot.setData(chartData(chart));
}

function show(chart, at, shown) {
  const each = chart.options.shades ? 3 : 1;
  for (let part = 0; part < each; part++) chart.plot.setSeries(1 + at * each + part, { show: shown });
}

const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 9 }, (_, power) => digit * 10 ** power)).sort((a, b) => a - b);

// All lines and shades that end; one that does not goes on to the top.
function shadedRange(curves) {
  let low = Infinity, high = -Infinity;
  for (const curve of curves) for (const values of [curve.low, curve.y, curve.high]) for (const value of values)
    if (finite(value) !== null) { if (value < low) low = value; if (value > high) high = value; }
  return high >= low ? roomy(low, high) : [0, 1];
}

const finite = (value) => (Number.isFinite(value) && Math.abs(value) < 1e290 ? value : null);

function chartData(chart) {
  const tables = chart.curves.map((curve) => {
    const y = Array.from(curve.y, finite), ended = (values) => Array.from(values, (value) => finite(value) ?? chart.range[1]);
    const shades = chart.options.shades ? [ended(curve.low), ended(curve.high)] : [];
    return [Array.from(curve.x, chart.options.logX ? Math.log10 : undefined), y, ...shades];
  });
  return tables.length ? uPlot.join(tables) : [[]];
}

function chartOptions(chart, width) {
  const { options, curves } = chart, series = [{}], bands = [];
  for (const curve of curves) {
    const colour = hue(curve.colour);
    const line = { stroke: colour, width: 2, dash: DASHES[curve.dash], spanGaps: true, points: { show: false } };
    if (options.stepped) line.paths = uPlot.paths.stepped({ align: 1 });
    series.push(line);
    if (options.shades) {
      bands.push({ series: [series.length + 1, series.length], fill: fade(colour, look.dark ? 0.22 : 0.14) });
      series.push({ stroke: "transparent", width: 0, spanGaps: true, points: { show: false } });
      series.push({ stroke: "transparent", width: 0, spanGaps: true, points: { show: false } });
    }
  }
  const faint = ink("faint"), line = ink("line");
  const axis = { stroke: faint, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui, 'Liberation Sans', sans-serif" };
  return {
    width, height: options.height || 300, legend: { show: false }, series, bands,
    padding: [12, 22, 0, 4],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: (plot, low, high) => chart.range || roomy(low, high) } },
    axes: [
      { ...axis, incrs: options.logX ? undefined : WHOLE, label: options.x || "iteration", labelFont: axis.font, labelSize: 22, size: 32,
        splits: options.logX ? (plot, at, low, high) => wholeDecades(low, high) : undefined,
        values: (plot, ticks) => ticks.map((tick) => told(options.logX ? 10 ** tick : tick, 4)) },
      { ...axis, size: 58, label: options.y, labelFont: axis.font, labelSize: 20,
        splits: (plot, at, low, high) => (options.decades ? wholeDecades(low, high) : roundNumbers(low, high)),
        values: (plot, ticks) => ticks.map((tick) => (options.decades ? toldPower(tick) : told(tick))) },
    ],
    hooks: { setCursor: [(plot) => readOut(chart, plot)], draw: [(plot) => drawFloor(plot, options), ...(options.draw ? [options.draw] : [])] },
  };
}

function roomy(low, high) {
  if (low === null || high === null || low === undefined) return [0, 1];
  const room = 0.06 * (high - low) || 0.5;
  return [low - room, high + room];
}

function wholeDecades(low, high) {
  const step = Math.max(1, Math.ceil((high - low) / 7)), found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  if (found.length > 1) return found;
  const parts = [1, 2, 3, 5].map(Math.log10), some = [];
  for (let at = Math.floor(low); at <= high; at++) for (const part of parts) if (at + part >= low && at + part <= high) some.push(at + part);
  return some.length > 1 ? some : roundNumbers(low, high, 4);
}

function readOut(chart, plot) {
  const at = plot.cursor.idx, each = chart.options.shades ? 3 : 1, { x = "iteration", logX } = chart.options;
  const across = at === null || at === undefined ? null : plot.data[0][at];
  chart.at.textContent = across === null ? "" : `${x} ${told(logX ? 10 ** across : across, 6)}`;
  chart.curves.forEach((curve, number) => {
    const value = at === null || at === undefined ? null : plot.data[1 + number * each]?.[at];
    const text = value === null || value === undefined ? "" : chart.options.decades ? told(10 ** value, 2) : told(value);
    chart.values[number].textContent = text;
  });
}

function drawFloor(plot, options) {
  if (options.floor === undefined || options.floor === null) return;
  const y = plot.valToPos(options.floor, "y", true), { left, top, width, height } = plot.bbox, pen = plot.ctx;
  if (y < top || y > top + height) return;
  const density = window.devicePixelRatio || 1;
  pen.save();
  pen.strokeStyle = pen.fillStyle = ink("faint");
  pen.setLineDash([5 * density, 4 * density]);
  pen.lineWidth = density;
  pen.beginPath(); pen.moveTo(left, y); pen.lineTo(left + width, y); pen.stroke();
  pen.font = `${11 * density}px system-ui, 'Liberation Sans', sans-serif`;
  pen.textAlign = "right";
  pen.setLineDash([]); pen.lineWidth = 4 * density; pen.strokeStyle = ink("paper");
  pen.strokeText(`floor ${toldPower(Math.round(options.floor * 10) / 10)}`, left + width - 4 * density, y - 5 * density);
  pen.fillText(`floor ${toldPower(Math.round(options.floor * 10) / 10)}`, left + width - 4 * density, y - 5 * density);
  pen.restore();
}
