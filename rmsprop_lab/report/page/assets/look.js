// Colours, theme, canvases.
const look = { dark: false, redraws: [] };

function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function mixed(colour, other, share) {
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const [a, b] = [parts(colour), parts(other)];
  return "#" + a.map((value, at) => Math.round(value * (1 - share) + b[at] * share).toString(16).padStart(2, "0")).join("");
}

// An optimizer's hue, lighter on a dark page.
const hue = (colour) => (look.dark ? mixed(colour, "#ffffff", 0.42) : colour);

const fade = (colour, opacity) => colour + Math.round(255 * opacity).toString(16).padStart(2, "0");

// How lines of one hue differ: pixels drawn and left out in turn.
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4], [10, 3, 2, 3, 2, 3]];

// A short piece of an optimizer's line.
function lineSign({ colour, dash = 0 }) {
  const sign = element("i", { class: "line" });
  drawn(sign, () => { sign.style.background = stripes(hue(colour), DASHES[dash]); });
  return sign;
}

// A point of an optimizer's, filled or hollow.
function pointSign({ colour, hollow }) {
  const sign = element("i", { class: "point" });
  drawn(sign, () => { sign.style.borderColor = hue(colour); sign.style.background = hollow ? "none" : hue(colour); });
  return sign;
}

function stripes(colour, dashes) {
  let at = 0;
  const parts = dashes.map((length, number) => `${number % 2 ? "transparent" : colour} ${at}px ${(at += length)}px`);
  return parts.length ? `repeating-linear-gradient(90deg, ${parts.join(", ")})` : colour;
}

// Draws now, and again whenever the size or the theme changes, as long as the element is on the page.
function drawn(node, draw) {
  look.redraws.push({ node, draw });
  draw();
}

function redraw() {
  look.redraws = look.redraws.filter(({ node }) => node.isConnected);
  look.redraws.forEach(({ draw }) => draw());
}

function setTheme(dark) {
  look.dark = dark;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  redraw();
}

// A canvas context in CSS pixels, sharp on any screen, with text of the page.
function context(canvas, width, height) {
  const density = Math.min(3, Math.max(window.devicePixelRatio || 1, look.printing ? 2 : 1));
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.font = "12px system-ui, 'Liberation Sans', sans-serif";
  return pen;
}

// About `count` round numbers within a range.
function roundNumbers(low, high, count = 5) {
  if (!(high > low)) return [low];
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(Number((at * step).toPrecision(12)));
  return found;
}

function starPath(pen, x, y, size) {
  pen.beginPath();
  for (let at = 0; at < 10; at++) {
    const radius = at % 2 ? size * 0.42 : size, angle = -Math.PI / 2 + (at * Math.PI) / 5;
    pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  pen.closePath();
}

function cross(pen, x, y, size) {
  pen.beginPath();
  pen.moveTo(x - size, y - size); pen.lineTo(x + size, y + size);
  pen.moveTo(x + size, y - size); pen.lineTo(x - size, y + size);
  pen.stroke();
}
