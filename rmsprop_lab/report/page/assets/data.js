// The data of the page: packed arrays and CSV tables, see docs/report.md.
const TYPES = { float32: Float32Array, int32: Int32Array, uint16: Uint16Array };

async function unpacked(part) {
  const zipped = Uint8Array.from(atob(part.zlib), (letter) => letter.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("deflate"));
  const content = await new Response(stream).arrayBuffer();
  return part.dtype === "text" ? new TextDecoder().decode(content) : new TYPES[part.dtype](content);
}

// Replaces every packed part below a value by what it holds; `shape` of an array stays beside it.
async function opened(value) {
  if (Array.isArray(value)) return Promise.all(value.map(opened));
  if (value === null || typeof value !== "object") return value;
  if ("zlib" in value) {
    const content = await unpacked(value);
    if (typeof content !== "string") content.shape = value.shape;
    return content;
  }
  const parts = await Promise.all(Object.entries(value).map(async ([key, part]) => [key, await opened(part)]));
  return Object.fromEntries(parts);
}

// The rows of a CSV text as arrays of texts, the headings first.
function csvRows(text) {
  if (!text.includes('"')) return text.split("\n").filter(Boolean).map((line) => line.split(","));
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') { cell += '"'; at++; }
      else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ",") { row.push(cell); cell = ""; }
    else if (letter === "\n") { row.push(cell); rows.push(row); row = []; cell = ""; }
    else cell += letter;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows;
}

// A CSV table by columns: numbers where all cells are, NaN for empty ones.
function table(text) {
  const [names, ...rows] = csvRows(text || "");
  const columns = {};
  (names || []).forEach((name, at) => {
    const cells = rows.map((row) => row[at]);
    const numbers = cells.map((cell) => (cell === "" ? NaN : cell === "inf" ? Infinity : Number(cell)));
    const numeric = cells.every((cell, row) => cell === "" || !Number.isNaN(numbers[row]));
    columns[name] = numeric && cells.some(Boolean) ? numbers : cells;
  });
  return { names: names || [], rows, columns };
}

function told(value, digits = 3) {
  if (typeof value !== "number" || Number.isNaN(value)) return value || "";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

const toldPower = (decades) =>
  Number.isInteger(decades) ? `1e${decades}` : told(10 ** decades, 2);

// An element with attributes, listeners (`onclick`) and children.
function element(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function saved(name, text, type = "text/csv") {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
