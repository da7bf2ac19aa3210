// All runs in a table that sorts and filters, a hundred rows at a time; and the CSV files.
function runTable(place, model) {
  const state = { sort: null, down: false, words: [], most: 100 };
  const search = element("input", { type: "search", placeholder: "filter: rosenbrock diverged …", "aria-label": "Filter the runs", oninput: () => {
    state.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    state.most = 100;
    fill();
  } });
  const count = element("span", { class: "note", role: "status" });
  const again = element("code", { "aria-live": "polite" });
  const body = element("tbody"), head = element("tr");
  const more = element("button", { type: "button", onclick: () => { state.most += 400; fill(); } }, "more rows");
  const save = element("button", { type: "button", onclick: () => saved("runs.csv", [model.runNames, ...chosen()].map((row) => row.map(quoted).join(",")).join("\n") + "\n") }, "these rows as CSV");
  const kind = (name) => (model.numbers.has(name) ? "number" : null);
  head.append(...model.runNames.map((name, at) => element("th", { scope: "col", "aria-sort": "none", class: kind(name) },
    element("button", { type: "button", onclick: () => { state.down = state.sort === at && !state.down; state.sort = at; fill(); } }, name))));
  place.append(element("div", { class: "controls" }, search, save, count, again),
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "All runs" }, element("table", {}, element("thead", {}, head), body)), more);

  function chosen() {
    const rows = state.words.length ? model.runRows.filter((row) => state.words.every((word) => row.text.includes(word))) : [...model.runRows];
    if (state.sort !== null) rows.sort((a, b) => ordered(a[state.sort], b[state.sort]) * (state.down ? -1 : 1));
    return rows;
  }

  function fill() {
    const rows = chosen();
    body.replaceChildren(...rows.slice(0, state.most).map((row) => element("tr", {}, ...row.map((cell, at) => element("td", { title: cell, class: kind(model.runNames[at]) }, model.runNames[at] === "run_key" ? keyButton(row, cell) : short(cell))))));
    [...head.children].forEach((cell, at) => cell.setAttribute("aria-sort", at !== state.sort ? "none" : state.down ? "descending" : "ascending"));
    count.textContent = rows.length > state.most ? `${state.most} of ${rows.length} runs` : `${rows.length} runs`;
    more.hidden = rows.length <= state.most;
  }
  // A key that shows the command which computes its run again.
  function keyButton(row, key) {
    const name = model.runNames[0] === "study" ? row[0] : model.studies[0].name;
    const command = `rmsprop-lab task=rerun name=${name} run_key=${key.slice(0, 12)}`;
    return element("button", { type: "button", title: `Show the command: ${command}`, onclick: () => { again.textContent = command; } }, short(key));
  }
  fill();
}

const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function ordered(a, b) {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? 1 : -1;
  const [x, y] = [a === "inf" ? Infinity : Number(a), b === "inf" ? Infinity : Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? (a < b ? -1 : 1) : x - y;
}

// A cell in few digits; keys are cut.
function short(cell) {
  if (/^[0-9a-f]{64}$/.test(cell)) return cell.slice(0, 8);
  const number = Number(cell);
  return cell === "" || Number.isNaN(number) || /^\d+$/.test(cell) ? cell : told(number, 4);
}

function files(place, studies) {
  place.classList.add("files");
  for (const study of studies) for (const [name, text] of Object.entries(study.tables)) {
    const shown = studies.length > 1 ? `${study.name}: ${name}` : name;
    place.append(element("a", { href: "#files-place", onclick: (event) => { event.preventDefault(); saved(name, text); } }, shown), " ");
  }
}
