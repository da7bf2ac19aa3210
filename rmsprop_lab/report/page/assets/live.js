// Runs that the page computes itself, in the form of the recorded ones; `DESCENTS` is written by `alive.py`.
const MOST_DRAWN = 601; // iterations
const room = { points: new Float64Array(2 * MOST_ITERATIONS + 2), values: new Float64Array(MOST_ITERATIONS + 1), norms: new Float64Array(MOST_ITERATIONS + 1) };

// Computes one descent into `room`; the first iteration with a number that is not finite, or -1.
function descended(number, parameters, start, n) {
  return DESCENTS[number](parameters, start, n, room.points, room.values, room.norms).at(-1);
}

// The iterations that are drawn: all, or about 600 evenly.
function drawnIterations(n) {
  if (n < MOST_DRAWN) return Int32Array.from({ length: n + 1 }, (_, at) => at);
  return Int32Array.from({ length: MOST_DRAWN }, (_, at) => Math.round((at * n) / (MOST_DRAWN - 1)));
}

// The run of a racer from some starts, as `track` in Python gives it.
function computed(racer, objective, starts, n) {
  const iterations = drawnIterations(n), rows = iterations.length, count = starts.length;
  const paths = new Float64Array(rows * 2 * count), heights = new Float64Array(rows * count), ends = [], lost = [];
  paths.shape = [rows, 2, count];
  heights.shape = [rows, count];
  starts.forEach((start, number) => {
    const bad = descended(racer.run.live.function, racer.values, start, n);
    for (let row = 0; row < rows; row++) {
      const at = iterations[row], gone = bad >= 0 && at >= bad;
      paths[2 * row * count + number] = gone ? NaN : room.points[2 * at];
      paths[(2 * row + 1) * count + number] = gone ? NaN : room.points[2 * at + 1];
      heights[row * count + number] = gone ? NaN : heightOf(objective, room.values[at]);
    }
    lost.push(bad);
    ends.push(bad >= 0 ? Infinity : room.values[n]);
  });
  const quartiles = new Float64Array(3 * rows).fill(NaN);
  quartiles.set(medians(heights, rows, count, lost), rows);
  const median = ends.map((_, at) => at).sort((a, b) => ends[a] - ends[b] || a - b)[(count + 1) / 2 - 1 | 0];
  return {
    ...racer.run, label: racer.label, colour: racer.colour, dash: racer.dash, settings: settingsOf(racer), iterations, paths, heights, quartiles, lost, median,
    starts: count, diverged: lost.filter((bad) => bad >= 0).length };
}

function heightOf(objective, value) {
  return objective.floor === null ? value : Math.log10(Math.max(objective.floor, value - objective.minimum));
}

// The lower median over the starts at each iteration; starts that diverged count as infinite.
function medians(heights, rows, count, lost) {
  const found = new Float64Array(rows), row = new Float64Array(count), middle = Math.ceil(count / 2) - 1;
  for (let at = 0; at < rows; at++) {
    for (let start = 0; start < count; start++) row[start] = lost[start] >= 0 ? Infinity : heights[at * count + start];
    found[at] = count === 1 ? row[0] : row.sort()[middle];
  }
  return found;
}

// The hyperparameters that people tune, and others that were changed.
function settingsOf(racer) {
  const { parameters } = racer.run.live;
  return parameters.map(({ name, kind, tuned, value }, at) => (tuned || racer.values[at] !== value ? `${name} ${toldSetting(kind, racer.values[at])}` : "")).filter(Boolean).join(", ");
}

const toldSetting = (kind, value) => (kind === "flag" ? String(value === 1) : toldNumber(value, 4));
// In few digits; of a decay rate near 1 those of its distance to 1 count.
const toldNumber = (value, digits = 5) => (value > 0.9 && value < 1 ? String(complement(few(1 - value, digits - 1))) : told(value, digits));
const complement = (value) => Number((1 - value).toPrecision(12));

// From 0 to 1 along a slider, and back to a number of few digits.
const SCALES = {
  linear: [(value) => value, (at) => at],
  log: [Math.log10, (at) => 10 ** at],
  log_complement: [(value) => -Math.log10(1 - value), (at) => 1 - 10 ** -at],
};

function placeOn({ low, high, scale }, value) {
  const [to] = SCALES[scale];
  return (to(value) - to(low)) / (to(high) - to(low) || 1);
}

function valueAt({ low, high, scale, kind }, place) {
  const [to, from] = SCALES[scale], value = from(to(low) + place * (to(high) - to(low)));
  if (place <= 0 || place >= 1) return place <= 0 ? low : high;
  if (kind === "whole") return Math.round(value);
  return scale === "log_complement" ? complement(few(1 - value, 2)) : few(value, 3);
}

const few = (value, digits) => Number(value.toPrecision(digits));

function isValid({ least, most, open, kind }, value) {
  if (!Number.isFinite(value) || (kind === "whole" && !Number.isInteger(value))) return false;
  return (least === null || (open ? value > least : value >= least)) && (most === null || value < most);
}
