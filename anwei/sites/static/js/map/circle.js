/* A circle of metres as a polygon of degrees: flat round its centre, good to a pixel at these sizes. */

const METRES_A_DEGREE = 111_195;
const CORNERS = 96;

export function circle([longitude, latitude], metres) {
  const north = metres / METRES_A_DEGREE;
  const east = north / Math.cos((latitude * Math.PI) / 180);
  const ring = Array.from({ length: CORNERS + 1 }, (_corner, n) => {
    const angle = (2 * Math.PI * n) / CORNERS;
    return [longitude + east * Math.cos(angle), latitude + north * Math.sin(angle)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}
export const boxOf = ([longitude, latitude], metres) => {
  const north = metres / METRES_A_DEGREE;
  const east = north / Math.cos((latitude * Math.PI) / 180);
  return [[longitude - east, latitude - north], [longitude + east, latitude + north]];
};
