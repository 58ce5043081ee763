/* Acts on their way: frozen under a key as they are, so that sending one twice writes it once. */

import { allOf, asked, beginning, newKey, ofPerson, transact } from "./store.js";

export const ORDER = ["begin", "check", "file", "hazard", "end"];
const UNTOUCHED_MS = 15_000;

/* Freeze what was changed since it was frozen last; nothing while an earlier act waits, or the item would overtake itself. */
export async function freeze(person, { byHand }) {
  return transact(["answers", "outbox"], "readwrite", async (store) => {
    const before = await asked(store("outbox").index("visit").getAll(beginning(person)));
    if (before.some((act) => act.state === "waiting")) return 0;
    const answers = await asked(store("answers").getAll(beginning(person)));
    const held = byHand ? new Set() : underHand(answers);
    const changed = answers.filter((one) => one.ready && one.edited > one.frozen && (one.kind === "begin" || !held.has(one.visit)));
    for (const answer of changed) {
      const { visit, kind, item, at, change, told } = answer;
      const key = newKey();
      const act = { key, person, visit, kind, ...(kind === "check" || kind === "hazard" ? { item } : {}), at, based_on: change, ...told };
      store("outbox").put({ key, person, visit, kind, item, at, body: JSON.stringify(act), state: "waiting", message: "" });
      store("answers").put({ ...answer, frozen: answer.edited });
      for (const old of before.filter((one) => one.visit === visit && one.kind === kind && one.item === item)) {
        store("outbox").put({ ...old, state: "corrected" }); // what was refused stays readable beside its correction
      }
    }
    return changed.length;
  });
}

/* The visits at which somebody still writes: sent by themselves once they rest, or are ended. */
function underHand(answers) {
  const ended = new Set(answers.filter((one) => one.kind === "end" && one.ready).map((one) => one.visit));
  const touched = answers.filter((one) => Date.now() - Date.parse(one.at) < UNTOUCHED_MS);
  return new Set(touched.map((one) => one.visit).filter((visit) => !ended.has(visit)));
}

/* What waits to be sent of a person, in the order in which the server takes it: visit by visit. */
export async function waiting(person) {
  const [acts, files, answers] = await Promise.all([ofPerson("outbox", person), ofPerson("files", person), allOf("answers", person)]);
  const ended = new Set(answers.filter((one) => one.kind === "end" && one.ready).map((one) => one.visit));
  const stuck = new Set(acts.filter((act) => act.kind === "begin" && act.state === "refused").map((act) => act.visit));
  const things = [
    ...acts.filter((act) => act.state === "waiting").map((act) => ({ rank: ORDER.indexOf(act.kind), at: act.at, act, visit: act.visit })),
    ...files.filter((file) => mayGo(file, ended)).map((file) => ({ rank: ORDER.indexOf("file"), at: file.kept_at, file, visit: file.visit })),
  ];
  const may = things.filter((thing) => !stuck.has(thing.visit)); // before it began, nothing of a visit is taken
  return may.sort((one, other) => one.visit - other.visit || one.rank - other.rank || (one.at < other.at ? -1 : 1));
}

function mayGo(file, ended) {
  if (file.kind === "signature") return file.state === "kept" && ended.has(file.visit);
  if (file.state === "recording") return Date.now() - Date.parse(file.kept_at) > 10_000; // its page is gone
  return file.state === "kept";
}

/* How much is still here and nowhere else: answers not frozen, acts and files not received, and what was refused. */
export async function tally(person) {
  const [acts, files, answers] = await Promise.all([ofPerson("outbox", person), ofPerson("files", person), allOf("answers", person)]);
  const open = answers.filter((one) => one.ready && one.edited > one.frozen).length;
  const unsent = files.filter((file) => file.state === "kept" || file.state === "recording").length;
  return {
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
    store("answers").put({ ...answer, change, settled: status, message, hazard: hazard ?? answer.hazard ?? null });
  });
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
  await transact(["outbox", "files"], "readwrite", async (store) => {
    for (const [name, state] of [["outbox", "waiting"], ["files", "kept"]]) {
      const rows = await asked(store(name).index("visit").getAll(beginning(person)));
      for (const row of rows.filter((one) => one.state === "refused")) store(name).put({ ...row, state, message: "" });
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
