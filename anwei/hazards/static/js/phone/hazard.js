/* A failed item as a hazard: the criteria it may meet are proposed, a person confirms one, says why none,
   or proposes it in words for somebody else to judge. */

import { found, isOfOthers } from "./criteria.js";
import { isFiled, withdrawn } from "./outbox.js";
import { answerOf, isCorrectable, isEnded, isKeeping, isTried, refusedOf, say } from "./state.js";
import { drawn, filled, part, today, word } from "./words.js";

const FIELDS = ["description", "place", "reason", "due_on", "requirement", "measures"];

export function hazardBlock(state, name, item, noteOf) {
  const block = drawn("hazard");
  const row = () => answerOf(state, "hazard", name);
  const told = () => row()?.told ?? {};
  const proposals = (item?.criteria ?? []).map((code) => state.criteria.get(code)).filter(Boolean);
  const input = (field) => block.querySelector(`[data-field="${field}"]`);

  const keep = (change, confirmed) => {
    const next = { ...told(), ...change };
    const isReady = (confirmed ?? Boolean(row()?.ready && !refusedOf(state, "hazard", name))) && !missing(state, next, proposals);
    say(state, "hazard", name, change, { ready: isReady });
    update();
  };
  const settled = () => (row() && isFiled(row()) ? row().settled : undefined);
  const isFiledByOthers = () => state.visit.checks.some((check) => check.item === name && check.hazard);
  const isUnderWay = () => isTried(state, "hazard", name);

  function update() {
    const answer = told();
    const refused = refusedOf(state, "hazard", name);
    const isLocked = Boolean(settled()) || isUnderWay() || (isEnded(state) && !isCorrectable(state, "hazard", name));
    part(block, "start").hidden = Boolean(row()) || isLocked;
    part(block, "form").hidden = !row();
    part(block, "propose").hidden = Boolean(row()) || isLocked || isFiledByOthers() || !proposals.some((one) => one.usable);
    draw(state, part(block, "proposals"), proposals, answer, keep);
    const chosen = state.criteria.get(answer.criterion);
    part(block, "chosen").replaceChildren(...(chosen && !proposals.some((one) => one.code === chosen.code) ? [clause(state, chosen, answer, keep)] : []));
    part(block, "why").hidden = Boolean(answer.criterion) || !(answer.proposed || proposals.some((one) => one.usable));
    part(block, "why-head").textContent = word(answer.proposed ? "whyProposed" : "whyGeneral");
    part(block, "in-words").setAttribute("aria-pressed", String(Boolean(answer.proposed)));
    part(block, "in-words").textContent = word(answer.proposed ? "isProposed" : "proposeInWords");
    part(block, "in-words").hidden = Boolean(answer.criterion);
    part(block, "grade").textContent = word(answer.major ? "gradeMajor" : answer.proposed ? "gradeProposed" : "gradeGeneral");
    part(block, "grade").className = answer.major || answer.proposed ? "severity severity-red" : "chip";
    part(block, "orders").hidden = !state.visit.delegated || Boolean(answer.proposed);
    part(block, "left").hidden = !state.visit.delegated || !answer.proposed;
    part(block, "transfer").hidden = state.visit.delegated;
    for (const button of block.querySelectorAll("[data-order]")) {
      button.setAttribute("aria-checked", String(button.dataset.order === answer.order));
      button.disabled = isLocked || (answer.major && button.dataset.order === "immediate");
    }
    part(block, "due").hidden = !["dated", "stop"].includes(answer.order);
    part(block, "measures").hidden = !(state.visit.delegated && (answer.order === "stop" || answer.major || answer.proposed));
    for (const control of block.querySelectorAll("input, textarea")) control.disabled = isLocked;
    for (const button of block.querySelectorAll('[data-part="yes"], [data-part="in-words"]')) button.disabled = isLocked;
    part(block, "confirm").hidden = isLocked || Boolean(row()?.ready && !refused);
    part(block, "withdraw").hidden = isLocked || !(row()?.ready || refused);
    showSaid();
  }

  function showSaid() {
    const refused = refusedOf(state, "hazard", name);
    const ready = row()?.ready ? word(isKeeping(state, "hazard", name) ? "keeping" : "hazardReady") : "";
    const sent = settled() ? row().message || word("hazardSent") : ready;
    part(block, "said").textContent = refused?.message ?? (isUnderWay() ? word("hazardGoing") : sent);
    part(block, "said").classList.toggle("urgent", Boolean(refused) || settled() === "conflict");
  }

  for (const field of FIELDS) {
    input(field).value = told()[field] ?? "";
    input(field).addEventListener("input", () => keep({ [field]: input(field).value }));
  }
  input("due_on").min = today();
  for (const button of block.querySelectorAll("[data-order]")) {
    button.addEventListener("click", () => keep({ order: button.dataset.order, ...(button.dataset.order === "immediate" ? { due_on: "" } : {}) }));
  }
  part(block, "begin").addEventListener("click", () => {
    input("description").value = noteOf();
    keep({ description: noteOf(), place: "", criterion: "", major: false, proposed: false, reason: "", order: "", due_on: "", requirement: "", measures: "" });
    block.querySelector('[data-field="description"]').focus();
  });
  part(block, "in-words").addEventListener("click", () => {
    const isProposed = !told().proposed;
    if (isProposed) input("due_on").value = "";
    keep({ proposed: isProposed, ...(isProposed ? { criterion: "", major: false, order: "", due_on: "" } : {}) });
  });
  part(block, "confirm").addEventListener("click", () => {
    const lack = missing(state, told(), proposals);
    if (lack) part(block, "said").textContent = word(lack);
    else keep({}, true);
  });
  part(block, "withdraw").addEventListener("click", () => withdraw(state, name).then(update));
  const search = part(block, "search");
  search.addEventListener("input", () => {
    const rows = found([...state.criteria.values()], search.value, state.visit.sectors);
    draw(state, part(block, "found"), rows, told(), (change) => {
      keep(change);
      search.value = "";
      part(block, "found").replaceChildren();
    });
    part(block, "nothing").hidden = !search.value.trim() || rows.length > 0;
  });
  update();
  return { block, update, showSaid, isUnderWay };
}

/* What was confirmed is a draft again: nothing of it is filed. */
export async function withdraw(state, name) {
  const row = answerOf(state, "hazard", name);
  if (!row || isFiled(row)) return; // what is filed stands: a changed answer corrects it for a person to decide
  state.acts = state.acts.filter((act) => !(act.kind === "hazard" && act.item === name && (act.state === "refused" || !act.tried)));
  await say(state, "hazard", name, {}, { ready: false });
  await withdrawn({ person: state.person, visit: state.pk, item: name });
}

const draw = (state, place, rows, answer, keep) => place.replaceChildren(...rows.map((row) => clause(state, row, answer, keep)));

/* What may be major is not put right at once. */
const notAtOnce = ({ order }) => (order === "immediate" ? { order: "" } : {});

/* One clause with source, version and date in force, and whose it is where the visit's sectors are others; one that was replaced is shown as such and cannot be chosen. */
function clause(state, row, answer, keep) {
  const box = drawn("clause", { text: row.text, source: row.source, code: row.code, since: row.in_force ? word("inForce", { day: row.in_force }) : word("noDate") });
  filled(box, { unusable: row.usable ? "" : row.why_not });
  box.classList.toggle("p-unusable", !row.usable);
  const isChosen = answer.criterion === row.code;
  const isForeign = isOfOthers(row, state.visit.sectors);
  filled(box, { industry: isForeign ? word("industry", row) : "", foreign: isForeign && isChosen ? word("foreignChosen", row) : "" });
  const yes = part(box, "yes");
  yes.hidden = !row.usable;
  yes.setAttribute("aria-pressed", String(isChosen));
  yes.textContent = word(isChosen ? "isMajor" : "confirmMajor");
  yes.addEventListener("click", () =>
    keep(isChosen ? { criterion: "", major: false } : { criterion: row.code, major: true, proposed: false, reason: "", ...notAtOnce(answer) }),
  );
  return box;
}

/* The name of the sentence that says what is still missing, "" where nothing is. */
export function missing(state, told, proposals) {
  if (!told.description?.trim()) return "lackDescription";
  if (told.proposed && !told.reason?.trim()) return "lackProposal";
  if (!told.criterion && proposals.some((one) => one.usable) && !told.reason?.trim()) return "lackReason";
  if (!state.visit.delegated || told.proposed) return ""; // who judges it orders
  if (!told.order) return "lackOrder";
  if (["dated", "stop"].includes(told.order) && !told.due_on) return "lackDay";
  return told.requirement?.trim() ? "" : "lackRequirement";
}
