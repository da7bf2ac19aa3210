// The race's controls: play, step, scrub, speed, start.
function raceControls(state, paint) {
  const play = element("button", { type: "button", class: "main", onclick: () => toggle() }, "▶ Play");
  const back = element("button", { type: "button", "aria-label": "One iteration back", onclick: () => step(-1) }, "‹");
  const on = element("button", { type: "button", "aria-label": "One iteration on", onclick: () => step(1) }, "›");
  const scrub = element("input", { type: "range", min: 0, step: "any", "aria-label": "Iteration", oninput: () => jump(Number(scrub.value)), onkeydown: (event) => byKey(event) });
  const at = element("output", { class: "note" });
  const speed = element("select", { onchange: () => { state.speed = Number(speed.value); } },
    ...[0.25, 0.5, 1, 2, 4].map((times) => element("option", { value: times, ...(times === 1 ? { selected: true } : {}) }, `${times} ×`)));
  const start = element("select");
  const bar = element("div", { class: "controls" }, play, back, on, scrub, at,
    element("label", {}, "speed", speed), element("label", {}, "start", start));
  let before = 0;

  function toggle() {
    state.playing = !state.playing;
    if (state.playing && state.place >= state.length) state.place = 0;
    before = performance.now();
    paint();
    if (state.playing) requestAnimationFrame(frame);
  }

  function frame(now) {
    if (!state.playing) return;
    state.place = Math.min(state.length, state.place + (state.speed * state.length * (now - before)) / (1000 * SECONDS));
    before = now;
    if (state.place >= state.length) state.playing = false;
    paint();
    if (state.playing) requestAnimationFrame(frame);
  }

  function step(by) {
    if (state.longest) jump(placeAt(state.longest, Math.round(iterationAt(state.longest, Math.min(state.place, state.length))) + by));
  }

  function byKey(event) {
    const by = ARROWS[event.key];
    if (!by || !state.longest) return;
    event.preventDefault();
    step((by[0] + by[1]) * Math.max(1, Math.round(state.longest.iterations.at(-1) / 1000)));
  }

  function jump(place) {
    state.playing = false;
    state.place = Math.max(0, Math.min(state.length, place));
    paint();
  }

  return {
    bar, start,
    fit() {
      scrub.max = state.length;
      const run = state.base.runs[0], count = run ? run.paths.shape[2] : 0;
      const options = [...Array(count).keys()].map((number) => element("option", { value: number }, `${number + 1} of ${count}`));
      if (count > 1) options.push(element("option", { value: -1 }, "all"));
      if (state.point) options.push(element("option", { value: "yours" }, "yours"));
      start.replaceChildren(...options);
      start.value = state.point ? "yours" : String(state.start);
      play.disabled = !count;
    },
    show() {
      scrub.value = state.place;
      play.textContent = state.playing ? "❚❚ Pause" : "▶ Play";
      if (state.longest) at.textContent = `iteration ${Math.round(iterationAt(state.longest, Math.min(state.place, state.length)))}`;
    },
  };
}
