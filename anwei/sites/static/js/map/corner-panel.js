/* One corner by its number and its coordinates: what a keyboard or a finger uses instead of dragging. */

const STEP = 0.0001; // degrees an arrow key moves a corner: about ten metres
const panel = document.querySelector("[data-corner]");
const part = (name) => panel.querySelector(`[data-corner-${name}]`);
const [number, fields, longitude, latitude, add, remove] = ["number", "fields", "longitude", "latitude", "add", "remove"].map(part);

/* Show the corner `at` as the one with this place of so many; `mayRemove`: its ring keeps three. */
export function showCorner({ at, place, total, mayRemove }) {
  panel.hidden = !total;
  number.max = total;
  remove.disabled = !mayRemove;
  fields.hidden = !at;
  if (document.activeElement !== number) number.value = at ? place + 1 : "";
  if (!at) return;
  for (const [field, axis] of [[longitude, 0], [latitude, 1]]) {
    if (Number(field.value) !== at[axis]) field.value = String(at[axis]);
  }
}

/* Call `choose` with a place, `move` with coordinates, `add` and `remove`, as the panel's fields say. */
export function onCorner({ choose, move, add: adds, remove: removes }) {
  const follow = () => {
    const at = [longitude, latitude].map(({ value }) => Number(value));
    if (longitude.value.trim() && latitude.value.trim() && at.every(Number.isFinite)) move(at);
  };
  number.addEventListener("input", () => number.value && choose(Math.min(Math.max(1, Number(number.value)), Number(number.max)) - 1));
  for (const field of [longitude, latitude]) {
    field.addEventListener("change", follow);
    field.addEventListener("keydown", (event) => {
      const step = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
      if (!step || !Number.isFinite(Number(field.value))) return;
      event.preventDefault();
      field.value = (Number(field.value) + step).toFixed(5);
      follow();
    });
  }
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type === "button") return;
    event.preventDefault(); // a corner is meant, not the whole form
    follow();
  });
  add.addEventListener("click", adds);
  remove.addEventListener("click", removes);
}
