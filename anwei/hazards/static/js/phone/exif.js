/* When and where a camera took a JPEG, as it says itself; and its notes carried over to a smaller copy. */

const TAGS = { 0x0112: "orientation", 0x8769: "exif", 0x8825: "gps", 0x9003: "taken", 0x9011: "offset" };
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8];

/* The segment APP1 with EXIF of a JPEG: [start, end] of it with its marker, or null. */
function segmentOf(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint16(at);
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return end <= view.byteLength ? [at, end] : null;
    if (marker === 0xffda) return null;
    at = end;
  }
  return null;
}

function read(view, segment) {
  const base = segment[0] + 10;
  const little = view.getUint16(base) === 0x4949;
  const u16 = (at) => view.getUint16(at, little);
  const u32 = (at) => view.getUint32(at, little);
  const found = {};
  const entries = (offset, take) => {
    const start = base + offset;
    for (let n = 0; n < u16(start); n += 1) {
      const at = start + 2 + n * 12;
      const bytes = SIZES[u16(at + 2)] * u32(at + 4);
      take(u16(at), bytes > 4 ? base + u32(at + 8) : at + 8, u32(at + 4));
    }
  };
  const text = (at, length) => String.fromCharCode(...new Uint8Array(view.buffer, at, Math.max(0, length - 1)));
  const degrees = (at) => [0, 1, 2].reduce((sum, n) => sum + u32(at + n * 8) / (u32(at + n * 8 + 4) || 1) / 60 ** n, 0);
  const take = (tag, at, length) => {
    const name = TAGS[tag];
    if (name === "orientation") found.orientation = { at, little };
    else if (name === "taken" || name === "offset") found[name] = text(at, length);
    else if (name === "exif") entries(u32(at), take);
    else if (name === "gps") {
      const place = {};
      entries(u32(at), (one, where, count) => {
        if (one === 1 || one === 3) place[one] = text(where, count);
        if (one === 2 || one === 4) place[one] = degrees(where);
      });
      if (place[2] !== undefined && place[4] !== undefined) {
        found.latitude = place[1] === "S" ? -place[2] : place[2];
        found.longitude = place[3] === "W" ? -place[4] : place[4];
      }
    }
  };
  entries(u32(base + 4), take);
  return found;
}

/* What the camera says: {taken_at, latitude, longitude}, each absent where it does not. */
export function told(buffer) {
  const view = new DataView(buffer);
  try {
    const segment = segmentOf(view);
    if (!segment) return {};
    const { taken = "", offset = "+08:00", latitude, longitude } = read(view, segment);
    const digits = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(taken);
    const at = digits && new Date(`${digits[1]}-${digits[2]}-${digits[3]}T${digits[4]}${offset.trim() || "+08:00"}`);
    return {
      ...(at && !Number.isNaN(at.getTime()) ? { taken_at: at.toISOString() } : {}),
      ...(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : {}),
    };
  } catch {
    return {}; // notes that end in the middle
  }
}

/* A smaller copy with the notes of the original; it is upright by itself, so they must not turn it again. */
export function carried(original, copy) {
  try {
    const view = new DataView(original.slice(0));
    const segment = segmentOf(view);
    if (!segment) return [copy];
    const { orientation } = read(view, segment);
    if (orientation) view.setUint16(orientation.at, 1, orientation.little);
    return [copy.slice(0, 2), view.buffer.slice(...segment), copy.slice(2)];
  } catch {
    return [copy];
  }
}
