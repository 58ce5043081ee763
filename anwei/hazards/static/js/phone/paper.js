/* Papers on the spot: the county's own wording, filled on the phone under the number that was reserved for it. */

import { blocks, filledIn } from "./layout.js";
import { answerOf, hazardsOf, progress, say, shown } from "./state.js";
import { sha256 } from "./store.js";
import { drawn, filled, moment, part } from "./words.js";

const { templates, words } = JSON.parse(document.getElementById("paper-templates").textContent);
const cited = ({ cited, basis }) => cited ?? basis; // what was taken along before has no full names
export const fill = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_gap, key) => values[key] ?? "");
const ISSUED = new Set(["order", "measures"]); // of one body: its own people sign them
const judged = (told) => (told.proposed ? { ...told, order: "", due_on: "" } : told); // what is for somebody else to judge is not ordered here
const isDated = (one) => one.order === "dated" || one.order === "stop";
const isHeld = (one) => Boolean(one.measures?.trim()) || one.order === "stop";

/* The papers that a visit may have, with their numbers: orders only where the power is there. */
export function fitting(state) {
  const hazards = hazardsOf(state).map((row) => judged(row.told));
  const { delegated, numbers } = state.visit;
  const fits = {
    record: true, order: delegated && hazards.some(isDated), measures: delegated && hazards.some(isHeld), transfer: !delegated && hazards.length > 0,
  };
  return Object.keys(fits)
    .filter((key) => fits[key] && numbers[key])
    .map((key) => ({ key, label: templates[key].title_on_list, number: numbers[key] }));
}

export function paperScreen(state, key) {
  const screen = drawn("paper");
  const changed = state.visit.changed?.[key] ?? "";
  const told = { ...wordsOf(state, Boolean(changed)), ...(ISSUED.has(key) && state.visit.words.officers ? { inspectors: state.visit.words.officers } : {}) };
  const template = templates[key];
  const byLabel = new Map(Object.entries(template.fields).map(([name, label]) => [label, told[name] || words.blank]));
  const { title, addressee, red_head: hasHead, letter: isLetter } = template;
  const drawing = !changed && "signature" in template.fields && state.files.find((file) => file.key === answerOf(state, "end")?.told.signature_key);
  filled(screen, {
    title: filledIn(title, byLabel), number: state.visit.numbers[key], head: hasHead ? `${told.issuer}${isLetter ? "" : words.red}` : "",
    addressee: addressee && filledIn(addressee, byLabel) + words.colon, signed: drawing ? words.signature_head : "", issuer: told.issuer, today: told.today,
  });
  part(screen, "body").append(...blocks([changed, filledIn(withoutOpenQuestion(template, told), byLabel)].join("\n")));
  const picture = part(screen, "signature");
  picture.hidden = !drawing;
  if (drawing) picture.src = URL.createObjectURL(drawing.blob);
  part(screen, "print").addEventListener("click", async () => {
    const end = answerOf(state, "end");
    const papers = end?.told.papers ?? [];
    const isOnItsWay = end?.ready && end.edited === end.frozen; // what was sent names its papers already
    if (!papers.includes(key) && !isOnItsWay) await say(state, "end", "", { papers: [...papers, key] });
    print();
  });
  part(screen, "back").href = `#/visit/${state.pk}/end`;
  return { screen, title: template.title_on_list, refresh: null };
}

let digested = {}; // the last text and its digest, for who may not wait

/* The digest of what the head is shown to sign: what was found, in the words of the papers. The server does the same. */
export async function shownToSign(state) {
  const text = textToSign(state);
  if (digested.text !== text) digested = { text, digest: await sha256(new Blob([text])) };
  return digested.digest;
}

/* The same where it was asked for before, undefined where it was not. */
export const shownNow = (state) => (digested.text === textToSign(state) ? digested.digest : undefined);

function textToSign(state) {
  const told = wordsOf(state, false);
  const open = told.undecided === words.none ? 0 : told.undecided.split("\n").length;
  const lines = [told.finding, told.counts, told.checks, told.found, told.orders, told.measures, String(open)];
  return lines.join("\n");
}

/* Without the line 待定事项 where nothing is undecided, as on the server. */
function withoutOpenQuestion({ body, fields }, told) {
  const label = fields.undecided;
  if (!label || told.undecided !== words.none) return body;
  return body.split("\n").filter((row) => row.trim() !== `${label}${words.colon}{${label}}`).join("\n");
}

/* What fills the gaps, by the names and in the words that the server fills them with. What was changed after it was signed bears no signature. */
function wordsOf(state, isChanged) {
  const { visit } = state;
  const counts = progress(state);
  const end = answerOf(state, "end");
  const told = end?.told ?? {};
  const hazards = hazardsOf(state).map((row, index) => ({ ...judged(row.told), item: row.item, n: index + 1 }));
  const begun = visit.begun_at ?? answerOf(state, "begin")?.at;
  const ended = visit.ended_at ?? (end?.ready ? end.at : new Date().toISOString());
  return {
    ...visit.words, today: dayWords(moment(ended).slice(0, 10)), begun: momentWords(begun), ended: momentWords(ended),
    finding: (told.finding ?? "").trim().replaceAll(words.cell, "|"), counts: fill("counts", counts), checks: rows(checks(state)), head: told.head ?? "",
    found: rows(hazards.flatMap((one) => hazard(state, one))), orders: rows(hazards.filter(isDated).flatMap((one) => hazard(state, one))),
    measures: rows(hazards.filter(isHeld).flatMap((one) => measure(state, one))), files: files(state), undecided: undecided(state),
    signature: isChanged ? fill("changed", told) : signature(told),
  };
}

function signature(told) {
  if (told.signing === "refused") return fill("refused", { ...told, refusal: line(told.refusal) });
  return fill(told.signature_key ? "signed" : "unsigned", told);
}

const rows = (pairs) => pairs.map(([label, text]) => `${words.cell}${label}${words.cell}${line(text)}${words.cell}`).join("\n") || words.none;
const line = (text) => String(text ?? "").replaceAll(words.cell, "|").split("\n").map((one) => one.trim()).filter(Boolean).join(words.semicolon);

function checks(state) {
  const answers = state.items.map((item) => [item, shown(state, item.code)]);
  return answers
    .filter(([, { result }]) => result && result !== "ok")
    .map(([item, { result, note }]) => [words[result], fill("check", { text: item.text, basis: cited(item) && fill("basis", { basis: cited(item) }), note: note?.trim() && fill("note", { note: note.trim() }) })]);
}

const clause = (state, { criterion }) => state.criteria.get(criterion)?.clause ?? "";

/* What a failed item of the checklist rests on, of a hazard that no criterion of a major one names. */
function violated(state, { item }) {
  const failed = state.items.find((one) => one.code === item);
  return failed ? cited(failed) : "";
}

function hazard(state, one) {
  const due = one.due_on ? fill("due", { day: dayWords(one.due_on) }) : "";
  const all = [
    [fill("hazard", one), one.description], [words.place, one.place?.trim() || words.blank_place], [words.grade, words[gradeOf(one)]],
    [words.violated, clause(state, one) ? "" : violated(state, one)],
    [words[one.major ? "clause_head" : "clause_proposed"], clause(state, one)], [words.proposed_head, one.proposed && one.reason?.trim()],
    [words.order_head, one.proposed && words.order_proposed], [words.order_head, one.order && `${words[`order_${one.order}`]}${due}`], [words.requirement, one.requirement?.trim()],
  ];
  return all.filter(([, text]) => text);
}

/* As the server says it: without an order of today the grade is for somebody else to judge. */
function gradeOf({ major, proposed, order }) {
  if (major) return "major";
  if (proposed) return "proposed";
  return order ? "general" : "unjudged";
}

function measure(state, one) {
  const all = [
    [fill("hazard", one), one.description], [words.basis_head, clause(state, one)],
    [words.measure, one.measures?.trim() || `${words[`order_${one.order}`]}${words.colon}${one.requirement}`],
  ];
  return all.filter(([, text]) => text);
}

function files(state) {
  const n = (kind) => state.files.filter((file) => file.kind === kind).length;
  const told = ["evidence", "voice", "signature"].filter(n).map((kind) => fill(kind, { n: n(kind) }));
  return told.length ? told.join(words.comma) + words.stop : words.none;
}

function undecided(state) {
  const open = state.items.filter((item) => answerOf(state, "check", item.code)?.settled === "conflict");
  return open.map((item) => fill("undecided", item)).join("\n") || state.visit.words.undecided;
}

function dayWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  return fill("day", { year, month, date });
}

function momentWords(iso) {
  if (!iso) return "";
  const [day, time] = moment(iso).split(" ");
  const [hour, minute] = time.split(":");
  return dayWords(day) + fill("time", { hour: Number(hour), minute });
}
