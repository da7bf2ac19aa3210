// The panel below the race: what may be changed, and whether a run computed here is the recorded one.
const STEPS = 1 / 200;

// A slider with a number beside it; `set` gets each valid value.
function slide(name, spec, value, set) {
  const label = `${name} ${spec.name}`;
  if (spec.kind === "flag") {
    const box = element("input", { type: "checkbox", "aria-label": label, checked: value === 1, onchange: () => set(box.checked ? 1 : 0) });
    return element("div", { class: "slide" }, element("span", {}, spec.name), box);
  }
  const range = element("input", { type: "range", min: 0, max: 1, step: STEPS, "aria-label": label });
  const number = element("input", { type: "number", step: "any", "aria-label": `${label}, as a number`, title: spec.valid });
  const wrong = element("span", { class: "wrong", role: "alert" });
  const say = (good) => { number.setAttribute("aria-invalid", !good); wrong.textContent = good ? "" : `${spec.name} must be ${spec.valid}`; };
  const show = (to) => {
    range.value = placeOn(spec, to);
    range.setAttribute("aria-valuetext", toldNumber(to));
    if (document.activeElement !== number) number.value = toldNumber(to);
  };
  const take = (to) => { value = to; set(to); show(to); };
  range.addEventListener("input", () => {
    const to = valueAt(spec, Number(range.value));
    if (isValid(spec, to)) take(to);
  });
  number.addEventListener("input", () => {
    const to = Number(number.value), good = number.value !== "" && isValid(spec, to);
    say(good);
    if (good) take(to);
  });
  number.addEventListener("blur", () => { say(true); number.value = toldNumber(value); });
  show(value);
  return element("div", { class: "slide" }, element("span", {}, spec.name), range, number, wrong);
}

// A coordinate of the start as a number.
function coordinate(state, axis, changed) {
  const input = element("input", { type: "number", step: "any", "aria-label": `start ${"xy"[axis]}`, oninput: () => {
    if (input.value === "" || !Number.isFinite(Number(input.value))) return;
    const point = [...shownStart(state)];
    point[axis] = Number(input.value);
    changed({ point });
  } });
  return input;
}

// The start that is shown, recorded or one's own; of all of them the first.
function shownStart(state) {
  const run = state.base.runs.find((one) => one.live && one.live.starts.length);
  return state.point || run.live.starts[Math.max(0, Math.min(state.start, run.live.starts.length - 1))];
}

function livePanel(state, origin, changed) {
  const node = element("div", { class: "try" }), cards = element("div", { class: "racers" }), said = element("p", { class: "mark" }), inexact = element("p", { class: "mark" });
  const steps = element("div", { class: "slide wide" }), place = [0, 1].map((axis) => coordinate(state, axis, changed));
  const which = element("select", { "aria-label": "An optimizer to add" });
  const add = element("button", { type: "button", onclick: () => { addCopy(state, state.racers[Number(which.value)]); changed({}, true); } }, "Add");
  const bar = element("div", { class: "controls" }, steps, element("label", {}, "start x", place[0]), element("label", {}, "y", place[1]), element("span", { class: "add" }, element("label", {}, "another", which), add));
  node.append(element("h3", {}, "Try it"), said, bar, cards, inexact);

  function fill() {
    const alive = state.racers.filter(isLive), reasons = [...new Set(state.base.runs.map((run) => run.live && run.live.why).filter(Boolean))];
    bar.hidden = node.firstChild.hidden = !alive.length;
    said.textContent = alive.length ? "" : reasons.map((why) => `Recorded only: ${why}.`).join(" ");
    node.parentElement?.classList.toggle("alive", alive.length > 0);
    node.hidden = !alive.length && !reasons.length;
    cards.replaceChildren();
    inexact.textContent = "";
    if (!alive.length) return;
    const spec = { name: "n_iter", kind: "whole", low: 1, high: MOST_ITERATIONS, scale: "log", least: 1, most: MOST_ITERATIONS + 1, open: false, valid: "a whole number from 1 to 10,000" };
    steps.replaceChildren(...slide("", spec, state.n, (n) => changed({ n })).children);
    const chosen = which.selectedOptions[0]?.textContent, originals = alive.filter((one) => !one.copy);
    which.replaceChildren(...originals.map((one) => element("option", { value: state.racers.indexOf(one), selected: one.label === chosen }, one.label)));
    cards.replaceChildren(...state.racers.map((one) => card(state, one, changed)));
    show();
  }

  // What changes while something is dragged.
  function show() {
    if (bar.hidden) return;
    const many = state.isMoved() && !state.point && state.start < 0;
    said.textContent = many ? "The chart shows medians over the starts that are drawn." : "";
    shownStart(state).forEach((value, axis) => { if (document.activeElement !== place[axis]) place[axis].value = String(few(value, 5)); });
    for (const one of state.racers) {
      const text = markOf(state, one, origin);
      if (one.mark.textContent !== text) { one.mark.textContent = text; one.mark.dataset.agrees = text.startsWith("✓"); }
      one.loss.textContent = lossOf(state, one);
      one.box.checked = !one.hidden;
      one.body.hidden = one.hidden;
    }
    inexact.textContent = inexactTold(state);
  }
  return { node, fill, show };
}

// Without a copy; the keyboard goes on at its neighbour.
function removeCopy(state, one, changed) {
  const at = state.racers.indexOf(one);
  state.racers.splice(at, 1);
  changed({}, true);
  state.racers[Math.min(at, state.racers.length - 1)].box.focus();
}

function card(state, one, changed) {
  one.box = element("input", { type: "checkbox", checked: !one.hidden, onchange: () => { one.hidden = !one.box.checked; changed({}); } });
  one.mark = element("p", { class: "mark", role: "status" });
  one.loss = element("p", { class: "loss" });
  const head = element("legend", { dir: "auto" }, element("label", {}, one.box, lineSign(one), one.label));
  if (one.copy) head.append(element("button", { type: "button", "aria-label": `Remove ${one.label}`, onclick: () => removeCopy(state, one, changed) }, "×"));
  const sliders = isLive(one) ? one.run.live.parameters.map((spec, at) => slide(one.label, spec, one.values[at], (value) => { setValue(one, at, value); changed({}); })) : [];
  one.body = element("div", {}, ...sliders, one.loss, one.mark);
  return element("fieldset", { class: "racer" }, head, one.body);
}

// How the paths of a racer were lost that are shown; empty if none was.
function lossOf(state, one) {
  const run = state.objective && state.objective.runs.find((_, at) => racerOf(state, at) === one);
  if (!run) return "";
  if (state.start >= 0 || state.point) {
    const bad = run.lost[Math.min(Math.max(0, state.start), run.lost.length - 1)];
    return bad >= 0 ? `diverged at iteration ${bad}` : "";
  }
  const count = run.lost.filter((bad) => bad >= 0).length;
  return count ? `${count} of ${run.lost.length} paths diverged` : "";
}

const isOwn = (state, one) => Boolean(state.point) || state.n !== state.recorded || isMoved(one);

// Whether a run with nothing changed has the recorded numbers, to the last bit.
function isAgreed(state, { run }) {
  if (run.live.agrees === undefined) run.live.agrees = agrees(run, state.recorded);
  return run.live.agrees;
}

// Why some runs are not bit for bit, once for all of them.
function inexactTold(state) {
  const others = state.racers.filter((one) => isLive(one) && !isOwn(state, one) && !isAgreed(state, one));
  const names = new Set(others.flatMap((one) => one.run.live.inexact));
  if (!names.size) return "";
  return `Not bit for bit: ${[...names].join(", ")} round otherwise in browsers, so value and gradient at a point differ in the last digits and paths may part slowly.`;
}

// What is said of a run: whether the numbers computed here are those that were recorded.
function markOf(state, one, origin) {
  if (!isLive(one)) return `recorded only: ${one.run.live ? one.run.live.why : "no program"}`;
  if (isOwn(state, one)) return "yours, computed here";
  if (isAgreed(state, one)) return `✓ computed here again, bit for bit ${origin.run}`;
  const { live } = one.run;
  if (live.inexact.length) return "computed here as well, not bit for bit";
  return live.digests ? `✗ computed here, it is not ${origin.run}: its numbers were changed, or its code was` : "not compared: not all iterations were recorded";
}
