/* The phone page: what is shown, the bar that always says where the work is, and when it is sent. */

import { isWriting, retry, settled, takeIn } from "./answers.js";
import { endScreen } from "./end.js";
import { listScreen } from "./list.js";
import { outgoingScreen } from "./outgoing.js";
import { paperScreen } from "./paper.js";
import { current, refresh } from "./package.js";
import { tally } from "./outbox.js";
import { isKeepingFiles } from "./photos.js";
import { isSending, send } from "./send.js";
import { load } from "./state.js";
import { visitScreen } from "./visit.js";
import { drawn, part, word } from "./words.js";

const EVERY_MS = 30_000;
const MOST_DOUBLINGS = 4; // after faults of the server: 1, 2, 4, 8 minutes
const RETRY_MS = 3_000;
const REACHES = { offline: "offline", failed: "notTaken" };
const doors = document.body.dataset;
const page = document.getElementById("screen");
const bar = document.getElementById("bar");
const head = document.getElementById("title");
let shownScreen = null;
let person = null;
let reach = navigator.onLine ? "unknown" : "offline"; // what the last try has shown
let showing = 0;
let faults = 0; // tries one after the other of which something was not taken
let next;

async function show() {
  const turn = (showing += 1);
  await settled();
  const [, first, pk, place, key] = location.hash.split("/");
  let next = null;
  if (!person) next = { screen: drawn("sign-in"), title: word("title") };
  else if (first === "sending") next = await outgoingScreen(person, { send: sendNow });
  else if (first === "visit") {
    const state = await load(person.pk, Number(pk));
    if (state) next = place === "end" ? endScreen(state) : place === "paper" ? paperScreen(state, key) : visitScreen(state);
  }
  next ??= await listScreen(person, { update: takePackage });
  if (turn !== showing) return;
  shownScreen = next;
  page.replaceChildren(next.screen);
  head.textContent = next.title;
  document.getElementById("up").hidden = !first;
  document.getElementById("up").href = place === "paper" ? `#/visit/${pk}/end` : place === "end" ? `#/visit/${pk}` : "#/";
  scrollTo(0, 0);
  await showBar();
}

/* The bar: the network, the queue, and what to do; always there. */
async function showBar(going) {
  if (!person) {
    bar.hidden = true;
    return;
  }
  const counts = await tally(person.pk);
  bar.hidden = false;
  bar.dataset.waiting = counts.waiting;
  bar.dataset.refused = counts.refused;
  bar.dataset.reach = reach;
  const isOut = reach === "signed-out" || reach === "other";
  const queue = going ? word("going", { n: going.n + 1, all: going.of }) : counts.waiting ? word("queued", { n: counts.waiting }) : word("allSent");
  part(bar, "network").textContent = isOut ? word(reach === "other" ? "otherPerson" : "signInToSend") : word(REACHES[reach] ?? "online");
  const more = ["refused", "unconfirmed"].filter((name) => counts[name]).map((name) => word(`${name}Count`, { n: counts[name] }));
  part(bar, "queue").textContent = [queue, ...more].join(" · ");
  part(bar, "sign-in").hidden = !isOut;
  document.documentElement.style.setProperty("--p-head", `${bar.parentElement.offsetHeight}px`); // the bar may need two lines
  part(bar, "send").hidden = isOut || reach === "offline" || !counts.waiting || Boolean(going);
}

async function takePackage() {
  const before = person?.pk;
  reach = await refresh();
  person = await current();
  const isNew = person?.pk !== before;
  if (isNew || !location.hash.split("/")[1]) {
    await show(); // of another person's visit that is the list
  } else {
    await shownScreen?.refresh?.();
    await showBar();
  }
}

async function sendNow() {
  await attempt(true);
}

async function attempt(byHand) {
  try {
    await attempted(byHand);
  } finally {
    clearTimeout(next);
    next = setTimeout(() => attempt(false), EVERY_MS * 2 ** Math.min(faults, MOST_DOUBLINGS));
  }
}

async function attempted(byHand) {
  if (!person || (!byHand && (isSending() || !(await tally(person.pk)).waiting))) return;
  const outcome = await send({ byHand });
  if (outcome !== "busy") faults = outcome === "failed" ? faults + 1 : 0;
  if (outcome !== "busy") reach = outcome === "done" ? "fresh" : outcome;
  if (outcome === "other") {
    await takePackage();
    return;
  }
  await shownScreen?.refresh?.();
  await showBar();
}

document.addEventListener("sending", ({ detail }) => {
  if (detail.outcome === "sending") showBar(detail);
});
document.addEventListener("kept", ({ detail }) => {
  if (detail) shownScreen?.kept?.(detail);
  document.getElementById("unkept").hidden = true;
  if (!isSending()) showBar();
});
document.addEventListener("unkept", ({ detail }) => {
  document.getElementById("unkept").hidden = false;
  part(document.getElementById("unkept"), "why").textContent = detail?.name === "QuotaExceededError" ? word("full") : String(detail?.message ?? "");
  setTimeout(retry, RETRY_MS);
});
document.addEventListener("trying", () => shownScreen?.refresh?.());
document.addEventListener("ended", () => attempt(true));
part(bar, "send").addEventListener("click", sendNow);
addEventListener("hashchange", show);
addEventListener("online", () => {
  reach = "unknown";
  attempt(false).then(() => showBar());
});
addEventListener("offline", () => {
  reach = "offline";
  showBar();
});
addEventListener("visibilitychange", () => (document.hidden ? settled() : attempt(false)));
addEventListener("pagehide", () => settled());
addEventListener("beforeunload", (event) => {
  if (isWriting() || isKeepingFiles()) event.preventDefault();
});

/* The worker that keeps this page; a new version is taken now, before anything is open. Returns whether the page begins anew. */
async function takeWorker() {
  if (!navigator.serviceWorker) return false;
  const registration = await navigator.serviceWorker.register(doors.worker, { updateViaCache: "none" }).catch(() => null);
  if (!registration?.waiting || !navigator.serviceWorker.controller) return false;
  const taken = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  registration.waiting.postMessage("take over");
  await Promise.race([taken, new Promise((done) => setTimeout(done, 3_000))]);
  location.reload();
  return true;
}

async function start() {
  if (!isSecureContext || !window.indexedDB || !window.crypto?.subtle) {
    page.replaceChildren(drawn("unable"));
    return;
  }
  await takeIn();
  if (await takeWorker()) return;
  const isFromElsewhere = document.referrer.startsWith(`${location.origin}/`); // after the login it may be another person's telephone
  if (!isFromElsewhere) {
    person = await current();
    await show();
  }
  await takePackage();
  if (!shownScreen) await show();
  document.body.dataset.ready = "yes";
  await attempt(false);
}

start();
