/* A failed item as a hazard: the criteria it may meet are proposed, a person confirms one or says why none. */

import { found } from "./criteria.js";
import { isFiled, withdrawn } from "./outbox.js";
import { answerOf, isEnded, isTried, refusedOf, say } from "./state.js";
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
  const isUnchangeable = () => Boolean(settled()) || isTried(state, "hazard", name);

  function update() {
    const answer = told();
    const refused = refusedOf(state, "hazard", name);
    const isLocked = isUnchangeable() || (isEnded(state) && !refused);
    part(block, "start").hidden = Boolean(row()) || isLocked;
    part(block, "form").hidden = !row();
    part(block, "propose").hidden = Boolean(row()) || !proposals.some((one) => one.usable);
    draw(part(block, "proposals"), proposals, answer, keep);
    const chosen = state.criteria.get(answer.criterion);
    part(block, "chosen").replaceChildren(...(chosen && !proposals.some((one) => one.code === chosen.code) ? [clause(chosen, answer, keep)] : []));
    part(block, "why").hidden = Boolean(answer.criterion) || !proposals.some((one) => one.usable);
    part(block, "grade").textContent = word(answer.major ? "gradeMajor" : "gradeGeneral");
    part(block, "grade").className = answer.major ? "severity severity-red" : "chip";
    part(block, "orders").hidden = !state.visit.delegated;
    part(block, "transfer").hidden = state.visit.delegated;
    for (const button of block.querySelectorAll("[data-order]")) {
      button.setAttribute("aria-checked", String(button.dataset.order === answer.order));
      button.disabled = isLocked || (answer.major && button.dataset.order === "immediate");
    }
    part(block, "due").hidden = !["dated", "stop"].includes(answer.order);
    part(block, "measures").hidden = !(state.visit.delegated && (answer.order === "stop" || answer.major));
    for (const control of block.querySelectorAll("input, textarea")) control.disabled = isLocked;
    for (const button of block.querySelectorAll('[data-part="yes"]')) button.disabled = isLocked;
    part(block, "confirm").hidden = isLocked || Boolean(row()?.ready && !refused);
    part(block, "withdraw").hidden = isLocked || !(row()?.ready || refused);
    const said = refused?.message ?? (isTried(state, "hazard", name) ? word("hazardGoing") : settled() ? row().message || word("hazardSent") : row()?.ready ? word("hazardReady") : "");
    part(block, "said").textContent = said;
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
    keep({ description: noteOf(), place: "", criterion: "", major: false, reason: "", order: "", due_on: "", requirement: "", measures: "" });
    block.querySelector('[data-field="description"]').focus();
  });
  part(block, "confirm").addEventListener("click", () => {
    const lack = missing(state, told(), proposals);
    if (lack) part(block, "said").textContent = word(lack);
    else keep({}, true);
  });
  part(block, "withdraw").addEventListener("click", () => withdraw(state, name).then(update));
  const search = part(block, "search");
  search.addEventListener("input", () => {
    const rows = found([...state.criteria.values()], search.value);
    draw(part(block, "found"), rows, told(), (change) => {
      keep(change);
      search.value = "";
      part(block, "found").replaceChildren();
    });
    part(block, "nothing").hidden = !search.value.trim() || rows.length > 0;
  });
  update();
  return { block, update, isUnchangeable };
}

/* What was confirmed is a draft again: nothing of it is filed. */
export async function withdraw(state, name) {
  if (!answerOf(state, "hazard", name)) return;
  state.acts = state.acts.filter((act) => !(act.kind === "hazard" && act.item === name && (act.state === "refused" || !act.tried)));
  await say(state, "hazard", name, {}, { ready: false });
  await withdrawn({ person: state.person, visit: state.pk, item: name });
}

const draw = (place, rows, answer, keep) => place.replaceChildren(...rows.map((row) => clause(row, answer, keep)));

/* One clause with source, version and date in force; one that was replaced is shown as such and cannot be chosen. */
function clause(row, answer, keep) {
  const box = drawn("clause", { text: row.text, source: row.source, code: row.code, since: row.in_force ? word("inForce", { day: row.in_force }) : word("noDate") });
  filled(box, { unusable: row.usable ? "" : row.why_not });
  box.classList.toggle("p-unusable", !row.usable);
  const isChosen = answer.criterion === row.code;
  const yes = part(box, "yes");
  yes.hidden = !row.usable;
  yes.setAttribute("aria-pressed", String(isChosen));
  yes.textContent = word(isChosen ? "isMajor" : "confirmMajor");
  yes.addEventListener("click", () =>
    keep(isChosen ? { criterion: "", major: false } : { criterion: row.code, major: true, reason: "", ...(answer.order === "immediate" ? { order: "" } : {}) }),
  );
  return box;
}

/* The name of the sentence that says what is still missing, "" where nothing is. */
export function missing(state, told, proposals) {
  if (!told.description?.trim()) return "lackDescription";
  if (!told.criterion && proposals.some((one) => one.usable) && !told.reason?.trim()) return "lackReason";
  if (!state.visit.delegated) return "";
  if (!told.order) return "lackOrder";
  if (["dated", "stop"].includes(told.order) && !told.due_on) return "lackDay";
  return told.requirement?.trim() ? "" : "lackRequirement";
}
