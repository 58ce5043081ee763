/* The same map without WebGL (old desktops, remote sessions): ECharts' own two-dimensional canvas. */

const SYMBOLS = { red: "triangle", orange: "diamond", yellow: "circle", blue: "rect", offline: "emptyrect", none: "circle" };
const SIZES = { red: 16, orange: 15, yellow: 12, blue: 8, offline: 8, none: 4 };

export function draw(element, territories, sites, look, colours) {
  const { echarts } = window;
  echarts.registerMap("county", territories);
  const chart = echarts.init(element, null, { locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
  chart.setOption({
    aria: { enabled: true },
    tooltip: { formatter: ({ name }) => echarts.format.encodeHTML(name) },
    geo: {
      map: "county",
      roam: true,
      label: { show: true, color: look.label, fontSize: 11 },
      itemStyle: { areaColor: look.land, borderColor: look.edge },
      emphasis: { itemStyle: { areaColor: look.blue }, label: { color: look.label } },
      regions: territories.features.map(({ properties }) => ({ name: properties.name, itemStyle: { areaColor: look[properties.colour] ?? look.land } })),
    },
    series: [
      {
        type: "scatter",
        coordinateSystem: "geo",
        data: sites.features.map(({ geometry, properties }) => ({
          name: `${properties.name} ${properties.word}`,
          value: geometry.coordinates,
          symbol: SYMBOLS[properties.colour],
          symbolSize: SIZES[properties.colour],
          itemStyle: { color: colours[properties.colour], borderColor: "#ffffff", opacity: 1 },
          url: properties.url,
        })),
      },
    ],
  });
  chart.on("click", "series", ({ data }) => location.assign(data.url));
  addEventListener("resize", () => chart.resize());
}
