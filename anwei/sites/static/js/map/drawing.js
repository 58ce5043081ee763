/* Drawing a township: drag a corner, drag the middle of an edge to add one, double-click a corner to remove it;
   on an empty map each click sets a corner. The lines of coordinates beside the map are what is saved. */

import { LIGHT, bounds, fetched, hasWebGL, load, names } from "./base.js";
import { words } from "./webgl.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const CHINA = [[73, 18], [135, 54]];
const place = document.querySelector("[data-drawing]");
const lines = document.querySelector("[name=lines]");
const says = document.querySelector("[data-drawing-says]");
const FEWEST = 3;

/* Rings without their repeated last corner, as the lines have them. */
function read() {
  const rings = [[]];
  for (const line of lines.value.split("\n")) {
    const pair = line.trim().split(/[\s,，]+/).map(Number);
    if (!line.trim()) rings.push([]);
    else if (pair.length === 2 && pair.every(Number.isFinite)) rings[rings.length - 1].push(pair);
  }
  return rings.filter((ring) => ring.length);
}
const written = (rings) => rings.map((ring) => ring.map(([x, y]) => `${x.toFixed(5)}, ${y.toFixed(5)}`).join("\n")).join("\n\n");
const point = (coordinates, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });

function documents(rings) {
  const corners = rings.flatMap((ring, part) => ring.map((at, n) => point(at, { part, n })));
  const middles = rings.flatMap((ring, part) => (ring.length < 2 ? [] : ring.map(([x, y], n) => {
    const [nextX, nextY] = ring[(n + 1) % ring.length];
    return point([(x + nextX) / 2, (y + nextY) / 2], { part, n });
  })));
  const edges = rings.filter((ring) => ring.length > 1).map((ring) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...ring, ring[0]] } }));
  const collection = (features) => ({ type: "FeatureCollection", features });
  return { corners: collection(corners), middles: collection(middles), edges: collection(edges) };
}

async function start() {
  const townships = await fetched(place.dataset.townships);
  const others = { type: "FeatureCollection", features: townships.features.filter(({ properties }) => properties.code !== place.dataset.code) };
  let rings = read();
  if (!hasWebGL()) throw new Error("no WebGL");
  await load(place.dataset.library);
  const { maplibregl } = window;
  maplibregl.setWorkerUrl(place.dataset.worker);
  const own = { features: rings.map((ring) => ({ geometry: { coordinates: ring } })) };
  const box = rings.length ? bounds(own, NOTHING) : others.features.length ? bounds(others, NOTHING) : CHINA;
  const source = (data) => ({ type: "geojson", data });
  const first = documents(rings);
  const map = new maplibregl.Map({
    container: place.querySelector(".map-canvas"), bounds: box, fitBoundsOptions: { padding: 32 }, attributionControl: false, locale: words(place.dataset), dragRotate: false, pitchWithRotate: false, doubleClickZoom: false, fadeDuration: 0,
    style: {
      version: 8,
      sources: { others: source(others), names: source(names(others)), edges: source(first.edges), middles: source(first.middles), corners: source(first.corners) },
      layers: [
        { id: "page", type: "background", paint: { "background-color": "#ffffff" } },
        { id: "others", type: "fill", source: "others", paint: { "fill-color": LIGHT.land } },
        { id: "others-edge", type: "line", source: "others", paint: { "line-color": LIGHT.edge, "line-width": 1 } },
        { id: "names", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-size": 12 }, paint: { "text-color": LIGHT.label } },
        { id: "edges", type: "line", source: "edges", paint: { "line-color": "#1f5a96", "line-width": 2 } },
        { id: "middles", type: "circle", source: "middles", minzoom: 9, paint: { "circle-radius": 4, "circle-color": "#ffffff", "circle-stroke-color": "#1f5a96", "circle-stroke-width": 1 } },
        { id: "corners", type: "circle", source: "corners", paint: { "circle-radius": 5, "circle-color": "#1f5a96", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 } },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  await new Promise((resolve) => map.once("load", resolve));

  const show = (write = true) => {
    for (const [name, data] of Object.entries(documents(rings))) map.getSource(name).setData(data);
    if (write) lines.value = written(rings);
    says.textContent = place.dataset.textCount.replace("{n}", rings.flat().length);
  };
  show(false);
  lines.addEventListener("input", () => {
    rings = read();
    show(false);
  });

  let held = null;
  const grip = (adds) => (event) => {
    event.preventDefault(); // the map stays where it is
    const { part, n } = event.features[0].properties;
    if (adds) rings[part].splice(n + 1, 0, [event.lngLat.lng, event.lngLat.lat]);
    held = { part, n: adds ? n + 1 : n };
  };
  map.on("mousedown", "corners", grip(false));
  map.on("mousedown", "middles", (event) => held ?? grip(true)(event));
  map.on("mousemove", ({ lngLat }) => {
    if (!held) return;
    rings[held.part][held.n] = [lngLat.lng, lngLat.lat];
    show();
  });
  map.on("mouseup", () => (held = null));
  map.on("dblclick", "corners", ({ features: [{ properties: { part, n } }] }) => {
    if (rings[part].length <= FEWEST) return;
    rings[part].splice(n, 1);
    show();
  });
  const isDrawing = !rings.length; // an empty map is drawn corner by corner
  map.on("click", ({ lngLat, point: at }) => {
    if (!isDrawing || map.queryRenderedFeatures(at, { layers: ["corners"] }).length) return;
    rings[0] ??= [];
    rings[0].push([lngLat.lng, lngLat.lat]);
    show();
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
