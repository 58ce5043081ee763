/* One tag's history: limits as lines, alarms as bands, live point at the end, zoom down to raw samples. */

const HOUR = 3_600_000;
const RETRY_MS = 5_000;
const SETTLE_MS = 250;
const COLOURS = { red: "#b91c1c", orange: "#f08c00", yellow: "#c9a400", blue: "#1c6dd0" };
const BANDS = { red: "rgba(185,28,28,.12)", orange: "rgba(240,140,0,.14)", yellow: "rgba(255,224,102,.3)", blue: "rgba(28,109,208,.1)" };

const place = document.getElementById("chart");
const { url, number, unit, empty, retry } = place.dataset;
const decimals = Number(place.dataset.decimals);
const limits = JSON.parse(document.getElementById("limits").textContent);
const resolution = document.querySelector("[data-resolution]");
const chart = window.echarts.init(place, null, { locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
let span = 24 * HOUR;
let range = null; // [from, to] while zoomed, null while the chart follows the present
let points = [];
let zooming = 0;

const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const markup = window.echarts.format.encodeHTML; // the tooltip is HTML, a unit is what somebody typed
const spell = (value) => (value === null || value === undefined ? "—" : value.toFixed(decimals));

/* The axis speaks the county's time whatever the computer's: the day at midnight, else the hour. */
function label(at) {
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const time = `${part.hour}:${part.minute}`;
  return time === "00:00" ? `${part.month}-${part.day}` : range && range[1] - range[0] < 600_000 ? `${time}:${part.second}` : time;
}

chart.setOption({
  animation: false,
  aria: { enabled: true },
  grid: { left: 56, right: 96, top: 24, bottom: 64 },
  tooltip: { trigger: "axis", formatter: ([point]) => `${clock.format(point.value[0])}<br><b>${spell(point.value[1])}</b> ${markup(unit)}` },
  xAxis: { type: "time", axisLabel: { hideOverlap: true, color: "#5f6b78", formatter: label } },
  yAxis: { type: "value", name: unit, scale: true, axisLabel: { color: "#5f6b78", showMinLabel: false, showMaxLabel: false }, splitLine: { lineStyle: { color: "#eef1f4" } } },
  dataZoom: [{ type: "inside", filterMode: "none" }, { type: "slider", filterMode: "none", height: 20, bottom: 12 }],
  series: [{
    type: "line", showSymbol: false, connectNulls: false, lineStyle: { width: 1.4, color: "#12355b" }, itemStyle: { color: "#12355b" },
    markLine: {
      symbol: "none", silent: true,
      data: limits.map(({ kind, limit, severity }) => ({ yAxis: limit, lineStyle: { color: COLOURS[severity], type: "dashed" }, label: { formatter: `${kind} ${spell(limit)}`, color: "#465364" } })),
    },
  }],
});

/* The axis must reach the limits, or a reader cannot see how far a value is from them. */
function axis(values) {
  const all = [...values.filter((value) => value !== null), ...limits.map(({ limit }) => limit)];
  if (!all.length) return {};
  const low = Math.min(...all), high = Math.max(...all), margin = (high - low || 1) * 0.08;
  return { min: low - margin, max: high + margin };
}

function bands(alarms, end) {
  return alarms.map(({ from, to, severity, kind }) => [
    { xAxis: from, name: kind, itemStyle: { color: BANDS[severity] }, label: { show: false } }, { xAxis: to ?? end },
  ]);
}

function draw(history, [from, to]) {
  points = history.ts.map((at, n) => [at, history.value[n]]);
  resolution.textContent = points.length ? (history.raw ? resolution.dataset.raw : resolution.dataset.sampled) : empty;
  chart.setOption({
    xAxis: { min: from, max: to },
    yAxis: axis(history.value),
    series: [{ data: points, showSymbol: history.raw && points.length < 200, markArea: { silent: true, data: bands(history.alarms, to) } }],
  });
  for (const figure of document.querySelectorAll("[data-statistic]")) {
    const value = history.statistics[figure.dataset.statistic];
    figure.textContent = figure.dataset.statistic === "count" ? value.toLocaleString() : spell(value);
  }
}

async function load() {
  const now = Date.now();
  const [from, to] = range ?? [now - span, now];
  const answer = await fetch(`${url}?from=${Math.round(from)}&to=${Math.round(to)}&points=2000`).catch(() => null);
  if (!answer?.ok) {
    resolution.textContent = retry;
    setTimeout(load, RETRY_MS);
    return;
  }
  draw(await answer.json(), [from, to]);
}

chart.on("datazoom", () => {
  clearTimeout(zooming);
  zooming = setTimeout(() => {
    const { startValue, endValue } = chart.getOption().dataZoom[0];
    if (endValue - startValue < 1000) return;
    range = [startValue, endValue];
    chart.dispatchAction({ type: "dataZoom", start: 0, end: 100 });
    clearTimeout(zooming);
    load();
  }, SETTLE_MS);
});

for (const button of document.querySelectorAll("[data-span]")) {
  button.addEventListener("click", () => {
    span = Number(button.dataset.span);
    range = null;
    for (const other of document.querySelectorAll("[data-span]")) other.setAttribute("aria-pressed", String(other === button));
    load();
  });
}

document.body.addEventListener("live:samples", ({ detail }) => {
  const sample = detail[number];
  if (!sample || range !== null || span > HOUR || sample[0] <= (points.at(-1)?.[0] ?? 0)) return;
  points.push([sample[0], sample[1]]);
  chart.setOption({ xAxis: { min: sample[0] - span, max: sample[0] }, series: [{ data: points }] });
});

window.addEventListener("resize", () => chart.resize());
load();
