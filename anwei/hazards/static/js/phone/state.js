/* One visit as the screens see it: what the package says of it, and over that what was answered on this phone. */

import { answersOf, blank, filesOf, isKept, keep, nameOf } from "./answers.js";
import { byCode } from "./criteria.js";
import { isFiled } from "./outbox.js";
import { packageOf, visitOf } from "./package.js";
import { ofVisit } from "./store.js";

export async function load(person, pk) {
  const [visit, answers, files, acts, kept] = await Promise.all([
    visitOf(person, pk), answersOf(person, pk), filesOf(person, pk), ofVisit("outbox", person, pk), packageOf(person),
  ]);
  if (!visit) return null;
  const items = visit.lists.flatMap((list) => list.items);
  return { person, pk, visit, items, answers, files, acts, criteria: byCode(kept.criteria) };
}

/* Read again what sending has changed; what is being typed stays as it is. */
export async function reload(state) {
  const fresh = await load(state.person, state.pk);
  if (fresh) Object.assign(state, fresh);
}

/* Keep something told of an item, on the screen and on the disk. */
export function say(state, kind, item, told, options) {
  const row = answerOf(state, kind, item) ?? blank(state.person, state.pk, kind, item);
  const [now, written] = keep(row, told, options);
  state.answers.set(nameOf(kind, item), now);
  return written;
}

export const answerOf = (state, kind, item = "") => state.answers.get(nameOf(kind, item));

/* Whether something was told that is not on the disk yet: until then nothing says that it is kept. */
export const isKeeping = (state, kind, item = "") => {
  const row = answerOf(state, kind, item);
  return Boolean(row) && !isKept(row);
};

/* The answer to show of an item of the list: this phone's own, or a newer one of somebody else's. */
export function shown(state, code) {
  const mine = answerOf(state, "check", code);
  const theirs = state.visit.checks.find((check) => check.item === code);
  if (!theirs) return mine ? { ...mine.told, mine } : {};
  const isOpen = mine && (mine.edited > mine.frozen || mine.settled === "conflict" || isUnderWay(state, "check", code));
  if (mine && (isOpen || theirs.change <= mine.change)) return { ...mine.told, mine };
  return { result: theirs.result, note: theirs.note, theirs, mine };
}

/* What a change of an answer builds on, where it was somebody else's. */
export const seenOf = ({ theirs }) => theirs && { change: theirs.change, told: { result: theirs.result, note: theirs.note } };

const actOf = (state, kind, item) => state.acts.find((act) => act.kind === kind && act.item === item);
const isUnderWay = (state, kind, item) => Boolean(actOf(state, kind, item));

/* The act that was refused, until its answer is corrected and told anew. */
export function refusedOf(state, kind, item = "") {
  const row = answerOf(state, kind, item);
  const act = actOf(state, kind, item);
  return act?.state === "refused" && !(row?.ready && row.edited > row.frozen) ? act : undefined;
}

/* What was refused may be corrected until its correction is on its way, also where the visit is ended. */
export const isCorrectable = (state, kind, item = "") => actOf(state, kind, item)?.state === "refused";

/* Sent once already and not answered: what it says may not change any more. */
export const isTried = (state, kind, item = "") => {
  const act = actOf(state, kind, item);
  return Boolean(act?.state === "waiting" && act.tried);
};

export function progress(state) {
  const counts = { all: state.items.length, ok: 0, failed: 0, not_applicable: 0, open: 0 };
  for (const item of state.items) counts[shown(state, item.code).result ?? "open"] += 1;
  return { ...counts, done: counts.all - counts.open };
}

export const isBegun = (state) => Boolean(state.visit.begun_at || answerOf(state, "begin")?.ready || answerOf(state, "begin")?.frozen);
export const isEnded = (state) => Boolean(state.visit.ended_at || (answerOf(state, "end")?.ready && !refusedOf(state, "end")));

/* Problems beside the list carry names of their own. */
export function others(state) {
  const rows = [...[...state.answers.values()].filter((row) => row.kind === "hazard"), ...state.files];
  return [...new Set(rows.map((row) => row.item).filter((item) => item.startsWith("other-")))];
}

/* The hazards that were confirmed on this phone, in the order of the list, then as they were found: so the papers number them. */
export function hazardsOf(state) {
  const places = new Map(state.items.map((item, n) => [item.code, n]));
  const rows = [...state.answers.values()].filter((row) => row.kind === "hazard" && row.ready && (!places.has(row.item) || isFiled(row) || shown(state, row.item).result === "failed"));
  return rows.sort((one, other) => (places.get(one.item) ?? 9999) - (places.get(other.item) ?? 9999) || (one.at < other.at ? -1 : 1));
}
