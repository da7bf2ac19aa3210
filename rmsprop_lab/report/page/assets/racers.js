// The optimizers of the race: each with its hyperparameters, copies of it, and what was set on another objective.

// A run with hyperparameters that can be changed; `copy` is 0, or the number of a copy of it; `own` was set by hand.
function racer(run, copy = 0, own = {}) {
  return {
    run, copy, own: { ...own }, values: parametersOf(run).map(({ name, value }) => own[name] ?? value), hidden: false,
    label: copy ? `${run.label} ${copy + 1}` : run.label, dash: (run.dash + copy) % DASHES.length,
    colour: copy ? mixed(run.colour, "#888888", Math.min(0.6, 0.2 * copy)) : run.colour };
}

const parametersOf = (run) => (run.live ? run.live.parameters : []);
const isLive = (one) => Boolean(one.run.live) && one.run.live.function !== null;
const isMoved = (one) => isLive(one) && (one.copy > 0 || one.values.some((value, at) => value !== one.run.live.parameters[at].value));

function setValue(one, at, value) {
  one.values[at] = one.own[one.run.live.parameters[at].name] = value;
}

// Another racer of the same run, with half its step size (the second copy a quarter), so that it goes elsewhere.
function addCopy(state, one) {
  const copies = state.racers.filter((other) => other.run === one.run).map((other) => other.copy);
  const made = racer(one.run, Math.max(...copies) + 1, one.own);
  const at = parametersOf(one.run).findIndex(({ kind, tuned }) => tuned && kind === "real"), less = few(one.values[at] / 2 ** made.copy, 3);
  if (at >= 0 && isValid(one.run.live.parameters[at], less)) setValue(made, at, less);
  state.racers.push(made);
}

// The racers of another objective's runs, with what a person set, hid and added before.
function carriedOver(before, runs) {
  const again = (run, one) => Object.assign(racer(run, one.copy, one.own), { hidden: one.hidden });
  const known = (run, isCopy) => before.filter((one) => one.run.label === run.label && one.copy > 0 === isCopy);
  const originals = runs.map((run) => again(run, known(run, false)[0] || { copy: 0, own: {}, hidden: false }));
  return [...originals, ...runs.flatMap((run) => known(run, true).map((one) => again(run, one)))];
}
