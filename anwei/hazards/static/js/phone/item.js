/* One item of the list: three large buttons; where it failed, note, photos, and the hazard it is. */

import { hazardBlock, withdraw } from "./hazard.js";
import { isFiled } from "./outbox.js";
import { answerOf, isBegun, isCorrectable, isEnded, isKeeping, refusedOf, say, seenOf, shown } from "./state.js";
import { strip } from "./strip.js";
import { drawn, moment, part, word } from "./words.js";

export function itemBlock(state, item, n, onAnswer) {
  const block = drawn("item", { n, text: item.text, basis: item.basis });
  block.dataset.item = item.code;
  const note = part(block, "note");
  const files = strip(state, item.code);
  part(block, "strip").replaceWith(files.box);
  note.value = shown(state, item.code).note ?? "";
  let hazard = null;

  const showStanding = (answer) => {
    part(block, "standing").textContent = standing(state, item.code, answer);
    part(block, "standing").dataset.tone = tone(state, item.code, answer);
  };
  const update = () => {
    const answer = shown(state, item.code);
    const isLocked = !isBegun(state) || (isEnded(state) && !isCorrectable(state, "check", item.code)) || Boolean(hazard?.isUnderWay());
    block.dataset.result = answer.result ?? "";
    for (const button of block.querySelectorAll("[data-result]")) {
      button.setAttribute("aria-checked", String(button.dataset.result === answer.result));
      button.disabled = isLocked;
    }
    note.disabled = isLocked;
    if (document.activeElement !== note && answer.theirs) note.value = answer.note ?? "";
    const filed = answerOf(state, "hazard", item.code);
    const isHazard = answer.result === "failed" || isCorrectable(state, "hazard", item.code) || Boolean(filed && isFiled(filed));
    const hasMore = isHazard || Boolean(note.value) || state.files.some((file) => file.item === item.code);
    part(block, "more").hidden = !(hasMore || block.dataset.open === "yes");
    part(block, "open").hidden = !part(block, "more").hidden;
    showStanding(answer);
    if (isHazard && !hazard) {
      hazard = hazardBlock(state, item.code, item, () => note.value);
      part(block, "hazard").append(hazard.block);
    }
    part(block, "hazard").hidden = !isHazard;
    hazard?.update();
    files.box.dataset.locked = isLocked && isEnded(state) ? "yes" : "";
    files.update();
  };

  for (const button of block.querySelectorAll("[data-result]")) {
    button.addEventListener("click", () => {
      say(state, "check", item.code, { result: button.dataset.result, note: note.value }, { ready: true, seen: seenOf(shown(state, item.code)) });
      if (button.dataset.result !== "failed") withdraw(state, item.code).then(update);
      update();
      onAnswer();
    });
  }
  note.addEventListener("input", () => say(state, "check", item.code, { note: note.value }, { seen: seenOf(shown(state, item.code)) }));
  part(block, "open").addEventListener("click", () => {
    block.dataset.open = "yes";
    update();
  });
  update();
  const kept = () => {
    showStanding(shown(state, item.code));
    hazard?.showSaid();
  };
  return { block, update, kept };
}

/* Who answered, and where the answer is; with the hazard that was filed for it. */
function standing(state, code, { result, theirs, mine }) {
  if (isKeeping(state, "check", code)) return word("keeping");
  if (theirs) {
    const isClosed = isEnded(state) && !isCorrectable(state, "check", code);
    const said = word(isClosed ? "answered" : "answeredBy", { by: theirs.by, at: moment(theirs.at).slice(5) });
    return theirs.hazard_number ? `${said} ${word("filedAs", { number: theirs.hazard_number })}` : said;
  }
  const refused = refusedOf(state, "check", code);
  if (refused) return refused.message;
  const filed = answerOf(state, "hazard", code);
  if (filed && isFiled(filed) && result !== "failed" && mine?.edited > mine?.frozen) return word("corrects");
  if (mine?.settled === "conflict") return mine.message || word("conflict");
  if (!result) return "";
  return word(mine.edited === mine.frozen && mine.settled ? "answerSent" : "answerKept");
}

function tone(state, code, { theirs, mine }) {
  if (theirs) return "";
  return refusedOf(state, "check", code) || mine?.settled === "conflict" ? "urgent" : "";
}
