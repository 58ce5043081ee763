/* What is still here and nowhere else, what the server has, and what it would not take: by visit. */

import { confirmed } from "./ask.js";
import { again, drafts, handedDraft, handedOver, tally } from "./outbox.js";
import { forgetVisit, visitsOf } from "./package.js";
import { isEnded, load } from "./state.js";
import { ofVisit } from "./store.js";
import { drawn, filled, moment, part, word } from "./words.js";

export async function outgoingScreen(person, { send }) {
  const screen = drawn("outgoing");
  const update = async () => {
    const counts = await tally(person.pk);
    filled(screen, { waiting: counts.waiting, refused: counts.refused, unconfirmed: counts.unconfirmed });
    part(screen, "send").disabled = counts.waiting + counts.refused === 0;
    const groups = [];
    for (const visit of await visitsOf(person.pk)) {
      const group = await groupOf(person, visit, update);
      if (group) groups.push(group);
    }
    part(screen, "visits").replaceChildren(...groups);
    part(screen, "nothing").hidden = groups.length > 0;
  };
  part(screen, "send").addEventListener("click", send);
  await update();
  return { screen, title: word("outgoingTitle"), refresh: update };
}

async function groupOf(person, visit, update) {
  const state = await load(person.pk, visit.pk);
  const receipts = await ofVisit("receipts", person.pk, visit.pk);
  const answers = [...state.answers.values()].filter((row) => row.ready);
  const open = drafts([...state.answers.values()]);
  if (!answers.length && !open.length && !state.files.length && !receipts.length && !state.acts.length) return null;
  const isIn = (row) => row.edited === row.frozen && ["written", "already", "conflict"].includes(row.settled);
  const photos = state.files.filter((file) => file.kind === "evidence");
  const rest = state.files.filter((file) => file.kind !== "evidence");
  const group = drawn("outgoing-visit", {
    whom: visit.whom, number: visit.number,
    photos: photos.length ? word("photosSent", { n: sentOf(photos), all: photos.length }) : "",
    rest: rest.length ? word("restSent", { n: sentOf(rest), all: rest.length }) : "",
    answers: answers.length ? word("answersSent", { n: answers.filter(isIn).length, all: answers.length }) : "",
  });
  for (const act of state.acts.filter((one) => one.state === "refused")) part(group, "refused").append(refusedAct(visit, act, update));
  for (const file of state.files.filter((one) => one.state === "refused")) part(group, "refused").append(refusedFile(visit, file, update));
  for (const row of open) part(group, "refused").append(draft(state, row, update));
  for (const row of answers.filter((one) => one.settled === "conflict")) {
    const box = drawn("conflict", { what: what(state, row), message: row.message });
    part(box, "open").href = `${document.body.dataset.inspections}${visit.pk}/`;
    part(group, "conflicts").append(box);
  }
  for (const receipt of receipts.filter((one) => one.n_bytes !== undefined || one.sha256).sort((one, other) => (one.received_at < other.received_at ? -1 : 1))) {
    part(group, "receipts").append(drawn("receipt", {
      name: receipt.name ?? what(state, receipt), sha: receipt.sha256, at: moment(receipt.received_at), status: word(`status_${receipt.status}`),
    }));
  }
  part(group, "proof").hidden = receipts.length === 0;
  const isAllIn = !open.length && answers.every(isIn) && state.files.every((file) => file.state === "sent" || file.state === "handed") && !state.acts.some((act) => act.state === "waiting" || act.state === "refused");
  part(group, "clear").hidden = !(isAllIn && isEnded(state));
  part(group, "clear").addEventListener("click", async () => {
    await forgetVisit(person.pk, visit.pk);
    update();
  });
  return group;
}

const sentOf = (files) => files.filter((file) => file.state === "sent").length;

function what(state, { kind, item }) {
  const asked = state.items.find((one) => one.code === item);
  return word(`kind_${kind}`, { text: asked?.text ?? "" });
}

/* An act the server would not take: the sentence why, and three ways on; it stays until a person takes one. */
function refusedAct(visit, act, update) {
  const box = drawn("refused", { what: word(`kind_${act.kind}`, { text: "" }), message: act.message, text: textOf(visit, act) });
  part(box, "mend").href = `#/visit/${visit.pk}${act.kind === "end" ? "/end" : ""}`;
  ways(box, "outbox", act, update, async () => navigator.clipboard.writeText(textOf(visit, act)));
  return box;
}

function refusedFile(visit, file, update) {
  const box = drawn("refused", { what: file.name, message: file.message, text: "" });
  part(box, "mend").href = `#/visit/${visit.pk}`;
  ways(box, "files", file, update, async () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file.blob);
    link.download = file.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return box;
}

/* What was begun and not confirmed: it goes only where a person says that it need not be kept here. */
function draft(state, row, update) {
  const { visit } = state;
  const text = textOf(visit, { body: JSON.stringify(row.told) });
  const box = drawn("refused", { what: what(state, row), message: word("unconfirmed"), text });
  part(box, "mend").href = `#/visit/${visit.pk}`;
  part(box, "again").hidden = true;
  part(box, "handed").hidden = true;
  part(box, "drop").hidden = false;
  part(box, "take").addEventListener("click", () => navigator.clipboard.writeText(text).catch(() => (part(box, "text").hidden = false)));
  part(box, "drop").addEventListener("click", async () => {
    if (!(await confirmed(word("clearDraft", { what: what(state, row) }), word("clear")))) return;
    await handedDraft(row, text);
    await updated(update);
  });
  return box;
}

/* The screen, and the bar above it, which counts what was taken away. */
async function updated(update) {
  await update();
  document.dispatchEvent(new CustomEvent("kept"));
}

function ways(box, store, row, update, take) {
  const act = (name, work) =>
    part(box, name).addEventListener("click", async () => {
      await work();
      await updated(update);
    });
  act("again", () => again(store, row));
  act("handed", async () => {
    if (await confirmed(word("handedAsked", { what: part(box, "what")?.textContent ?? "" }), word("handed"))) await handedOver(store, row);
  });
  part(box, "take").addEventListener("click", () => take().catch(() => (part(box, "text").hidden = false)));
}

/* The act in words that a person can hand in by other means. */
function textOf(visit, act) {
  const told = Object.entries(JSON.parse(act.body)).filter(([name, value]) => value !== "" && !["key", "person", "visit", "based_on", "shown"].includes(name));
  return [`${visit.number} ${visit.whom}`, ...told.map(([name, value]) => `${name}: ${value}`)].join("\n");
}
