/* The map page: draws what the legend switches on, goes where search and radius list lead, keeps itself fresh. */

import { hasWebGL } from "./base.js";
import { latest } from "./documents.js";
import { drawn, isOn, layers, onShading, onSwitch, shading } from "./legend.js";

const REFRESH_MS = 60_000;
const CHINA = [[73, 18], [135, 54]];
const place = document.querySelector("[data-map-page]");
const found = document.getElementById("map-found");

function say(sentence) {
  place.querySelector(".map-note").textContent = sentence;
}

/* The box of the first points there are, where no township has been drawn yet. */
async function boxOfPoints() {
  for (const layer of layers) {
    const { document } = await latest(layer.source);
    const points = document.features.map(({ geometry }) => geometry.coordinates);
    if (points.length) {
      const [x, y] = [0, 1].map((n) => points.map((point) => point[n]));
      const least = (numbers) => numbers.reduce((one, other) => Math.min(one, other));
      const most = (numbers) => numbers.reduce((one, other) => Math.max(one, other));
      return [[least(x) - 0.01, least(y) - 0.01], [most(x) + 0.01, most(y) + 0.01]];
    }
  }
  return CHINA;
}

/* Ask the server for a list beside the map; the address bar follows, so that what is seen can be passed on. */
async function list(address) {
  await window.htmx.ajax("GET", address, { target: found, swap: "innerHTML" });
  history.replaceState(history.state, "", address);
}

const isPhone = matchMedia("(max-width: 767.98px)").matches;
if (isPhone) document.querySelector(".map-layers").open = false;
const numbers = (text) => text.split(",").map(Number);

async function draw() {
  const { document: townships } = await latest(place.dataset.townships);
  const { open } = await import(hasWebGL() ? place.dataset.webgl : place.dataset.flat);
  const view = await open(place, townships, townships.features.length ? null : await boxOfPoints());

  const show = async (layer) => {
    layer.field.setAttribute("aria-busy", "true");
    const { document } = isOn(layer) ? await latest(layer.source) : {};
    if (isOn(layer) && document) view.setLayer(layer, drawn(layer, document));
    else view.removeLayer(layer);
    view.idle(() => layer.field.setAttribute("aria-busy", "false"));
  };
  const guarded = (layer) => show(layer).catch(() => say(place.dataset.textFailed));
  const follow = () => {
    const centre = found.querySelector("[data-centre]");
    view.around(centre ? numbers(centre.dataset.centre) : null, centre ? Number(centre.dataset.metres) : 0);
    const only = found.querySelectorAll("[data-fly]");
    if (only.length === 1 && !found.querySelector("[data-fit]")) view.fly(numbers(only[0].dataset.fly), only[0].textContent);
  };

  view.setTownships(townships, shading());
  await Promise.all(layers.filter(isOn).map(guarded));
  onSwitch(guarded);
  onShading((by) => latest(place.dataset.townships).then(({ document }) => view.setTownships(document, by)));
  follow();
  document.body.addEventListener("htmx:afterSwap", ({ target }) => target === found && follow());
  document.addEventListener("click", (event) => {
    const fly = event.target.closest("[data-fly]");
    const fit = event.target.closest("[data-fit]");
    const near = event.target.closest("[data-near]");
    if (!fly && !fit && !near) return;
    event.preventDefault();
    if (near) list(near.getAttribute("href"));
    else if (fly) view.fly(numbers(fly.dataset.fly), fly.textContent);
    else {
      const [west, south, east, north] = numbers(fit.dataset.fit);
      view.fit([[west, south], [east, north]]);
    }
    if (near || isPhone) place.scrollIntoView({ block: "nearest" });
  });
  setInterval(async () => {
    try {
      const { document: fresh, changed } = await latest(place.dataset.townships);
      if (changed) view.setTownships(fresh, shading());
      for (const layer of layers.filter(isOn)) {
        const { document, changed: moved } = await latest(layer.source);
        if (moved && isOn(layer)) view.setLayer(layer, drawn(layer, document));
      }
    } catch {
      // an unanswered refresh is repeated by the next
    }
  }, REFRESH_MS);
  place.dataset.drawn = hasWebGL() ? "map" : "flat";
}

draw().catch((error) => {
  console.error(error);
  say(place.dataset.textFailed);
  place.dataset.drawn = "failed";
});
