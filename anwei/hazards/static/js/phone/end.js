/* The end of a visit: what was seen in sum, the head's signature or its refusal, the papers on the spot. */

import { drafts } from "./outbox.js";
import { fill, fitting, shownNow, shownToSign } from "./paper.js";
import { removed } from "./photos.js";
import { answerOf, isEnded, isKeeping, isTried, progress, refusedOf, reload, say, shown } from "./state.js";
import { pad } from "./signature.js";
import { newKey } from "./store.js";
import { drawn, filled, part, word } from "./words.js";

const FIELDS = ["finding", "head", "refusal"];

export function endScreen(state) {
  const screen = drawn("end");
  const told = () => answerOf(state, "end")?.told ?? {};
  const input = (field) => screen.querySelector(`[data-field="${field}"]`);
  const isSigned = () => state.files.some((file) => file.key === told().signature_key);
  const keep = (change, options) => {
    const isCorrected = refusedOf(state, "end") && { ready: false }; // told anew once it is finished again
    say(state, "end", "", change, options ?? isCorrected ?? {});
    update();
  };

  function update() {
    const counts = progress(state);
    shownToSign(state);
    const row = answerOf(state, "end");
    const refused = refusedOf(state, "end");
    const isLocked = isEnded(state);
    filled(screen, { ok: counts.ok, failed: counts.failed, not_applicable: counts.not_applicable, open: counts.open });
    part(screen, "unanswered").hidden = counts.open === 0 || isLocked;
    for (const button of screen.querySelectorAll("[data-signing]")) {
      button.setAttribute("aria-checked", String(button.dataset.signing === (told().signing ?? "signed")));
      button.disabled = isLocked;
    }
    part(screen, "signed").hidden = told().signing === "refused";
    part(screen, "refused").hidden = told().signing !== "refused";
    for (const control of screen.querySelectorAll("input, textarea")) control.disabled = isLocked;
    part(screen, "pad").classList.toggle("p-locked", isLocked);
    part(screen, "again").hidden = isLocked || !isSigned();
    part(screen, "finish").hidden = isLocked;
    const isOut = isTried(state, "end") || row?.settled || state.visit.ended_at;
    part(screen, "reopen").hidden = !row?.ready || (Boolean(isOut) && !refused);
    const n = drafts([...state.answers.values()]).length;
    filled(screen, { unconfirmed: n ? word("unconfirmedHere", { n }) : "" });
    const standing = isKeeping(state, "end") ? "keeping" : row?.settled ? "endSent" : "endKept";
    part(screen, "said").textContent = refused?.message ?? (isLocked ? word(standing) : "");
    part(screen, "said").classList.toggle("urgent", Boolean(refused) || !isLocked);
    part(screen, "papers").replaceChildren(...fitting(state).map((paper) => paperLink(state, paper)));
  }

  for (const field of FIELDS) {
    input(field).value = told()[field] ?? "";
    input(field).addEventListener("input", () => keep({ [field]: input(field).value }));
  }
  part(screen, "draft").addEventListener("click", () => {
    const counts = progress(state);
    const failed = state.items.filter((item) => shown(state, item.code).result === "failed");
    const lines = failed.map((item, n) => {
      const { note } = shown(state, item.code);
      return fill("draft_failed", { n: n + 1, text: item.text, note: note && fill("note", { note }) });
    });
    input("finding").value = [fill("draft", counts), ...lines].join("\n");
    keep({ finding: input("finding").value });
  });
  const unsign = sign(state, screen, told, keep);
  for (const button of screen.querySelectorAll("[data-signing]")) {
    button.addEventListener("click", () => {
      keep({ signing: button.dataset.signing });
      if (button.dataset.signing === "refused") unsign();
    });
  }
  part(screen, "finish").addEventListener("click", async () => {
    const lack = missing(told(), isSigned());
    if (lack) {
      part(screen, "said").textContent = word(lack);
      return;
    }
    const isRefused = told().signing === "refused";
    const seen = shownNow(state) ?? (await shownToSign(state)); // at once: who taps may leave in the same moment
    if (!isRefused && seen !== told().shown) {
      await unsign(); // what was written since is not what was signed
      part(screen, "said").textContent = word("signAgain");
      return;
    }
    const cleared = isRefused ? { signature_key: "" } : { refusal: "" };
    keep({ ...cleared, papers: told().papers ?? [], shown: seen }, { ready: true });
    document.dispatchEvent(new CustomEvent("ended"));
  });
  part(screen, "reopen").addEventListener("click", () => keep({}, { ready: false }));
  part(screen, "back").href = `#/visit/${state.pk}`;
  update();
  return {
    screen,
    title: word("endTitle"),
    kept: () => isEnded(state) && update(),
    refresh: async () => {
      await reload(state);
      update();
    },
  };
}

function missing({ finding, head, signing, refusal }, isSigned) {
  if (!finding?.trim()) return "lackFinding";
  if (!head?.trim()) return "lackHead";
  if (signing === "refused") return refusal?.trim() ? "" : "lackRefusal";
  return isSigned ? "" : "lackSignature";
}

function sign(state, screen, told, keep) {
  const canvas = part(screen, "pad");
  let key = told().signature_key || newKey();
  const before = state.files.find((file) => file.key === key);
  const drawing = pad(canvas, { person: state.person, visit: state.pk }, () => key, {
    picture: before?.blob,
    onKept: async (row) => {
      const seen = await shownToSign(state);
      if (row.key !== key) {
        removed(row.key); // taken back while it was being kept
        return;
      }
      state.files = [...state.files.filter((file) => file.key !== row.key), row];
      keep({ signature_key: row.key, shown: seen });
    },
  });
  /* What was not sent goes; another signature has a key of its own. */
  const unsign = async () => {
    const old = key;
    key = newKey();
    drawing.blank();
    keep({ signature_key: "" });
    if (await removed(old)) state.files = state.files.filter((file) => file.key !== old);
  };
  part(screen, "again").addEventListener("click", unsign);
  return unsign;
}

function paperLink(state, { key, label, number }) {
  const link = drawn("paper-link", { label, number, printed: (answerOf(state, "end")?.told.papers ?? []).includes(key) ? word("printed") : "" });
  link.href = `#/visit/${state.pk}/paper/${key}`;
  return link;
}
