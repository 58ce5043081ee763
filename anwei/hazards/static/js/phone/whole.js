/* A recording whose page was gone before it ended: cut after its last whole piece, or it would be no recording. */

import { put, sha256 } from "./store.js";

const HEAD = 0x1a45dfa3; // of WebM (RFC 8794); other containers stay as they are
const PARENTS = new Set([HEAD, 0x18538067, 0x1654ae6b, 0xae]); // head, Segment, Tracks, TrackEntry

/* Return the row of a file that nobody records any more, as it may be sent, and keep it so. */
export async function ended(file) {
  const blob = await whole(file.blob);
  const row = { ...file, blob, n_bytes: blob.size, sha256: await sha256(blob), state: "kept" };
  await put("files", row);
  return row;
}

async function whole(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (number(bytes, 0, true)?.value !== HEAD) return blob;
  let end = 0;
  while (end < bytes.length) {
    const name = number(bytes, end, true);
    const size = name && number(bytes, name.end, false);
    if (!size) break;
    const next = size.isUnknown || PARENTS.has(name.value) ? size.end : size.end + size.value;
    if (next > bytes.length) break;
    end = next;
  }
  return blob.slice(0, end, blob.type);
}

/* A number of variable length and where it ends; undefined where the bytes end before it. */
function number(bytes, at, isName) {
  const length = at < bytes.length ? Math.clz32(bytes[at]) - 23 : 9;
  if (length > 8 || at + length > bytes.length) return undefined;
  let value = isName ? bytes[at] : bytes[at] & (0xff >> length);
  let isUnknown = !isName && value === 0xff >> length;
  for (const byte of bytes.subarray(at + 1, at + length)) {
    value = value * 256 + byte;
    isUnknown = isUnknown && byte === 0xff;
  }
  return { value, end: at + length, isUnknown };
}
