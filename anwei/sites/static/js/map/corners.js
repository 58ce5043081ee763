/* Lines of coordinates as rings of corners. The lines are what is saved: a change writes the lines of its corner
   and leaves all others as they stand, so that nobody's hole or island moves with it. */

const HOLE = /^(孔|hole)$/i;
const line = ([x, y]) => `${x.toFixed(5)}, ${y.toFixed(5)}`;

/* Rings of corners {at, lines}: an empty line begins another part, a line 孔 (hole) a hole of the part above it.
   A last corner that repeats the first is that corner, on two lines. */
export function rings(text) {
  const found = [];
  let ring = null;
  text.split("\n").forEach((row, number) => {
    const words = row.trim();
    if (!words || HOLE.test(words)) {
      ring = null;
      return;
    }
    if (!ring) found.push((ring = []));
    const at = words.split(/[\s,，]+/).map(Number);
    if (at.length === 2 && at.every(Number.isFinite)) ring.push({ at, lines: [number] });
  });
  for (const corners of found) {
    const [first, last] = [corners[0], corners[corners.length - 1]];
    if (corners.length > 1 && String(first.at) === String(last.at)) first.lines.push(...corners.pop().lines);
  }
  return found.filter((corners) => corners.length);
}

export function moved(text, { lines }, at) {
  const rows = text.split("\n");
  for (const number of lines) rows[number] = line(at);
  return rows.join("\n");
}

export function addedAfter(text, { lines }, at) {
  const rows = text.split("\n");
  rows.splice(lines[0] + 1, 0, line(at));
  return rows.join("\n");
}

export function removed(text, { lines }) {
  return text.split("\n").filter((_row, number) => !lines.includes(number)).join("\n");
}

export const appended = (text, at) => (text.trim() ? `${text.trimEnd()}\n${line(at)}` : line(at));
