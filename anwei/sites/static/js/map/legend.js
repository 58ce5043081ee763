/* The legend: which layers and categories are switched on, and what each category is drawn as. */

const fields = [...document.querySelectorAll("[data-layer]")];

export const layers = fields.map((field) => ({
  code: field.dataset.layer,
  label: field.dataset.label,
  source: field.dataset.source,
  address: field.dataset.address,
  page: field.dataset.page,
  field,
  marks: Object.fromEntries([...field.querySelectorAll("[data-category]")].map(({ dataset }) => [dataset.category, { mark: dataset.mark, urgent: Boolean(dataset.urgent), word: dataset.word }])),
}));

export const isOn = ({ field }) => field.querySelector("[data-switch]").checked;
const chosen = ({ field }) => new Set([...field.querySelectorAll("[data-category]")].filter((box) => box.checked).map((box) => box.dataset.category));

/* The features of a layer whose category is switched on. */
export function drawn(layer, { features }) {
  const categories = chosen(layer);
  return { type: "FeatureCollection", features: categories.size === Object.keys(layer.marks).length ? features : features.filter(({ properties }) => categories.has(properties.c)) };
}

/* Call `follow` with the layer whenever one of its boxes changes. */
export function onSwitch(follow) {
  for (const layer of layers) {
    layer.field.addEventListener("change", () => {
      layer.field.classList.toggle("on", isOn(layer));
      follow(layer);
    });
  }
}

/* By what the townships are shaded: "enterprises", "points" or "". */
export const shading = () => document.querySelector("[name=shading]:checked")?.value ?? "";
export function onShading(follow) {
  for (const button of document.querySelectorAll("[name=shading]")) button.addEventListener("change", () => follow(shading()));
}
const GRADES = ["red", "orange", "yellow", "blue"];
export function gravest(counts) {
  const parsed = typeof counts === "string" ? JSON.parse(counts) : counts; // MapLibre hands lists out as text
  return GRADES.find((_grade, place) => parsed[place]) ?? "none";
}
