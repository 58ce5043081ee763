/* The county on one map: townships tinted by their gravest colour, enterprises as shapes that say the colour too.

   No tiles, no glyph server: the browser draws labels in its own fonts. Where there is no WebGL the same two
   GeoJSON documents are drawn by map-flat.js. */

const REFRESH_MS = 30_000;
const COLOURS = { red: "#b91c1c", orange: "#f08c00", yellow: "#ffe066", blue: "#1c6dd0", offline: "#8a94a0", none: "#8a94a0" };
const LIGHT = { text: 12, scale: 1, page: "#ffffff", land: "#f4f7fa", line: "#ffffff", edge: "#c9d3dd", label: "#5f6b78", halo: "#ffffff", red: "#fbe9e9", orange: "#fdf1dd", yellow: "#fff8d9", blue: "#e6f0fb" };
const DARK = { text: 16, scale: 1.3, page: "#132130", land: "#1a2b3d", line: "#0d1722", edge: "#35506c", label: "#b9c6d3", halo: "#0d1722", red: "#4a1a1e", orange: "#4a3312", yellow: "#46401a", blue: "#1b3048" };
const RATIO = 2;
const BOX = 22;

const place = document.querySelector("[data-map]");
const canvas = place?.querySelector(".map-canvas");

export function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
}

export async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function hasWebGL() {
  const probe = document.createElement("canvas");
  return Boolean(probe.getContext("webgl2") || probe.getContext("webgl"));
}

/* ▲ ◆ ● ■ □ as the legend has them; blue and offline small, because nobody has to act on them. */
function shape(colour, dark) {
  const side = BOX * RATIO;
  const drawing = document.createElement("canvas");
  drawing.width = drawing.height = side;
  const pen = drawing.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.lineWidth = 1.2;
  pen.fillStyle = COLOURS[colour];
  pen.strokeStyle = colour === "yellow" ? "#8a7400" : "#ffffff";
  pen.beginPath();
  const middle = BOX / 2;
  if (colour === "red") {
    pen.moveTo(middle, 3);
    pen.lineTo(BOX - 3, BOX - 4);
    pen.lineTo(3, BOX - 4);
  } else if (colour === "orange") {
    pen.moveTo(middle, 3);
    pen.lineTo(BOX - 3, middle);
    pen.lineTo(middle, BOX - 3);
    pen.lineTo(3, middle);
  } else if (colour === "yellow") {
    pen.arc(middle, middle, 6.5, 0, 2 * Math.PI);
  } else if (colour === "none") {
    pen.arc(middle, middle, 2, 0, 2 * Math.PI);
  } else {
    const reach = colour === "blue" ? 3.6 : 4;
    pen.rect(middle - reach, middle - reach, 2 * reach, 2 * reach);
  }
  pen.closePath();
  if (colour === "offline") {
    pen.fillStyle = dark ? DARK.page : LIGHT.page;
    pen.strokeStyle = COLOURS.offline;
  }
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, side, side);
}

export function bounds(territories, sites) {
  let [west, south, east, north] = [180, 90, -180, -90];
  const grow = (point) => {
    if (typeof point[0] !== "number") return point.forEach(grow);
    [west, south, east, north] = [Math.min(west, point[0]), Math.min(south, point[1]), Math.max(east, point[0]), Math.max(north, point[1])];
  };
  for (const { geometry } of [...territories.features, ...sites.features]) grow(geometry.coordinates);
  return [[west, south], [east, north]];
}

/* Where a township's name stands: the centre of its outer ring. One point each, because the library would
   otherwise repeat the name in every tile the area touches. */
function names(territories) {
  const centred = territories.features.map(({ geometry, properties }) => {
    const ring = geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates[0][0];
    let [area, x, y] = [0, 0, 0];
    for (let n = 0; n + 1 < ring.length; n += 1) {
      const cross = ring[n][0] * ring[n + 1][1] - ring[n + 1][0] * ring[n][1];
      area += cross;
      x += (ring[n][0] + ring[n + 1][0]) * cross;
      y += (ring[n][1] + ring[n + 1][1]) * cross;
    }
    return { type: "Feature", properties, geometry: { type: "Point", coordinates: [x / (3 * area), y / (3 * area)] } };
  });
  return { type: "FeatureCollection", features: centred };
}

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
export function summary(properties) {
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
