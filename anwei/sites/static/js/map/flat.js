/* The map page without WebGL (old desktops, remote sessions): ECharts' own two-dimensional canvas. */

import { COLOURS, LIGHT, bounds, load } from "./base.js";
import { boxOf, circle } from "./circle.js";
import { gravest } from "./legend.js";

const SYMBOLS = { red: "triangle", orange: "diamond", yellow: "circle", blue: "rect", none: "circle" };
const SIZES = { red: 16, orange: 15, yellow: 12, blue: 9, none: 5 };
const MANY = 2_000; // points from which the chart draws them in one go, without marks of their own

function series(layer, { features }) {
  return Object.entries(layer.marks).map(([code, { mark, urgent, word }]) => {
    const ours = features.filter(({ properties }) => properties.c === code);
    const coloured = mark in COLOURS;
    return {
      id: `${layer.code}:${code}`,
      type: "scatter",
      coordinateSystem: "geo",
      large: ours.length > MANY,
      symbol: coloured ? SYMBOLS[mark] : "rect",
      symbolSize: ours.length > MANY ? 4 : coloured ? SIZES[mark] : 16,
      itemStyle: { color: coloured ? COLOURS[mark] : urgent ? COLOURS.red : "#12355b", borderColor: "#ffffff", opacity: 1 },
      label: { show: !coloured && ours.length <= MANY, formatter: mark, color: "#ffffff", fontSize: 11 },
      data: ours.map(({ id, geometry, properties }) => ({ name: [properties.n, properties.w, layer.label, word].filter(Boolean).join(" · "), value: geometry.coordinates, url: layer.address.replace("/0/", `/${id}/`) })),
    };
  });
}

export async function open(place, territories, fallbackBox) {
  await load(place.dataset.fallback);
  const { echarts } = window;
  const area = territories.features.length ? territories : { type: "FeatureCollection", features: [circle(fallbackBox[0].map((low, n) => (low + fallbackBox[1][n]) / 2), 30_000)] };
  for (const feature of area.features) feature.properties.name ??= "";
  echarts.registerMap("townships", area);
  const chart = echarts.init(place.querySelector(".map-canvas"), null, { locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
  const shown = new Map();
  const draw = () => chart.setOption({ series: [...shown.values()].flat() }, { replaceMerge: ["series"] });
  chart.setOption({
    animation: false,
    aria: { enabled: true, label: { description: place.querySelector(".map-canvas").getAttribute("aria-label") } },
    tooltip: { formatter: ({ name }) => echarts.format.encodeHTML(name) },
    geo: { map: "townships", roam: true, label: { show: true, color: LIGHT.label, fontSize: 11 }, itemStyle: { areaColor: LIGHT.land, borderColor: LIGHT.edge }, emphasis: { itemStyle: { areaColor: LIGHT.blue }, label: { color: LIGHT.label } } },
    series: [],
  });
  const whole = bounds(area, { features: [] });
  const look = ([[west, south], [east, north]]) => {
    const zoom = Math.min((whole[1][0] - whole[0][0]) / (east - west), (whole[1][1] - whole[0][1]) / (north - south));
    chart.setOption({ geo: { center: [(west + east) / 2, (south + north) / 2], zoom: Math.max(1, zoom * 0.9) } });
  };
  chart.on("click", "series", ({ data }) => data.url && location.assign(data.url));
  addEventListener("resize", () => chart.resize());
  return {
    idle: (follow) => follow(),
    setLayer(layer, document) {
      shown.set(layer.code, series(layer, document));
      draw();
    },
    removeLayer({ code }) {
      shown.delete(code);
      draw();
    },
    setTownships({ features }, by) {
      chart.setOption({ geo: { regions: features.map(({ properties }) => ({ name: properties.name, itemStyle: { areaColor: LIGHT[by ? gravest(properties[by]) : ""] ?? LIGHT.land } })) } });
    },
    around(centre, metres) {
      shown.delete("around");
      if (centre) {
        const [ring] = circle(centre, metres).geometry.coordinates;
        shown.set("around", [{ id: "around", type: "lines", coordinateSystem: "geo", polyline: true, silent: true, lineStyle: { color: "#1f5a96", width: 1.5, type: "dashed" }, data: [{ coords: ring }] }]);
        look(boxOf(centre, metres));
      }
      draw();
    },
    fly: (at) => look(boxOf(at, 3_000)),
    fit: look,
  };
}
