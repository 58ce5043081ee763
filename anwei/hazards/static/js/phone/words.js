/* The words of the page stand in its HTML: scripts hold none. */

const words = document.getElementById("words").dataset;

export const word = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_gap, key) => values[key] ?? "");

/* A copy of a <template> with its slots filled; what has nothing to say is hidden. */
export function drawn(id, values = {}) {
  const copy = document.getElementById(id).content.cloneNode(true).firstElementChild;
  return filled(copy, values);
}

export function filled(root, values) {
  for (const slot of [root, ...root.querySelectorAll("[data-slot]")]) {
    const name = slot.dataset.slot;
    if (!name || !(name in values)) continue;
    const text = String(values[name] ?? "");
    slot.textContent = text;
    (slot.closest("[data-row]") ?? slot).hidden = text === "";
    if (slot.matches("dt + dd")) slot.previousElementSibling.hidden = text === "";
  }
  return root;
}

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

const zone = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const format = new Intl.DateTimeFormat("en-GB", { ...zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

/* A moment as the rest of the system writes it: 2026-11-29 09:05. */
export function moment(iso) {
  if (!iso) return "";
  const piece = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  return `${piece.year}-${piece.month}-${piece.day} ${piece.hour}:${piece.minute}`;
}

export const today = (days = 0) => moment(Date.now() + days * 86_400_000).slice(0, 10);
