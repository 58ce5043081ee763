/* What every map of ours needs: colours and shapes, reading GeoJSON, where things lie, whether WebGL is there. */

export const COLOURS = { red: "#b91c1c", orange: "#f08c00", yellow: "#ffe066", blue: "#1c6dd0", offline: "#8a94a0", none: "#8a94a0" };
export const LIGHT = { text: 12, scale: 1, page: "#ffffff", land: "#f4f7fa", line: "#ffffff", edge: "#c9d3dd", label: "#5f6b78", halo: "#ffffff", red: "#fbe9e9", orange: "#fdf1dd", yellow: "#fff8d9", blue: "#e6f0fb" };
export const DARK = { text: 16, scale: 1.3, page: "#132130", land: "#1a2b3d", line: "#0d1722", edge: "#35506c", label: "#b9c6d3", halo: "#0d1722", red: "#4a1a1e", orange: "#4a3312", yellow: "#46401a", blue: "#1b3048" };
export const RATIO = 2;
const BOX = 22;

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

export function hasWebGL() {
  const probe = document.createElement("canvas");
  return Boolean(probe.getContext("webgl2") || probe.getContext("webgl"));
}

/* ▲ ◆ ● ■ □ as the legend has them; blue and offline small, because nobody has to act on them. */
export function shape(colour, dark) {
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
    pen.arc(middle, middle, 3.2, 0, 2 * Math.PI);
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
export function names(territories) {
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
