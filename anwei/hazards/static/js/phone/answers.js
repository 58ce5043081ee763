/* Answers as they stand: each tap and each letter is mirrored in the same moment and written at once; while a write is
   under way the newest waits. */

import { forget, remember, remembered } from "./mirror.js";
import { allOf, asked, ofVisit, transact } from "./store.js";

const unwritten = new Map(); // by name: what is told and not yet on the disk
const writing = new Map();
let last = 0;

export const nameOf = (kind, item) => `${kind} ${item}`;
const wholeName = ({ person, visit, kind, item }) => `${person} ${visit} ${nameOf(kind, item)}`;

export const blank = (person, visit, kind, item) => ({ person, visit, kind, item, told: {}, ready: false, edited: 0, frozen: 0, change: 0 });

/* Everything that was answered at a visit, by `nameOf`; what is on its way to the disk with it. */
export async function answersOf(person, visit) {
  const rows = new Map((await allOf("answers", person, visit)).map((row) => [nameOf(row.kind, row.item), row]));
  for (const entry of unwritten.values()) {
    if (entry.person !== person || entry.visit !== visit) continue;
    const name = nameOf(entry.kind, entry.item);
    const row = rows.get(name) ?? blank(person, visit, entry.kind, entry.item);
    if (!hasTaken(row, entry)) rows.set(name, withTold(row, entry));
  }
  return rows;
}

export async function filesOf(person, visit) {
  const files = await ofVisit("files", person, visit);
  return files.sort((one, other) => (one.kept_at < other.kept_at ? -1 : 1));
}

/* Keep what was told of an answer; `seen` is what stood on the screen from the server, with its count of changes.
   Returns the answer as it is now, and a promise for when it is on the disk. */
export function keep(row, told, { ready, seen } = {}) {
  const { person, visit, kind, item } = row;
  const name = wholeName(row);
  last = Math.max(Date.now(), last + 1, (row.stamp ?? 0) + 1); // later than all before, also where the clock is set back
  const entry = { person, visit, kind, item, told, ready, seen, at: new Date().toISOString(), stamp: last };
  unwritten.set(name, merged(unwritten.get(name), entry));
  remember(name, unwritten.get(name));
  return [withTold(row, entry), under(name)];
}

const merged = (first, then) => (first ? { ...then, told: { ...first.told, ...then.told }, ready: then.ready ?? first.ready, seen: then.seen ?? first.seen } : then);

function withTold(row, { told, ready, seen, at, stamp }) {
  const isNewer = seen && row.edited === row.frozen && seen.change > row.change;
  return {
    ...row,
    told: { ...row.told, ...(isNewer ? seen.told : {}), ...told },
    change: isNewer ? seen.change : row.change,
    ready: ready ?? row.ready,
    edited: row.edited + 1,
    at: row.kind === "begin" && row.frozen ? row.at : at, // a corrected beginning was when it was
    stamp: Math.max(row.stamp ?? 0, stamp),
  };
}

/* Whether a row says already what an entry tells, or something later. */
const hasTaken = (row, { stamp }) => (row.stamp ?? 0) >= stamp;

function under(name) {
  if (!writing.has(name)) {
    const written = drain(name);
    writing.set(name, written);
    written.catch(() => {}); // told by the event
  }
  return writing.get(name);
}

/* Try again what could not be written. */
export const retry = () => [...unwritten.keys()].forEach(under);

/* Write what pages told that were gone before it was on the disk: what is there already is not written again. */
export async function takeIn() {
  for (const [name, entry] of remembered()) unwritten.set(name, { ...entry, isLate: true });
  retry();
  await settled();
}

async function drain(name) {
  let entry;
  try {
    while ((entry = unwritten.get(name))) {
      await write(entry);
      if (unwritten.get(name) === entry) unwritten.delete(name);
      forget(name, entry);
      document.dispatchEvent(new CustomEvent("kept", { detail: entry }));
    }
  } catch (error) {
    document.dispatchEvent(new CustomEvent("unkept", { detail: error }));
    throw error;
  } finally {
    writing.delete(name);
  }
}

async function write(entry) {
  const { person, visit, kind, item, isLate, stamp } = entry;
  await transact(["answers"], "readwrite", async (store) => {
    const row = (await asked(store("answers").get([person, visit, kind, item]))) ?? blank(person, visit, kind, item);
    if (isLate ? hasTaken(row, entry) : row.stamp === stamp) return;
    store("answers").put(withTold(row, entry));
  });
}

/* Wait for what is being written; called before the page goes to sleep or sends. */
export const settled = () => Promise.allSettled([...writing.values()]);

export const isWriting = () => unwritten.size > 0;

/* Whether what was told last of an answer is on the disk. */
export const isKept = (row) => !unwritten.has(wholeName(row));
