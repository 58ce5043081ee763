/* The map page drawn by MapLibre. Where it cannot be, flat.js does the same. */

import { LIGHT, RATIO, bounds, load, names } from "./base.js";
import { boxOf, circle } from "./circle.js";
import { gathered, prepared } from "./gathering.js";
import { gravest, layers as inOrder } from "./legend.js";
import { image } from "./marks.js";
import { spot, things } from "./popup.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const MARGIN = 24;
const MANY = 1_000; // points from which near ones are drawn as one
const CLOSER = 2; // zooms that a click on such a one goes nearer
const NEAR_PX = 6;
const RANK = ["match", ["get", "c"], "overdue", 6, "red", 5, "orange", 4, "yellow", 3, "open", 2, 1];
const tints = (shade) => ["match", ["get", shade], "red", LIGHT.red, "orange", LIGHT.orange, "yellow", LIGHT.yellow, "blue", LIGHT.blue, LIGHT.land];

export function style(territories) {
  return {
    version: 8,
    sources: { townships: { type: "geojson", data: territories }, names: { type: "geojson", data: names(territories) }, around: { type: "geojson", data: NOTHING } },
    layers: [
      { id: "page", type: "background", paint: { "background-color": LIGHT.page } },
      { id: "land", type: "fill", source: "townships", paint: { "fill-color": LIGHT.land } },
      { id: "border", type: "line", source: "townships", paint: { "line-color": LIGHT.edge, "line-width": 1.2 } },
      { id: "around", type: "fill", source: "around", paint: { "fill-color": "#1f5a96", "fill-opacity": 0.1 } },
      { id: "around-edge", type: "line", source: "around", paint: { "line-color": "#1f5a96", "line-width": 1.5, "line-dasharray": [3, 2] } },
      { id: "names", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": LIGHT.label, "text-halo-color": "#ffffff", "text-halo-width": 1.5 } },
    ],
  };
}

/* What the map library itself says, in the page's language. */
export function words({ textZoomIn, textZoomOut, textClose, textTitle, textFingers }) {
  return { "NavigationControl.ZoomIn": textZoomIn, "NavigationControl.ZoomOut": textZoomOut, "Popup.Close": textClose, "Map.Title": textTitle, "CooperativeGesturesHandler.MobileHelpText": textFingers };
}

export async function open(place, territories, fallbackBox) {
  await load(place.dataset.library);
  const { maplibregl } = window;
  maplibregl.setWorkerUrl(place.dataset.worker);
  const box = territories.features.length ? bounds(territories, NOTHING) : fallbackBox;
  const legend = place.nextElementSibling; // lies on the map where there is room beside it
  const covered = getComputedStyle(legend).position === "absolute" ? legend.offsetWidth : 0;
  const padding = { top: MARGIN, right: MARGIN + covered, bottom: MARGIN, left: MARGIN };
  const map = new maplibregl.Map({ container: place.querySelector(".map-canvas"), style: style(territories), bounds: box, fitBoundsOptions: { padding }, attributionControl: false, locale: words(place.dataset), cooperativeGestures: matchMedia("(pointer: coarse)").matches, dragRotate: false, pitchWithRotate: false, fadeDuration: 0 });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-right");
  await new Promise((resolve) => map.once("load", resolve));

  const shown = new Map(); // code -> layer
  const crowds = new Map(); // code -> its points, where they are many
  const inView = (crowd) => gathered(crowd, map.getBounds().toArray().flat(), map.getZoom());
  map.on("moveend", () => crowds.forEach((crowd, code) => map.getSource(code)?.setData(inView(crowd))));
  let bubble = null;
  const say = (at, content) => {
    bubble?.remove();
    bubble = new maplibregl.Popup({ offset: 10, maxWidth: "300px" }).setLngLat(at).setDOMContent(content).addTo(map);
  };

  map.on("click", ({ point, lngLat }) => {
    const around = [[point.x - NEAR_PX, point.y - NEAR_PX], [point.x + NEAR_PX, point.y + NEAR_PX]];
    const layers = [...shown.keys()].flatMap((code) => [`${code}-many`, code]).filter((id) => map.getLayer(id));
    const hits = layers.length ? map.queryRenderedFeatures(around, { layers }) : [];
    const many = hits.find(({ properties }) => properties.point_count);
    if (many) {
      map.easeTo({ center: many.geometry.coordinates, zoom: map.getZoom() + CLOSER });
      return;
    }
    if (hits.length) {
      say(hits[0].geometry.coordinates, things(hits.map((feature) => [shown.get(feature.layer.id), feature])));
      return;
    }
    const [township] = map.queryRenderedFeatures(point, { layers: ["land"] });
    say(lngLat, spot([lngLat.lng, lngLat.lat], township?.properties));
  });

  return {
    idle: (follow) => map.once("idle", follow).triggerRepaint(),
    setLayer(layer, document) {
      if (document.features.length >= MANY) crowds.set(layer.code, prepared(document.features));
      else crowds.delete(layer.code);
      const data = crowds.has(layer.code) ? inView(crowds.get(layer.code)) : document;
      if (shown.has(layer.code)) {
        map.getSource(layer.code).setData(data);
        return;
      }
      shown.set(layer.code, layer);
      map.addSource(layer.code, { type: "geojson", data, maxzoom: 16 });
      for (const [code, mark] of Object.entries(layer.marks)) {
        const name = `${layer.code}:${code}`;
        if (!map.hasImage(name)) map.addImage(name, image(mark), { pixelRatio: RATIO });
      }
      const above = inOrder.slice(0, inOrder.indexOf(layer)).reverse().find(({ code }) => shown.has(code))?.code; // as the legend has them
      map.addLayer({ id: layer.code, type: "symbol", source: layer.code, filter: ["!", ["has", "point_count"]], layout: { "icon-image": ["concat", `${layer.code}:`, ["get", "c"]], "icon-allow-overlap": true, "symbol-sort-key": RANK } }, above);
      map.addLayer({ id: `${layer.code}-many`, type: "circle", source: layer.code, filter: ["has", "point_count"], paint: { "circle-color": "#12355b", "circle-opacity": 0.85, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5, "circle-radius": ["step", ["get", "point_count"], 12, 50, 15, 500, 19, 5000, 24] } }, above);
      map.addLayer({ id: `${layer.code}-count`, type: "symbol", source: layer.code, filter: ["has", "point_count"], layout: { "text-field": ["to-string", ["get", "point_count"]], "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": "#ffffff" } }, above);
    },
    removeLayer({ code }) {
      for (const id of [`${code}-count`, `${code}-many`, code]) if (map.getLayer(id)) map.removeLayer(id);
      if (map.getSource(code)) map.removeSource(code);
      shown.delete(code);
      crowds.delete(code);
    },
    setTownships(document, by) {
      const features = document.features.map((feature) => ({ ...feature, properties: { ...feature.properties, shade: by ? gravest(feature.properties[by]) : "" } }));
      map.getSource("townships").setData({ type: "FeatureCollection", features });
      map.setPaintProperty("land", "fill-color", tints("shade"));
    },
    around(centre, metres) {
      map.getSource("around").setData(centre ? circle(centre, metres) : NOTHING);
      if (centre) map.fitBounds(boxOf(centre, metres), { padding, duration: 600 });
    },
    fly(at, title) {
      map.flyTo({ center: at, zoom: Math.max(map.getZoom(), 13), duration: 900 });
      const name = document.createElement("b");
      name.textContent = title;
      say(at, name);
    },
    fit: (area) => map.fitBounds(area, { padding, duration: 600 }),
  };
}
