/* Photos: made small enough to send, with the camera's own time and place, kept with their sha256. */

import { carried, told } from "./exif.js";
import { LEAST_ROOM, room } from "./package.js";
import { asked, newKey, put, sha256, transact } from "./store.js";

export const LARGEST_VOICE = 10 * 1024 * 1024; // bytes
const LONGEST = 1600; // px
const SMALL = 1_500_000; // bytes: a JPEG within both is kept as it is

const underWay = new Set();

/* Whether a file is on its way to the disk: who leaves now loses it. */
export const isKeepingFiles = () => underWay.size > 0;

export function awaited(work) {
  underWay.add(work);
  const done = () => underWay.delete(work);
  work.then(done, done);
  return work;
}

export const keepFile = (...told) => awaited(written(...told));
export const keepPhoto = (...told) => awaited(photographed(...told));

/* Keep a file of a visit. Returns its row; raises "full" where the phone has no room. */
async function written({ person, visit, item = "" }, blob, { kind = "evidence", key = newKey(), name, ...facts } = {}) {
  if (kind !== "signature" && (await room()).free < LEAST_ROOM) throw new Error("full");
  const row = {
    key, person, visit, item, kind, name, blob, state: "kept", sha256: await sha256(blob), n_bytes: blob.size,
    taken_at: new Date().toISOString(), latitude: null, longitude: null, kept_at: new Date().toISOString(), ...facts,
  };
  await put("files", row);
  document.dispatchEvent(new CustomEvent("kept"));
  return row;
}

async function photographed(of, file) {
  const original = await file.arrayBuffer();
  const said = told(original);
  const where = said.latitude === undefined ? await position() : {};
  const blob = await reduced(file, original);
  const taken = said.taken_at ?? new Date(file.lastModified || Date.now()).toISOString();
  return keepFile(of, blob, { name: `${newKey().slice(0, 8)}.jpg`, taken_at: taken, ...where, ...said });
}

async function reduced(file, original) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  if (scale === 1 && file.type === "image/jpeg" && file.size <= SMALL) return new Blob([original], { type: "image/jpeg" });
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const copy = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return new Blob(carried(original, await copy.arrayBuffer()), { type: "image/jpeg" });
}

/* Where the phone is, only where its owner has allowed it already, and without waiting long. */
async function position() {
  const allowed = await navigator.permissions?.query?.({ name: "geolocation" }).catch(() => null);
  if (allowed?.state !== "granted") return {};
  return new Promise((done) => {
    const found = ({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude });
    navigator.geolocation.getCurrentPosition(found, () => done({}), { maximumAge: 120_000, timeout: 3_000 });
  });
}

/* Not where sending was quicker: what the server has stays here too. */
export const removed = (key) =>
  transact(["files"], "readwrite", async (store) => {
    const row = await asked(store("files").get(key));
    const mayGo = row && row.state !== "sent";
    if (mayGo) store("files").delete(key);
    return mayGo;
  });
