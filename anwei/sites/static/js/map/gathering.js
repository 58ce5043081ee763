/* Many points drawn as few: those in one cell of a grid become one point with their number.

   The map library can do the same, but takes every point to its own thread and back into objects there: of the
   two seconds until 74,377 points are drawn that was the half (docs/performance.md). A cell is counted here, on
   plain numbers, and only what is drawn is handed over. */

const CELL_PX = 64; // at a whole zoom, on tiles of 512 px
const ALONE_ZOOM = 14; // from here each point stands for itself
const MARGIN = 0.5; // of the view, on each side, so that one may pan before the cells are counted again

const northing = (latitude) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360)) / (2 * Math.PI);

/* The features with their places as numbers: shares of the world, eastward and southward (Mercator). */
export function prepared(features) {
  const [x, y] = [new Float64Array(features.length), new Float64Array(features.length)];
  features.forEach(({ geometry: { coordinates: [longitude, latitude] } }, n) => {
    x[n] = longitude / 360 + 0.5;
    y[n] = northing(latitude);
  });
  return { features, x, y };
}

/* What to draw of them within a view (west, south, east, north in degrees) at a zoom. */
export function gathered({ features, x, y }, [west, south, east, north], zoom) {
  const [left, right, top, bottom] = [west / 360 + 0.5, east / 360 + 0.5, northing(north), northing(south)];
  const [wide, high] = [(right - left) * MARGIN, (bottom - top) * MARGIN];
  const cells = 2 ** Math.floor(zoom) * (512 / CELL_PX);
  const alone = zoom >= ALONE_ZOOM;
  const drawn = [];
  const found = new Map(); // of each cell how many points, the sums of their degrees, and one of them
  for (let n = 0; n < x.length; n += 1) {
    if (x[n] < left - wide || x[n] > right + wide || y[n] < top - high || y[n] > bottom + high) continue;
    if (alone) {
      drawn.push(features[n]);
      continue;
    }
    const key = Math.floor(x[n] * cells) * cells + Math.floor(y[n] * cells);
    const [longitude, latitude] = features[n].geometry.coordinates;
    const cell = found.get(key);
    if (cell) {
      cell.n += 1;
      cell.x += longitude;
      cell.y += latitude;
    } else found.set(key, { n: 1, x: longitude, y: latitude, one: features[n] });
  }
  for (const { n, x: longitudes, y: latitudes, one } of found.values()) {
    drawn.push(n === 1 ? one : { type: "Feature", properties: { point_count: n }, geometry: { type: "Point", coordinates: [longitudes / n, latitudes / n] } });
  }
  return { type: "FeatureCollection", features: drawn };
}
