/* What a click on the map says; built from text, never from markup. */

const place = document.querySelector("[data-map-page]");
const words = place?.dataset ?? {};
const MOST = 8;

function link(address, text, near) {
  const door = document.createElement("a");
  door.href = address;
  door.textContent = text;
  if (near) door.dataset.near = "";
  return door;
}

function line(layer, { id, properties, geometry }) {
  const row = document.createElement("div");
  row.className = "map-hit";
  const [longitude, latitude] = geometry.coordinates;
  const centre = ["enterprise", "site"].includes(layer.page) ? `${layer.page}=${id}` : `longitude=${longitude}&latitude=${latitude}`;
  const facts = document.createElement("span");
  facts.textContent = [properties.w, layer.label, layer.marks[properties.c]?.word].filter(Boolean).join(" · ");
  row.append(link(layer.address.replace("/0/", `/${id}/`), properties.n), facts, link(`${words.nearby}?${centre}`, words.textNear, true));
  return row;
}

/* Several things may lie on one point: all are told, the first few by name. */
export function things(hits) {
  const box = document.createElement("div");
  box.className = "map-popup";
  box.append(...hits.slice(0, MOST).map(([layer, feature]) => line(layer, feature)));
  if (hits.length > MOST) {
    const rest = document.createElement("span");
    rest.textContent = words.textMore.replace("{n}", hits.length - MOST);
    box.append(rest);
  }
  return box;
}

const list = (counts) => (typeof counts === "string" ? JSON.parse(counts) : counts);

/* A bare spot: its township (if any) with the numbers of each colour, and the way to what lies around. */
export function spot([longitude, latitude], township) {
  const box = document.createElement("div");
  box.className = "map-popup";
  const head = document.createElement("b");
  head.textContent = township ? township.name : words.textHere;
  box.append(head);
  if (township) {
    const grades = words.textGrades.split(" ");
    for (const [label, counts] of [[words.textEnterprises, list(township.enterprises)], [words.textPoints, list(township.points)]]) {
      const row = document.createElement("div");
      row.textContent = `${label} ${grades.map((grade, place) => `${grade} ${counts[place]}`).join("　")}`;
      box.append(row);
    }
  }
  box.append(link(`${words.nearby}?longitude=${longitude.toFixed(5)}&latitude=${latitude.toFixed(5)}`, words.textNear, true));
  return box;
}
