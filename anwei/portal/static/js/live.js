/* The page's one line to the server (server-sent events), for every page that says <body data-live="/live/">.

   Elements with data-tag="17" are kept up to date: [data-value] inside gets the newest value with its
   data-decimals, and the element gets the class "bad" while the value cannot be trusted. Everything the server
   says is passed on as an event on <body>: live:joined (nothing is missed from now on), live:episode, live:alarms,
   live:samples, live:age; the line itself says live:lost and live:found. The server speaks of the data at least
   every two seconds, so silence means they are lost; `joined` says that the line stands, not that data come. */

const SILENCE_MS = 7_000;
const RETRY_MS = 2_000;
const SETTLE_MS = 300;

const body = document.body;
const banner = document.querySelector("[data-live-lost]");
let source = null;
let numbers = "";
let heardAt = Date.now();
let lostSince = null;
let newest = null; // time of the newest sample, on this computer's clock
let settling = 0;

function tell(name, detail) {
  body.dispatchEvent(new CustomEvent(`live:${name}`, { detail, bubbles: true }));
}

function tagsOnScreen() {
  const found = new Set(Array.from(document.querySelectorAll("[data-tag]"), (element) => element.dataset.tag));
  return Array.from(found).sort((a, b) => a - b).join(",");
}

function connect() {
  source?.close();
  numbers = tagsOnScreen();
  source = new EventSource(`${body.dataset.live}?tags=${numbers}`);
  for (const name of ["joined", "episode", "alarms", "samples", "age"]) {
    source.addEventListener(name, (event) => {
      if (name !== "joined") heard();
      const detail = JSON.parse(event.data);
      if (name === "samples") showSamples(detail);
      if (name === "age") newest = detail.newest ? Date.now() - (detail.at - detail.newest) : null;
      tell(name, detail);
    });
  }
}

function heard() {
  heardAt = Date.now();
  if (lostSince === null) return;
  lostSince = null;
  banner.hidden = true;
  tell("found");
}

function showSamples(samples) {
  for (const [number, [, value, quality]] of Object.entries(samples)) {
    for (const element of document.querySelectorAll(`[data-tag="${number}"]`)) {
      element.classList.toggle("bad", quality !== 0);
      for (const place of element.querySelectorAll("[data-value]")) {
        place.textContent = value === null ? "—" : value.toFixed(Number(place.dataset.decimals ?? 2));
      }
    }
  }
}

/* A length of time in the page's language: "3秒", "5分钟". */
export function lengthOf(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [value, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [Math.floor(seconds / 60), "minute"] : [Math.floor(seconds / 3600), "hour"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

function showAge() {
  const silence = Date.now() - heardAt;
  if (lostSince === null && silence > SILENCE_MS) {
    lostSince = heardAt;
    banner.hidden = false;
    tell("lost");
  }
  if (lostSince !== null) banner.querySelector("[data-live-lost-age]").textContent = lengthOf(Date.now() - lostSince);
  for (const place of document.querySelectorAll("[data-data-age]")) {
    const lost = lostSince !== null;
    if (!lost && newest === null) continue;
    const age = Date.now() - (lost ? lostSince : newest);
    place.textContent = place.dataset[lost ? "textLost" : "textAge"].replace("{age}", lengthOf(age));
    place.classList.toggle("urgent", lost || age > 60_000);
  }
}

/* The browser retries a broken line by itself, but not one that the server refused or that fell silent. */
function watch() {
  showAge();
  const silent = Date.now() - heardAt > SILENCE_MS;
  if (source && (source.readyState === EventSource.CLOSED || silent) && Date.now() - watch.triedAt > RETRY_MS) {
    watch.triedAt = Date.now();
    connect();
  }
}
watch.triedAt = Date.now();

function follow() {
  clearTimeout(settling);
  settling = setTimeout(() => tagsOnScreen() !== numbers && source && connect(), SETTLE_MS);
}

/* A hidden tab lets go of its line (browsers allow six a server), unless it has to ring. */
function visibility() {
  if ("liveAlways" in body.dataset) return;
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (!source) {
    heardAt = Date.now();
    connect();
    tell("found");
  }
}

if (body.dataset.live) {
  connect();
  setInterval(() => (source ? watch() : undefined), 1_000);
  body.addEventListener("htmx:afterSettle", follow);
  body.addEventListener("htmx:oobAfterSwap", follow);
  document.addEventListener("visibilitychange", visibility);
}
