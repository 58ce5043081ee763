/* Fetches the trend lines of every row that waits for one, many rows in one request. */

const ROWS_A_REQUEST = 50;

export function drawTrends() {
  const waiting = Array.from(document.querySelectorAll("[data-trend]:empty"), (place) => place.dataset.trend);
  for (let from = 0; from < waiting.length; from += ROWS_A_REQUEST) {
    const ids = waiting.slice(from, from + ROWS_A_REQUEST).join(",");
    window.htmx.ajax("GET", `/alarms/trends/?ids=${ids}`, { swap: "none" });
  }
}

document.addEventListener("DOMContentLoaded", drawTrends);
if (document.readyState !== "loading") drawTrends();
