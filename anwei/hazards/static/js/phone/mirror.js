/* What is told and not yet on the disk, beside it in the one store that a page writes at once: a page that is left, reloaded
   or killed within the moment that the disk takes has lost nothing of it. */

const PREFIX = "anwei-phone-told ";

export function remember(name, entry) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(entry));
  } catch {
    drop(name); // full or forbidden: then only the disk has it, in a moment; what was told before stands no more
  }
}

function drop(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // forbidden: nothing was kept
  }
}

/* What was written is remembered no more; what was told since stays. */
export function forget(name, { stamp }) {
  if (entryAt(PREFIX + name)?.stamp === stamp) localStorage.removeItem(PREFIX + name);
}

/* What earlier pages told and perhaps did not write, by name. */
export function remembered() {
  const places = Array.from({ length: localStorage.length }, (_none, n) => localStorage.key(n)).filter((place) => place.startsWith(PREFIX));
  return places.map((place) => [place.slice(PREFIX.length), entryAt(place)]).filter(([, entry]) => entry);
}

function entryAt(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}
