// Whether a recomputed run has the bits of the recorded one.
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

// CRC-32 of doubles, as in `alive.py`; every NaN counts as the same one.
function digest(numbers) {
  const same = Float64Array.from(numbers), words = new Uint32Array(same.buffer), bytes = new Uint8Array(same.buffer);
  for (let at = 0; at < same.length; at++) if (same[at] !== same[at]) { words[2 * at] = 0; words[2 * at + 1] = 0x7ff80000; }
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) crc = CRC[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// Whether a run computed again from all its shown starts is the recorded one: all its points and values to the last bit,
// by their digests, and the path that is drawn.
function agrees(run, n) {
  const { live } = run;
  if (!live.digests) return false;
  return live.starts.every((start, number) => {
    const [points, values] = live.digests[number];
    const bad = descended(live.function, live.parameters.map((parameter) => parameter.value), start, n);
    return digest(room.points.subarray(0, 2 * n + 2)) === points && digest(room.values.subarray(0, n + 1)) === values && isDrawn(run, number, bad);
  });
}

function isDrawn(run, start, bad) {
  const count = run.paths.shape[2];
  return bad === run.lost[start] && run.iterations.every((iteration, row) => [0, 1].every((axis) => {
    const drawn = run.paths[(row * 2 + axis) * count + start];
    return bad >= 0 && iteration >= bad ? Number.isNaN(drawn) : drawn === Math.fround(room.points[2 * iteration + axis]);
  }));
}
