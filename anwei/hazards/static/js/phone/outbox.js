/* Acts on their way: frozen under a key as they are, so that sending one twice writes it once. */

import { allOf, asked, beginning, newKey, ofPerson, transact } from "./store.js";
import { isUnderWay } from "./voice.js";

export const ORDER = ["begin", "check", "file", "hazard", "end"];
const UNTOUCHED_MS = 15_000;
const MOST_FILES = 20; // that the server takes with one hazard

const SETTLED = ["written", "already", "conflict"];

/* A hazard is filed once: what is typed after that is no second one. */
export const isFiled = (answer) => answer.kind === "hazard" && SETTLED.includes(answer.settled);
const isOpen = (answer) => answer.ready && answer.edited > answer.frozen && !isFiled(answer);
const isOf = (answer) => (act) => act.visit === answer.visit && act.kind === answer.kind && act.item === answer.item;

/* What was begun and not confirmed: hazards of what failed or lies beside the list, notes without a result. */
export function drafts(answers) {
  const results = new Map(answers.filter((one) => one.kind === "check").map((one) => [`${one.visit} ${one.item}`, one.told.result]));
  const isDraft = {
    hazard: (one) => !isFiled(one) && (results.get(`${one.visit} ${one.item}`) ?? "failed") === "failed",
    check: (one) => Boolean(one.told.note?.trim()),
  };
  return answers.filter((one) => !one.ready && isDraft[one.kind]?.(one));
}

/* Freeze what was changed since it was frozen last; not while an act of it that was tried waits, or it would overtake itself. */
export async function freeze(person, { byHand }) {
  return transact(["answers", "outbox", "files"], "readwrite", async (store) => {
    const before = await asked(store("outbox").index("visit").getAll(beginning(person)));
    const answers = await asked(store("answers").getAll(beginning(person)));
    const held = byHand ? new Set() : underHand(answers);
    const changed = answers.filter((one) => isOpen(one) && (one.kind === "begin" || !held.has(one.visit)));
    for (const answer of changed) {
      const old = before.find(isOf(answer));
      if (old?.state === "waiting" && old.tried) continue;
      if (old) store("outbox").delete(old.key);
      await putAct(store, answer, old?.state === "waiting" ? old.key : newKey());
    }
  });
}

async function putAct(store, answer, key) {
  const { person, visit, kind, item, at, change, told } = answer;
  const files = kind === "hazard" ? { item, files: await photosOf(store, answer) } : {};
  const act = { key, person, visit, kind, ...(kind === "check" ? { item } : files), at, based_on: change, ...told };
  const row = { key, person, visit, kind, item, at, body: JSON.stringify(act), state: "waiting", message: "" };
  store("outbox").put(row);
  store("answers").put({ ...answer, frozen: answer.edited });
  return row;
}

async function photosOf(store, { person, visit, item }) {
  const files = await asked(store("files").index("visit").getAll([person, visit]));
  const photos = files.filter((file) => file.item === item && file.kind === "evidence" && file.state !== "handed");
  return photos.slice(0, MOST_FILES).map((file) => file.key);
}

/* An act that goes now for the first time says what its answer says now; null where that was withdrawn since. */
export async function tried(act) {
  return transact(["answers", "outbox", "files"], "readwrite", async (store) => {
    if (act.tried) return act;
    const { key, person, visit, kind, item } = act;
    const answer = await asked(store("answers").get([person, visit, kind, item]));
    if (answer && !answer.ready) {
      store("outbox").delete(key);
      return null;
    }
    const fresh = answer && answer.edited > answer.frozen ? await putAct(store, answer, key) : act;
    store("outbox").put({ ...fresh, tried: true });
    return { ...fresh, tried: true };
  });
}

/* Take back the act of a hazard that no longer is one, where it was refused or never tried. */
export async function withdrawn({ person, visit, item }) {
  await transact(["outbox"], "readwrite", async (store) => {
    const acts = await asked(store("outbox").index("visit").getAll([person, visit]));
    for (const act of acts.filter(isOf({ visit, kind: "hazard", item }))) if (act.state === "refused" || !act.tried) store("outbox").delete(act.key);
  });
}

/* The visits at which somebody still writes: sent by themselves once they rest, or are ended and nothing is corrected. */
function underHand(answers) {
  const ended = new Map(answers.filter((one) => one.kind === "end" && one.ready).map((one) => [one.visit, one.at]));
  const touched = answers.filter((one) => Date.now() - Date.parse(one.at) < UNTOUCHED_MS && !(one.at <= ended.get(one.visit)));
  return new Set(touched.map((one) => one.visit));
}

/* What waits to be sent of a person, in the order in which the server takes it: visit by visit. What failed just now is
   left out, with what depends on it: all of a visit on its beginning, its end on all the rest. */
export async function waiting(person, failed = new Set()) {
  const [acts, files, answers] = await Promise.all([ofPerson("outbox", person), ofPerson("files", person), allOf("answers", person)]);
  const ended = new Set(answers.filter((one) => one.kind === "end" && one.ready).map((one) => one.visit));
  const stuck = new Set(acts.filter((act) => act.kind === "begin" && (act.state === "refused" || failed.has(act.key))).map((act) => act.visit));
  const things = [
    ...acts.filter((act) => act.state === "waiting").map((act) => ({ rank: ORDER.indexOf(act.kind), at: act.at, act, visit: act.visit })),
    ...files.filter((file) => mayGo(file, ended)).map((file) => ({ rank: ORDER.indexOf("file"), at: file.kept_at, file, visit: file.visit })),
  ];
  const unfinished = new Set(acts.filter((act) => act.kind !== "end").map((act) => act.visit));
  for (const file of files) if (failed.has(file.key)) unfinished.add(file.visit);
  const mayEnd = ({ act, visit }) => act?.kind !== "end" || !unfinished.has(visit);
  const may = things.filter((thing) => !failed.has((thing.act ?? thing.file).key) && !stuck.has(thing.visit) && mayEnd(thing));
  return may.sort((one, other) => one.visit - other.visit || one.rank - other.rank || (one.at < other.at ? -1 : 1));
}

function mayGo(file, ended) {
  if (file.kind === "signature") return file.state === "kept" && ended.has(file.visit);
  if (file.state === "recording") return !isUnderWay(file.key) && Date.now() - Date.parse(file.kept_at) > 10_000; // its page is gone
  return file.state === "kept";
}

/* How much is still here and nowhere else: answers not frozen, acts and files not received, and what was refused. */
export async function tally(person) {
  const [acts, files, answers] = await Promise.all([ofPerson("outbox", person), ofPerson("files", person), allOf("answers", person)]);
  const hasAct = (one) => acts.some((act) => act.state === "waiting" && isOf(one)(act));
  const open = answers.filter((one) => isOpen(one) && !hasAct(one)).length;
  const unsent = files.filter((file) => file.state === "kept" || file.state === "recording").length;
  return {
    unconfirmed: drafts(answers).length,
    waiting: open + unsent + acts.filter((act) => act.state === "waiting").length,
    refused: acts.filter((act) => act.state === "refused").length + files.filter((file) => file.state === "refused").length,
  };
}

/* Write down what the server said of an act. */
export async function settleAct(act, said) {
  await transact(["outbox", "receipts", "answers"], "readwrite", async (store) => {
    if (said.status === "refused") {
      store("outbox").put({ ...act, state: "refused", message: said.message });
      return;
    }
    const { key, person, visit, kind, item, at, body } = act;
    const { status, message = "", received_at, sha256 = "", hazard = null } = said;
    store("receipts").put({ key, person, visit, kind, item, at, body, status, message, received_at, sha256, hazard });
    store("outbox").delete(key);
    const answer = await asked(store("answers").get([person, visit, kind, item]));
    if (!answer) return;
    const isWritten = status === "written" || status === "already";
    const change = isWritten && said.change ? said.change : answer.change;
    const filed = kind === "hazard" ? { told: toldIn(body), frozen: answer.edited } : {}; // what stands here is what was filed
    store("answers").put({ ...answer, ...filed, change, settled: status, message, hazard: hazard ?? answer.hazard ?? null });
  });
}

function toldIn(body) {
  const { key: _key, person: _person, visit: _visit, kind: _kind, item: _item, files: _files, at: _at, based_on: _change, ...told } = JSON.parse(body);
  return told;
}

export async function settleFile(file, said) {
  await transact(["files", "receipts"], "readwrite", async (store) => {
    const { key, person, visit, item, kind, name, taken_at, n_bytes, sha256 } = file;
    if (said.status === "refused") {
      store("files").put({ ...file, state: "refused", message: said.message });
      return;
    }
    store("files").put({ ...file, state: "sent", received_at: said.received_at });
    store("receipts").put({ key, person, visit, item, kind, name, at: taken_at, n_bytes, sha256, status: said.status, message: "", received_at: said.received_at });
  });
}

/* What a person does with something refused: send it again as it is, or hand it in by other means. */
export async function again(name, row) {
  await transact([name], "readwrite", (store) => asked(store(name).put({ ...row, state: name === "files" ? "kept" : "waiting", message: "" })));
}

/* Whoever sends by hand tries again what was refused: what stood against it may be mended by now. */
export async function againAll(person) {
  await transact(["outbox", "files", "answers"], "readwrite", async (store) => {
    const answers = await asked(store("answers").getAll(beginning(person)));
    const isCorrected = (row) => answers.some((one) => isOf(one)(row) && one.edited > one.frozen); // its correction goes instead
    for (const [name, state] of [["outbox", "waiting"], ["files", "kept"]]) {
      const rows = await asked(store(name).index("visit").getAll(beginning(person)));
      for (const row of rows.filter((one) => one.state === "refused" && !(name === "outbox" && isCorrected(one)))) store(name).put({ ...row, state, message: "" });
    }
  });
}

export async function handedOver(name, row) {
  await transact([name, "receipts"], "readwrite", async (store) => {
    const { blob: _blob, ...rest } = row;
    store("receipts").put({ ...rest, status: "handed", received_at: new Date().toISOString() });
    if (name === "files") store("files").put({ ...row, state: "handed" });
    else store("outbox").delete(row.key);
  });
}

export async function handedDraft({ person, visit, kind, item, at }, body) {
  await transact(["answers", "outbox", "receipts"], "readwrite", async (store) => {
    store("receipts").put({ key: newKey(), person, visit, kind, item, at, body, status: "handed", received_at: new Date().toISOString() });
    store("answers").delete([person, visit, kind, item]);
    const acts = await asked(store("outbox").index("visit").getAll([person, visit]));
    for (const act of acts.filter(isOf({ visit, kind, item }))) store("outbox").delete(act.key);
  });
}
