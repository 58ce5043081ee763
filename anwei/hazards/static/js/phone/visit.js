/* One visit: who, where, why, under which article; once begun its list, with the next open item one tap away. */

import { itemBlock } from "./item.js";
import { hazardBlock } from "./hazard.js";
import { askToPersist, LEAST_ROOM, room } from "./package.js";
import { answerOf, isBegun, isEnded, others, progress, refusedOf, reload, say, shown } from "./state.js";
import { newKey } from "./store.js";
import { strip } from "./strip.js";
import { drawn, filled, part, word } from "./words.js";

export function visitScreen(state) {
  const screen = drawn("visit", facts(state));
  const updates = [];
  const keepers = new Map(); // who says that an item is kept
  const list = part(screen, "items");

  const update = () => {
    const counts = progress(state);
    filled(screen, { progress: `${counts.done}/${counts.all}` });
    part(screen, "bar").style.width = `${counts.all ? (counts.done / counts.all) * 100 : 0}%`;
    part(screen, "begin").hidden = isBegun(state) && !refusedOf(state, "begin");
    part(screen, "list").hidden = !isBegun(state);
    part(screen, "next").hidden = !isBegun(state) || isEnded(state);
    part(screen, "next").disabled = counts.open === 0;
    const refused = refusedOf(state, "begin") ?? refusedOf(state, "end");
    part(screen, "said").textContent = refused?.message ?? "";
    for (const one of updates) one();
  };
  const add = (name) => {
    const box = drawn("other");
    const files = strip(state, name);
    const hazard = hazardBlock(state, name, null, () => "");
    box.append(hazard.block, files.box);
    part(screen, "others").append(box);
    updates.push(hazard.update, files.update);
    keepers.set(name, hazard.showSaid);
  };

  let n = 0;
  for (const { label, items } of state.visit.lists) {
    if (state.visit.lists.length > 1) list.append(drawn("list-head", { label }));
    for (const item of items) {
      const { block, update: one, kept } = itemBlock(state, item, (n += 1), update);
      keepers.set(item.code, kept);
      list.append(block);
      updates.push(one);
    }
  }
  others(state).forEach(add);
  part(screen, "add").addEventListener("click", () => add(`other-${newKey().replaceAll("-", "").slice(0, 24)}`));
  begin(state, screen, update);
  part(screen, "next").addEventListener("click", () => toNextOpen(state, screen));
  part(screen, "end").href = `#/visit/${state.pk}/end`;
  part(screen, "facts").open = !isBegun(state);
  update();
  return {
    screen,
    title: state.visit.whom,
    kept: ({ item }) => keepers.get(item)?.(),
    refresh: async () => {
      await reload(state);
      update();
    },
  };
}

function facts({ visit }) {
  return {
    whom: visit.whom, number: visit.number, address: visit.address, day: visit.planned_on, bodies: visit.bodies.join(word("and")),
    reason: visit.reason, citation: visit.citation, announced: visit.announced ? "" : word("unannounced"), merged: visit.bodies.length > 1 ? word("merged") : "",
    inspectors: visit.inspectors.map(person).join("\n"), whyNot: visit.why_not, tooFew: visit.too_few ?? "",
    hazards: visit.open_hazards.map((one) => word("openHazard", { ...one, late: one.overdue ? word("overdue") : "" })).join("\n"),
  };
}

const person = ({ name, unit, certificate }) => word(certificate ? "inspector" : "companion", { name, unit, certificate });

/* Take the page to the next item without an answer below what is on the screen, else to the first. */
function toNextOpen(state, screen) {
  const blocks = [...screen.querySelectorAll("[data-item]")].filter((block) => !shown(state, block.dataset.item).result);
  const head = document.querySelector("header").getBoundingClientRect().bottom;
  const next = blocks.find((block) => block.getBoundingClientRect().top > head + 24) ?? blocks[0];
  next?.scrollIntoView({ block: "start" });
  next?.focus({ preventScroll: true });
}

function begin(state, screen, update) {
  const code = part(screen, "code");
  const told = part(screen, "no-room");
  let free = Infinity;
  const measure = async () => ({ free } = await room()); // before the tap, which is kept in its own moment
  measure();
  code.value = answerOf(state, "begin")?.told.code ?? "";
  const keepCode = () => say(state, "begin", "", { code: lastPart(code.value) }, { ready: false });
  code.addEventListener("input", keepCode);
  part(screen, "begin-now").addEventListener("click", async () => {
    told.hidden = free >= LEAST_ROOM;
    if (free < LEAST_ROOM) {
      measure(); // for the next tap: room may be made meanwhile
      return;
    }
    askToPersist();
    await say(state, "begin", "", { code: lastPart(code.value) }, { ready: true });
    part(screen, "facts").open = false;
    update();
    scrollTo(0, 0);
  });
  part(screen, "locate").addEventListener("click", () => {
    const done = () => (part(screen, "locate").disabled = true);
    navigator.geolocation?.getCurrentPosition(done, () => {}, { timeout: 10_000 });
  });
  const scan = part(screen, "scan");
  scan.hidden = !("BarcodeDetector" in window);
  scan.querySelector("input").addEventListener("change", async ({ target }) => {
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(target.files[0])).catch(() => []);
    if (found.length) code.value = lastPart(found[0].rawValue);
    keepCode();
  });
}

/* A sign holds an address; its code is the last part. */
const lastPart = (text) => text.trim().split("/").filter(Boolean).pop() ?? "";
