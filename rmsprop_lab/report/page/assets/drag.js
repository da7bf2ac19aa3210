// The start, moved over the plane by mouse, finger or arrow keys.
const NEAR = 9, STILL = 3; // pixels

// Calls `changed({ point })` while the start is dragged, or with a click; a click on a ring chooses that recorded start.
function dragged(plane, canvas, state, changed, choose) {
  let pressed = null;
  const at = (event) => { const { left, top } = canvas.getBoundingClientRect(); return [event.clientX - left, event.clientY - top]; };
  const alive = () => state.racers.some(isLive);

  plane.addEventListener("pointerdown", (event) => {
    pressed = null;
    if (!alive() || event.button !== 0 || (event.pointerType === "touch" && event.target === canvas)) return; // a touch there scrolls, or taps
    pressed = { from: at(event), moved: false };
    plane.setPointerCapture(event.pointerId);
  });
  plane.addEventListener("pointermove", (event) => {
    if (!pressed || !event.buttons) return;
    const place = at(event);
    pressed.moved ||= Math.hypot(place[0] - pressed.from[0], place[1] - pressed.from[1]) > STILL;
    if (pressed.moved) changed({ point: pointAt(state, ...place), playing: false });
  });
  plane.addEventListener("click", (event) => {
    if (!event.detail || (pressed && pressed.moved)) return; // a key, or the end of a drag
    const place = at(event), [start, far] = nearestStart(state, ...place);
    if (!alive() || far < NEAR) choose(start);
    else changed({ point: pointAt(state, ...place) });
  });
}

// The point of the plane below a pixel, to about a pixel's digits.
function pointAt(state, x, y) {
  const { plane } = state.base, { left, top, width, height } = state.box;
  const share = [(x - left) / width, 1 - (y - top) / height];
  return [plane.x, plane.y].map(([low, high], axis) => toDigits(low + (high - low) * Math.max(0, Math.min(1, share[axis])), high - low));
}

const toDigits = (value, range) => Number(value.toFixed(Math.max(0, Math.min(15, Math.ceil(3 - Math.log10(range)))))) + 0;

function nearestStart(state, x, y) {
  const { base, box } = state, run = base.runs[0], count = run ? run.paths.shape[2] : 0;
  let best = 0, least = Infinity;
  for (let start = 0; start < count; start++) {
    const far = Math.hypot(toX(base.plane, box, run.paths[start]) - x, toY(base.plane, box, run.paths[count + start]) - y);
    if (far < least) { least = far; best = start; }
  }
  return [best, least];
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// A handle over the start, for keys and fingers.
function startHandle(state, changed) {
  const node = element("button", { type: "button", class: "handle", onkeydown: (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    const far = event.shiftKey ? 0.1 : 0.01, { plane } = state.base, before = shownStart(state);
    changed({ point: [plane.x, plane.y].map(([low, high], axis) => toDigits(Math.max(low, Math.min(high, before[axis] + by[axis] * far * (high - low))), high - low)) });
  } });
  return {
    node,
    show() {
      const there = state.racers.some(isLive) && (state.point || state.start >= 0), { plane } = state.base;
      const [x, y] = there ? shownStart(state) : [NaN, NaN];
      node.hidden = !inside(plane, x, y);
      if (node.hidden) return;
      node.style.left = `${toX(plane, state.box, x)}px`;
      node.style.top = `${toY(plane, state.box, y)}px`;
      node.setAttribute("aria-label", `The start, x ${told(x)}, y ${told(y)}. Arrow keys move it.`);
    },
  };
}
