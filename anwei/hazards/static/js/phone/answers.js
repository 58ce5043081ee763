/* Answers as they stand: each tap and each letter is written at once; while a write is under way the newest waits. */

import { allOf, asked, ofVisit, transact } from "./store.js";

const waiting = new Map();
const writing = new Map();

export const nameOf = (kind, item) => `${kind} ${item}`;

/* Everything that was answered at a visit, by `nameOf`. */
export async function answersOf(person, visit) {
  const rows = await allOf("answers", person, visit);
  return new Map(rows.map((row) => [nameOf(row.kind, row.item), row]));
}

export async function filesOf(person, visit) {
  const files = await ofVisit("files", person, visit);
  return files.sort((one, other) => (one.kept_at < other.kept_at ? -1 : 1));
}

/* Keep what was told of an item. `seen` is what stood on the screen from the server, with its count of changes. */
export function keep({ person, visit, kind, item }, told, { ready, seen } = {}) {
  const name = `${person} ${visit} ${nameOf(kind, item)}`;
  waiting.set(name, merged(waiting.get(name), { key: [person, visit, kind, item], told, ready, seen }));
  return under(name);
}

const merged = (first, then) =>
  first ? { key: first.key, told: { ...first.told, ...then.told }, ready: then.ready ?? first.ready, seen: then.seen ?? first.seen } : then;

function under(name) {
  if (!writing.has(name)) {
    const written = drain(name);
    writing.set(name, written);
    written.catch(() => {}); // told by the event
  }
  return writing.get(name);
}

/* Try again what could not be written. */
export const retry = () => [...waiting.keys()].forEach(under);

async function drain(name) {
  let next;
  try {
    while ((next = waiting.get(name))) {
      waiting.delete(name);
      await write(next);
      document.dispatchEvent(new CustomEvent("kept"));
    }
  } catch (error) {
    const later = waiting.get(name);
    waiting.set(name, later ? merged(next, later) : next);
    document.dispatchEvent(new CustomEvent("unkept", { detail: error }));
    throw error;
  } finally {
    writing.delete(name);
  }
}

async function write({ key: [person, visit, kind, item], told, ready, seen }) {
  await transact(["answers"], "readwrite", async (store) => {
    const blank = { person, visit, kind, item, told: {}, ready: false, edited: 0, frozen: 0, change: 0 };
    const row = (await asked(store("answers").get([person, visit, kind, item]))) ?? blank;
    const isNewer = seen && row.edited === row.frozen && seen.change > row.change;
    store("answers").put({
      ...row,
      told: { ...row.told, ...(isNewer ? seen.told : {}), ...told },
      change: isNewer ? seen.change : row.change,
      ready: ready ?? row.ready,
      edited: row.edited + 1,
      at: kind === "begin" && row.frozen ? row.at : new Date().toISOString(), // a corrected beginning was when it was
    });
  });
}

/* Wait for what is being written; called before the page goes to sleep or sends. */
export const settled = () => Promise.allSettled([...writing.values()]);

export const isWriting = () => waiting.size > 0 || writing.size > 0;
