/* The county on one map: townships tinted by their gravest colour, enterprises as shapes that say the colour too.

   No tiles, no glyph server: the browser draws labels in its own fonts. Where there is no WebGL the same two
   GeoJSON documents are drawn by map-flat.js. */

import { COLOURS, DARK, LIGHT, RATIO, bounds, fetched, hasWebGL, load, names, shape } from "./map/base.js";

const REFRESH_MS = 30_000;
const place = document.querySelector("[data-map]");
const canvas = place?.querySelector(".map-canvas");

function style(territories, sites, look) {
  const tint = ["match", ["get", "colour"], "red", look.red, "orange", look.orange, "yellow", look.yellow, "blue", look.blue, look.land];
  const rank = ["match", ["get", "colour"], "red", 5, "orange", 4, "yellow", 3, "offline", 2, 1];
  return {
    version: 8,
    sources: { territories: { type: "geojson", data: territories }, names: { type: "geojson", data: names(territories) }, sites: { type: "geojson", data: sites } },
    layers: [
      { id: "page", type: "background", paint: { "background-color": look.page } },
      { id: "land", type: "fill", source: "territories", paint: { "fill-color": tint } },
      { id: "border", type: "line", source: "territories", paint: { "line-color": look.line, "line-width": 1.6 } },
      { id: "names", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-size": look.text, "text-allow-overlap": true }, paint: { "text-color": look.label, "text-halo-color": look.halo, "text-halo-width": 1.5 } },
      { id: "alarm-ring", type: "circle", source: "sites", filter: ["==", ["get", "colour"], "red"], paint: { "circle-radius": 15, "circle-color": COLOURS.red, "circle-opacity": 0.18, "circle-stroke-color": COLOURS.red, "circle-stroke-width": 1, "circle-stroke-opacity": 0.35 } },
      { id: "sites", type: "symbol", source: "sites", layout: { "icon-image": ["get", "colour"], "icon-allow-overlap": true, "icon-size": look.scale, "symbol-sort-key": rank } },
    ],
  };
}

/* What a click on an enterprise says; built from text, never from markup. */
function summary(properties) {
  const box = document.createElement("div");
  box.className = "map-popup";
  const name = document.createElement("b");
  name.textContent = properties.name;
  const facts = document.createElement("div");
  facts.textContent = `${properties.sector} · ${properties.word}${properties.n_alarms ? ` · ${place.dataset.textAlarms} ${properties.n_alarms}` : ""}`;
  const door = document.createElement("a");
  door.href = properties.url;
  door.textContent = place.dataset.textDoor;
  box.append(name, facts, door);
  return box;
}

/* What the map library itself says, in the page's language. */
function words() {
  const { textZoomIn, textZoomOut, textClose, textTitle, textFingers } = place.dataset;
  return { "NavigationControl.ZoomIn": textZoomIn, "NavigationControl.ZoomOut": textZoomOut, "Popup.Close": textClose, "Map.Title": textTitle, "CooperativeGesturesHandler.MobileHelpText": textFingers };
}

function say(sentence) {
  place.querySelector(".map-note").textContent = sentence;
}

async function draw() {
  const [territories, sites] = await Promise.all([fetched(place.dataset.territories), fetched(place.dataset.sites)]);
  if (!sites.features.length) say(place.dataset.textEmpty);
  if (!territories.features.length && !sites.features.length) return;
  if (!hasWebGL()) {
    await load(place.dataset.fallback);
    const flat = await import(place.dataset.flat);
    flat.draw(canvas, territories, sites, place.dataset.dark ? DARK : LIGHT, COLOURS);
    place.dataset.drawn = "flat";
    return;
  }
  await load(place.dataset.library);
  const { maplibregl } = window;
  const dark = Boolean(place.dataset.dark);
  const box = bounds(territories, sites);
  const padding = { top: 12, right: 16, bottom: 12, left: 16 };
  maplibregl.setWorkerUrl(place.dataset.worker);
  const map = new maplibregl.Map({ container: canvas, style: style(territories, sites, dark ? DARK : LIGHT), bounds: box, fitBoundsOptions: { padding }, attributionControl: false, locale: words(), cooperativeGestures: matchMedia("(pointer: coarse)").matches, dragRotate: false, pitchWithRotate: false, fadeDuration: 0 });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => (place.dataset.drawn = "map"));
  map.on("styleimagemissing", ({ id }) => id in COLOURS && !map.hasImage(id) && map.addImage(id, shape(id, dark), { pixelRatio: RATIO }));
  map.on("mouseenter", "sites", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "sites", () => (map.getCanvas().style.cursor = ""));
  const open = (at, properties) => new maplibregl.Popup({ closeButton: true, offset: 10, maxWidth: "260px" }).setLngLat(at).setDOMContent(summary(properties)).addTo(map);
  map.on("click", "sites", ({ features }) => open(features[0].geometry.coordinates, features[0].properties));

  let latest = sites;
  const refresh = async () => {
    [latest] = await Promise.all([fetched(place.dataset.sites)]);
    map.getSource("sites").setData(latest);
    map.getSource("territories").setData(await fetched(place.dataset.territories));
  };
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => {}), 500); // an unanswered refresh is repeated by the next
  };
  document.body.addEventListener("live:alarms", soon);
  document.body.addEventListener("live:found", soon);
  setInterval(soon, REFRESH_MS);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-locate]");
    const site = button && latest.features.find(({ properties }) => String(properties.id) === button.dataset.locate);
    if (!site) return;
    map.flyTo({ center: site.geometry.coordinates, zoom: map.getZoom() < 11 ? 11 : map.getZoom(), duration: 900 });
    open(site.geometry.coordinates, site.properties).once("close", () => map.fitBounds(box, { padding, duration: 600 }));
  });
}

if (place) {
  draw().catch((error) => {
    console.error(error);
    say(place.dataset.textFailed);
    place.dataset.drawn = "failed";
  });
}
