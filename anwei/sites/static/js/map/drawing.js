/* Drawing a township: drag a corner, drag the middle of an edge to add one, double-click a corner to remove it,
   by mouse or finger; or name a corner beside the map and write where it lies. On an empty map each click sets a
   corner. The lines of coordinates beside the map are what is saved.

   Where several corners lie under one finger none is taken hold of: the finger moves the map, a tap looks closer. */

import { LIGHT, bounds, fetched, hasWebGL, load, names } from "./base.js";
import { addedAfter, appended, moved, removed, rings as read } from "./corners.js";
import { onCorner, showCorner } from "./corner-panel.js";
import { words } from "./webgl.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const CHINA = [[73, 18], [135, 54]];
const place = document.querySelector("[data-drawing]");
const lines = document.querySelector("[name=lines]");
const says = document.querySelector("[data-drawing-says]");
const FEWEST = 3;
const FINGER_PX = 18; // how far a finger may miss
const CLOSER = 2; // levels by which a tap among many corners looks closer: four times as large

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (coordinates, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });
const halfway = ([x, y], [otherX, otherY]) => [(x + otherX) / 2, (y + otherY) / 2];

let rings = read(lines.value);
let chosen = -1; // the place of a corner among all
let draw = () => {}; // until there is a map
let look = () => {};
const corners = () => rings.flat();
const ringOf = (corner) => rings.find((ring) => ring.includes(corner));
const next = (corner) => {
  const ring = ringOf(corner);
  return ring[(ring.indexOf(corner) + 1) % ring.length];
};

function show() {
  const all = corners();
  chosen = Math.min(chosen, all.length - 1);
  const corner = all[chosen];
  says.textContent = place.dataset.textCount.replace("{n}", all.length);
  showCorner({ at: corner?.at, place: chosen, total: all.length, mayRemove: Boolean(corner) && ringOf(corner).length > FEWEST });
  draw();
}
function choose(n) {
  chosen = n;
  show();
  look(corners()[n].at);
}
function write(text) {
  lines.value = text;
  rings = read(text);
  show();
}
const move = (n, at) => write(moved(lines.value, corners()[n], at));
function addAfter(n, at) {
  const corner = corners()[n];
  chosen = n + 1;
  write(addedAfter(lines.value, corner, at ?? halfway(corner.at, next(corner).at)));
}
function remove(n) {
  const corner = corners()[n];
  if (corner && ringOf(corner).length > FEWEST) write(removed(lines.value, corner));
}

onCorner({ choose, move: (at) => move(chosen, at), add: () => addAfter(chosen), remove: () => remove(chosen) });
lines.addEventListener("input", () => {
  rings = read(lines.value);
  show();
});
lines.addEventListener("click", () => {
  const row = lines.value.slice(0, lines.selectionStart).split("\n").length - 1;
  const n = corners().findIndex((corner) => corner.lines.includes(row));
  if (n >= 0) choose(n);
});
show();

function documents() {
  let n = -1;
  const middles = [];
  const all = rings.flatMap((ring) => ring.map((corner, k) => {
    n += 1;
    if (ring.length > 1) middles.push(point(halfway(corner.at, ring[(k + 1) % ring.length].at), { n }));
    return point(corner.at, { n });
  }));
  const edges = rings.filter((ring) => ring.length > 1).map((ring) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...ring, ring[0]].map(({ at }) => at) } }));
  return { corners: collection(all), middles: collection(middles), edges: collection(edges), chosen: collection(all.slice(chosen < 0 ? all.length : chosen, chosen + 1)) };
}

async function start() {
  const townships = await fetched(place.dataset.townships);
  const others = { type: "FeatureCollection", features: townships.features.filter(({ properties }) => properties.code !== place.dataset.code) };
  if (!hasWebGL()) throw new Error("no WebGL");
  await load(place.dataset.library);
  const { maplibregl } = window;
  maplibregl.setWorkerUrl(place.dataset.worker);
  const own = { features: rings.map((ring) => ({ geometry: { coordinates: ring.map(({ at }) => at) } })) };
  const box = rings.length ? bounds(own, NOTHING) : others.features.length ? bounds(others, NOTHING) : CHINA;
  const source = (data) => ({ type: "geojson", data });
  const first = documents();
  const map = new maplibregl.Map({
    container: place.querySelector(".map-canvas"), bounds: box, fitBoundsOptions: { padding: 32 }, attributionControl: false, locale: words(place.dataset), dragRotate: false, pitchWithRotate: false, doubleClickZoom: false, fadeDuration: 0,
    style: {
      version: 8,
      sources: { others: source(others), names: source(names(others)), edges: source(first.edges), middles: source(first.middles), corners: source(first.corners), chosen: source(first.chosen) },
      layers: [
        { id: "page", type: "background", paint: { "background-color": "#ffffff" } },
        { id: "others", type: "fill", source: "others", paint: { "fill-color": LIGHT.land } },
        { id: "others-edge", type: "line", source: "others", paint: { "line-color": LIGHT.edge, "line-width": 1 } },
        { id: "names", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-size": 12 }, paint: { "text-color": LIGHT.label } },
        { id: "edges", type: "line", source: "edges", paint: { "line-color": "#1f5a96", "line-width": 2 } },
        { id: "middles", type: "circle", source: "middles", minzoom: 9, paint: { "circle-radius": 4, "circle-color": "#ffffff", "circle-stroke-color": "#1f5a96", "circle-stroke-width": 1 } },
        { id: "corners", type: "circle", source: "corners", paint: { "circle-radius": 5, "circle-color": "#1f5a96", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 } },
        { id: "chosen", type: "circle", source: "chosen", paint: { "circle-radius": 9, "circle-color": "#f08c00", "circle-opacity": 0.6, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  await new Promise((resolve) => map.once("load", resolve));

  draw = () => Object.entries(documents()).forEach(([name, data]) => map.getSource(name).setData(data));
  look = (at) => map.getBounds().contains(at) || map.panTo(at);
  draw();

  let held = -1;
  let isGripped = false; // since the pointer went down
  let isCrowded = false; // more corners than one lay under the finger that went down
  const under = ({ point: { x, y } }, reach, layer) => map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: [layer] });
  /* What lies under a pointer, the nearest corner first: taken hold of, so that the map stays where it is. */
  const grip = (event, reach) => {
    const away = ({ geometry }) => event.point.dist(map.project(geometry.coordinates));
    const [hit] = ["corners", "middles"].flatMap((layer) => under(event, reach, layer).sort((one, other) => away(one) - away(other)));
    isGripped = Boolean(hit);
    if (!hit) return;
    event.preventDefault();
    const { n } = hit.properties;
    held = hit.layer.id === "middles" ? n + 1 : n;
    if (hit.layer.id === "middles") addAfter(n, [event.lngLat.lng, event.lngLat.lat]);
    else choose(n);
  };
  const drag = ({ lngLat }) => held >= 0 && move(held, [lngLat.lng, lngLat.lat]);
  const release = () => (held = -1);
  map.on("mousedown", (event) => isCrowded || grip(event, 0)); // after a tap browsers tell of a mouse too
  map.on("dragend", () => (isCrowded = false));
  map.on("touchstart", (event) => {
    isCrowded = event.points.length === 1 && new Set(under(event, FINGER_PX, "corners").map(({ properties }) => properties.n)).size > 1;
    if (isCrowded) says.textContent = place.dataset.textCrowded;
    if (isCrowded || event.points.length > 1) release();
    else grip(event, FINGER_PX);
  });
  for (const kind of ["mousemove", "touchmove"]) map.on(kind, drag);
  for (const kind of ["mouseup", "touchend", "touchcancel"]) map.on(kind, release);
  map.on("dblclick", "corners", ({ features: [{ properties }] }) => remove(properties.n));
  const isDrawing = !rings.length; // an empty map is drawn corner by corner
  map.on("click", ({ lngLat }) => {
    if (isCrowded) {
      isCrowded = false;
      map.easeTo({ center: lngLat, zoom: map.getZoom() + CLOSER });
      return;
    }
    if (!isDrawing || isGripped) return;
    chosen = corners().length;
    write(appended(lines.value, [lngLat.lng, lngLat.lat]));
  });
  for (const layer of ["corners", "middles"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "move"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  place.dataset.drawn = "map";
}

start().catch((error) => {
  console.error(error);
  place.querySelector(".map-note").textContent = place.dataset.textFailed;
  place.dataset.drawn = "failed";
});
