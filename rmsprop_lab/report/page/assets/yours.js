// The line above the race: what is the reader's own, and the way back to what was recorded.
const HINT = "Click the plane or drag the start, or change a number: all is computed again, at once.";

// What differs from the recorded runs, in a few words each.
function differences(state) {
  const alive = state.racers.some(isLive), own = state.racers.flatMap(differencesOf);
  if (alive && state.n !== state.recorded) own.unshift(`n_iter ${state.n}`);
  if (alive && state.point) own.unshift("start");
  const computedAgain = state.isMoved();
  return own.concat(state.racers.filter((one) => computedAgain && !isLive(one)).map((one) => `without ${one.label}`));
}

function differencesOf(one) {
  if (one.copy) return isLive(one) ? [`${one.label} added`] : [];
  if (one.hidden) return [`${one.label} hidden`];
  if (!isLive(one)) return [];
  return parametersOf(one.run).filter(({ value }, at) => value !== one.values[at]).map(({ name }) => `${one.label} ${name}`);
}

function yoursLine(state, origin, changed) {
  const text = element("span", { dir: "auto", role: "status" });
  const back = element("button", { type: "button", onclick: () => changed(null) }, origin.back);
  const node = element("p", { class: "yours" }, text, back);
  return {
    node,
    show() {
      const own = differences(state), passesOff = origin.yours && own.length > 0;
      text.textContent = passesOff ? `${origin.yours}: ${own.join(", ")}.` : state.racers.some(isLive) ? HINT : "";
      node.classList.toggle("own", passesOff);
      back.disabled = !own.length;
      node.hidden = !text.textContent;
    },
  };
}
