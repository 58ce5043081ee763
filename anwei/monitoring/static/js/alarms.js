/* The alarm list stays true without losing what somebody types or has chosen.

   When the line to the server stands (rows may have come since the page was made), whenever the server says
   that alarms changed, and each minute (how long they last; the date, once midnight has passed), the page is
   fetched again and its rows take the place of the old ones, except rows in use: an open note or a chosen box
   keeps its row until it is done with. */

import { drawTrends } from "./trends.js";

const PAUSE_MS = 500;
const MINUTE_MS = 60_000;
let waiting = 0;

function inUse(row) {
  return row.querySelector("details[open], input:checked") !== null || row.contains(document.activeElement);
}

function merge(fresh) {
  const listing = document.getElementById("listing");
  const body = listing.querySelector("tbody");
  const freshBody = fresh.querySelector("tbody");
  if (!body || !freshBody) {
    if (!body || !Array.from(body.rows).some(inUse)) listing.replaceWith(fresh);
    return;
  }
  const kept = new Map(Array.from(body.rows, (row) => [row.id, row]));
  const rows = Array.from(freshBody.rows, (row) => {
    const old = kept.get(row.id);
    if (!old) row.classList.add("fresh");
    if (!old || !inUse(old)) {
      const trend = old?.querySelector("[data-trend], .trend");
      if (trend?.innerHTML) row.querySelector(".trend")?.replaceWith(trend);
      window.htmx.process(row);
      return row;
    }
    return old;
  });
  const gone = Array.from(body.rows).filter((row) => inUse(row) && !rows.includes(row));
  body.replaceChildren(...gone, ...rows);
  const pager = fresh.querySelector(".pager");
  if (pager) listing.querySelector(".pager")?.replaceWith(pager);
}

async function refresh() {
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("listing");
  if (!fresh) return;
  merge(fresh);
  const counts = page.getElementById("counts");
  if (counts) document.getElementById("counts").replaceWith(counts);
  drawTrends();
  showBatch();
}

function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, PAUSE_MS);
}

/* The batch form waits until something is chosen; without scripts it always stands there. */
function showBatch() {
  const boxes = Array.from(document.querySelectorAll('#listing input[name="alarm"]'));
  const chosen = boxes.filter((box) => box.checked).length;
  const place = document.querySelector("[data-chosen]");
  place.textContent = place.dataset.chosen.replace("{n}", chosen);
  document.querySelector("[data-batch]").hidden = chosen === 0;
  const all = document.querySelector("[data-pick-all]");
  if (!all) return;
  all.hidden = boxes.length === 0;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

function pick(event) {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of document.querySelectorAll('#listing input[name="alarm"]')) box.checked = event.target.checked;
  }
  showBatch();
}

document.body.addEventListener("live:joined", refreshSoon);
document.body.addEventListener("live:alarms", refreshSoon);
document.body.addEventListener("live:found", refreshSoon);
setInterval(() => document.hidden || refreshSoon(), MINUTE_MS);
document.body.addEventListener("htmx:afterSettle", drawTrends);
document.addEventListener("change", pick);
document.body.addEventListener("htmx:afterSettle", showBatch);
showBatch();

/* A refusal of the server (a note too long, no right) stands in the row's own form. */
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 422) return;
  event.detail.shouldSwap = false;
  event.detail.elt.querySelector(".errorlist")?.remove();
  event.detail.elt.insertAdjacentHTML("beforeend", event.detail.xhr.responseText);
});
