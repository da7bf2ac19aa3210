// The plane of the race: contour of the gap, minimizers, paths.
const BANDS = 18;

function planeBox(plane, width, tallest) {
  const across = plane.x[1] - plane.x[0], up = plane.y[1] - plane.y[0];
  const left = 46, right = 10, top = 8, bottom = 34;
  const inner = width - left - right, fair = !plane.curve && up / across > 1 / 3 && up / across < 3;
  let height = fair ? (inner * up) / across : inner * 0.8, span = inner;
  if (height > tallest) { if (fair) span = (inner * tallest) / height; height = tallest; }
  return { left, top, width: span, height, all: [width, height + top + bottom], fair };
}

const toX = (plane, box, x) => box.left + ((x - plane.x[0]) / (plane.x[1] - plane.x[0])) * box.width;
const toY = (plane, box, y) => box.top + (1 - (y - plane.y[0]) / (plane.y[1] - plane.y[0])) * box.height;
const inside = (plane, x, y) => x >= plane.x[0] && x <= plane.x[1] && y >= plane.y[0] && y <= plane.y[1];

// The background, drawn once per size and theme.
function background(plane, box, density) {
  const width = Math.round(box.width * density), height = Math.round(box.height * density);
  const sheet = element("canvas");
  sheet.width = width; sheet.height = height;
  const pen = sheet.getContext("2d"), image = pen.createImageData(width, height), size = plane.heights.shape[0];
  const colours = bandColours(), band = new Uint8Array(width);
  for (let row = 0; row < height; row++) {
    const v = (1 - row / (height - 1)) * (size - 1), low = Math.min(size - 2, Math.floor(v)), part = v - low;
    let before = -1;
    for (let column = 0; column < width; column++) {
      const u = (column / (width - 1)) * (size - 1), first = Math.min(size - 2, Math.floor(u)), share = u - first;
      const at = low * size + first, heights = plane.heights;
      const value = (heights[at] * (1 - share) + heights[at + 1] * share) * (1 - part) +
        (heights[at + size] * (1 - share) + heights[at + size + 1] * share) * part;
      const level = Math.min(BANDS - 1, Math.floor((value / 65536) * BANDS));
      const edge = (before >= 0 && level !== before) || (row > 0 && level !== band[column]);
      before = band[column] = level;
      const colour = colours[level], darker = edge ? (look.dark ? 1.25 : 0.9) : 1, to = 4 * (row * width + column);
      image.data[to] = colour[0] * darker; image.data[to + 1] = colour[1] * darker; image.data[to + 2] = colour[2] * darker;
      image.data[to + 3] = 255;
    }
  }
  pen.putImageData(image, 0, 0);
  return sheet;
}

// Even steps of lightness with little colour, so that the optimizers' hues stay readable; the lowest is the palest.
function bandColours() {
  const [near, far] = look.dark ? [[20, 26, 36], [86, 104, 128]] : [[252, 253, 255], [164, 179, 200]];
  return Array.from({ length: BANDS }, (_, at) => near.map((value, of) => value + ((far[of] - value) * at) / (BANDS - 1)));
}

function drawAxes(pen, plane, box) {
  pen.strokeStyle = ink("line"); pen.fillStyle = ink("faint"); pen.lineWidth = 1;
  pen.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1);
  pen.textAlign = "center"; pen.textBaseline = "top";
  for (const x of roundNumbers(...plane.x)) pen.fillText(told(x), toX(plane, box, x), box.top + box.height + 5);
  pen.fillText("x", box.left + box.width / 2, box.top + box.height + 19);
  pen.textAlign = "right"; pen.textBaseline = "middle";
  for (const y of roundNumbers(...plane.y)) pen.fillText(told(y), box.left - 6, toY(plane, box, y));
  pen.save(); pen.translate(9, box.top + box.height / 2); pen.rotate(-Math.PI / 2); pen.textAlign = "center";
  pen.fillText(plane.curve ? "f(x)" : "y", 0, 0); pen.restore();
}

function drawCurve(pen, plane, box) {
  pen.strokeStyle = ink("faint"); pen.lineWidth = 2; pen.beginPath();
  plane.curve.forEach((value, at) => {
    if (!Number.isFinite(value)) return;
    pen.lineTo(toX(plane, box, plane.x[0] + ((plane.x[1] - plane.x[0]) * at) / (plane.curve.length - 1)), toY(plane, box, value));
  });
  pen.stroke();
}

function drawMinimizers(pen, plane, box) {
  for (const [x, y] of plane.minimizers) {
    if (!inside(plane, x, y)) continue;
    starPath(pen, toX(plane, box, x), toY(plane, box, y), 11);
    pen.fillStyle = "#ffd54a"; pen.fill();
    pen.strokeStyle = "#3a2e00"; pen.lineWidth = 1; pen.stroke();
  }
}

// The starts to choose from.
function drawStarts(pen, objective, box) {
  const run = objective.runs[0], count = run ? run.paths.shape[2] : 0;
  if (objective.plane.curve || count < 2) return;
  pen.strokeStyle = ink("faint"); pen.lineWidth = 1;
  for (let start = 0; start < count; start++) {
    const [x, y] = [run.paths[start], run.paths[count + start]];
    if (!inside(objective.plane, x, y)) continue;
    pen.beginPath(); pen.arc(toX(objective.plane, box, x), toY(objective.plane, box, y), 3, 0, 7); pen.stroke();
  }
}

// One path up to a place between its kept iterations; where it leaves the plane for good there is a mark.
function drawPath(pen, plane, box, run, start, place, bold) {
  const paths = run.paths, count = paths.shape[2], last = Math.min(Math.floor(place), paths.shape[0] - 1);
  const point = (at) => [paths[(at * 2) * count + start], paths[(at * 2 + 1) * count + start]];
  pen.save();
  pen.beginPath(); pen.rect(box.left, box.top, box.width, box.height); pen.clip();
  pen.strokeStyle = run.hue; pen.globalAlpha = bold ? 1 : 0.4; pen.lineWidth = bold ? 2.2 : 1.1; pen.lineJoin = "round";
  pen.setLineDash(DASHES[run.dash]);
  pen.beginPath();
  let head = null, left = null, inner = null;
  for (let at = 0; at <= last + 1; at++) {
    let [x, y] = at <= last ? point(at) : between(point(last), last + 1 < paths.shape[0] ? point(last + 1) : point(last), place - last);
    if (!Number.isFinite(x) || !Number.isFinite(y)) { left = left || inner; break; }
    const px = clamped(toX(plane, box, x)), py = clamped(toY(plane, box, y));
    pen.lineTo(px, py);
    if (inside(plane, x, y)) { inner = [px, py]; left = null; }
    else if (!left && inner) left = crossing(inner, [px, py], box);
    head = [px, py];
  }
  pen.stroke();
  pen.restore();
  const [x0, y0] = point(0);
  if (bold && inside(plane, x0, y0)) {
    pen.fillStyle = ink("paper"); pen.strokeStyle = ink("ink"); pen.lineWidth = 1.5;
    pen.beginPath(); pen.arc(toX(plane, box, x0), toY(plane, box, y0), 4, 0, 7); pen.fill(); pen.stroke();
  }
  return { head: left ? null : head, left };
}

const clamped = (value) => Math.max(-1e5, Math.min(1e5, value)); // canvases draw wrong lines from far away
const between = (a, b, share) => (Number.isFinite(b[0]) && Number.isFinite(b[1]) ? [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share] : b);

function crossing(from, to, box) {
  let share = 1;
  for (const axis of [0, 1]) {
    const low = axis ? box.top : box.left, high = low + (axis ? box.height : box.width), step = to[axis] - from[axis];
    if (step > 0) share = Math.min(share, (high - from[axis]) / step);
    if (step < 0) share = Math.min(share, (low - from[axis]) / step);
  }
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
}

function drawHead(pen, end, colour, lost) {
  if (end.left || lost) {
    const at = end.left || end.head;
    if (!at) return;
    pen.lineWidth = 5; pen.strokeStyle = ink("paper"); cross(pen, ...at, 5);
    pen.lineWidth = 2.5; pen.strokeStyle = colour; cross(pen, ...at, 5);
  } else if (end.head) {
    pen.fillStyle = colour; pen.strokeStyle = ink("paper"); pen.lineWidth = 2;
    pen.beginPath(); pen.arc(...end.head, 5.5, 0, 7); pen.fill(); pen.stroke();
  }
}
