/* A spoken note: recorded here where the browser can, else by the phone's own recorder through the file input. */

import { keepFile, LARGEST_VOICE } from "./photos.js";
import { newKey } from "./store.js";

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

const underWay = new Set(); // keys of what this page records now

/* Whether this page is recording it: then it is not sent yet, however long the telephone slept. */
export const isUnderWay = (key) => underWay.has(key);

/* Record until `stop` of what it returns is called; what was said is kept every two seconds and when the page is hidden,
   so a crash costs no more. Where the telephone ends it by itself (asleep, a call), `onBroken` gets what was kept, or null. */
export async function record(of, onBroken) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const type = recorder.mimeType.split(";")[0] || "audio/webm";
  const name = type === "audio/mp4" ? "voice.m4a" : "voice.webm";
  const pieces = [];
  const key = newKey();
  let nBytes = 0;
  let row;
  let saving = Promise.resolve();
  let isAsked = false;
  underWay.add(key);
  recorder.ondataavailable = ({ data }) => {
    if (!data.size) return;
    nBytes += data.size;
    if (nBytes > LARGEST_VOICE) {
      if (recorder.state !== "inactive") recorder.stop();
      return;
    }
    pieces.push(data);
    const blob = new Blob(pieces, { type });
    saving = saving.then(async () => {
      row = await keepFile(of, blob, { kind: "voice", name, key, state: "recording", ...(row ? { taken_at: row.taken_at } : {}) });
    });
  };
  const save = () => document.hidden && recorder.state === "recording" && recorder.requestData();
  const freeze = () => recorder.state !== "inactive" && recorder.stop();
  const ended = new Promise((done, failed) => {
    recorder.onstop = () => {
      document.removeEventListener("visibilitychange", save);
      document.removeEventListener("freeze", freeze);
      removeEventListener("hashchange", freeze);
      for (const track of stream.getTracks()) track.stop();
      const kept = saving.then(() => (row ? keepFile(of, row.blob, { ...row, state: "kept" }) : null));
      kept.finally(() => underWay.delete(key)).then(done, failed);
      if (!isAsked) ended.then(onBroken, () => onBroken(row ?? null));
    };
  });
  ended.catch(() => {}); // told to who stops it
  document.addEventListener("visibilitychange", save);
  document.addEventListener("freeze", freeze); // the telephone puts the page to sleep
  addEventListener("hashchange", freeze); // who goes elsewhere on the page has no button to end it
  recorder.start(2_000);
  return {
    isFull: () => nBytes > LARGEST_VOICE,
    stop: () => {
      isAsked = true;
      freeze();
      return ended;
    },
  };
}

/* Plays without a media element: the page's rules allow no sound from blobs. */
export async function play(blob) {
  const context = new AudioContext();
  const source = context.createBufferSource();
  source.buffer = await context.decodeAudioData(await blob.arrayBuffer());
  source.connect(context.destination);
  source.onended = () => context.close();
  source.start();
}
