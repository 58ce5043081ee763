/* What one needs for the day: fetched when there is a network, kept for when there is none, each person's apart. */

import { allOf, asked, beginning, one, transact } from "./store.js";

const LOCKED = "anwei-phone-locked"; // set by page.js where somebody signs out, or signs in as another
const doors = document.body.dataset;

/* Whose work this phone shows: who last opened the page signed in, unless they signed out since. */
export async function current() {
  return localStorage.getItem(LOCKED) ? null : ((await one("meta", "current")) ?? null);
}

/* Fetch the package. Returns "fresh", "offline", "signed-out" or "failed". */
export async function refresh() {
  let answer;
  try {
    answer = await fetch(doors.package, { redirect: "manual", cache: "no-store", credentials: "same-origin" });
  } catch {
    return "offline";
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return "signed-out";
  if (!answer.ok) return "failed";
  const told = await answer.json().catch(() => null);
  if (!told?.person) return "failed";
  await keep(told);
  localStorage.setItem("anwei-phone-person", told.person.pk);
  localStorage.removeItem(LOCKED);
  return "fresh";
}

async function keep({ person, visits, changed, ...rest }) {
  const stores = ["meta", "packages", "visits", "answers", "files", "outbox", "receipts"];
  await transact(stores, "readwrite", async (store) => {
    store("meta").put({ name: "current", pk: person.pk, fullName: person.name });
    store("packages").put({ ...rest, person: person.pk });
    const sent = new Set(visits.map((visit) => visit.pk));
    const before = await asked(store("visits").getAll(beginning(person.pk)));
    const numbers = new Map(before.map((visit) => [visit.pk, visit.numbers]));
    for (const visit of before) {
      if (sent.has(visit.pk)) continue;
      if (!(await hasWork(store, person.pk, visit.pk))) store("visits").delete([person.pk, visit.pk]);
      else if (changed[visit.pk]) store("visits").put({ ...visit, changed: changed[visit.pk] });
    }
    for (const visit of visits) {
      const isWithout = !Object.keys(visit.numbers).length; // an ended visit reserves none; what was printed keeps its own
      store("visits").put({ ...visit, person: person.pk, changed: changed[visit.pk] ?? {}, numbers: isWithout ? (numbers.get(visit.pk) ?? {}) : visit.numbers });
    }
  });
}

/* A visit that is no longer in the package stays while something of it lies on the phone. */
async function hasWork(store, person, visit) {
  if (await asked(store("answers").count(beginning(person, visit)))) return true;
  for (const name of ["files", "outbox", "receipts"]) {
    if (await asked(store(name).index("visit").count([person, visit]))) return true;
  }
  return false;
}

export const visitsOf = (person) => allOf("visits", person);
export const visitOf = (person, pk) => one("visits", [person, pk]);
export const packageOf = (person) => one("packages", person);

/* Bytes that are free for this page, and whether the browser promised not to clear them by itself. */
export async function room() {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return { free: quota - usage, persisted: (await navigator.storage?.persisted?.()) ?? false };
}

export const LEAST_ROOM = 50 * 1024 * 1024;
export const askToPersist = () => navigator.storage?.persist?.();

export async function forgetVisit(person, pk) {
  await transact(["visits", "answers", "files", "outbox", "receipts"], "readwrite", async (store) => {
    store("answers").delete(beginning(person, pk));
    for (const name of ["files", "outbox", "receipts"]) {
      for (const key of await asked(store(name).index("visit").getAllKeys([person, pk]))) store(name).delete(key);
    }
    store("visits").delete([person, pk]);
  });
}

