/* A spoken note: recorded here where the browser can, else by the phone's own recorder through the file input. */

import { keepFile, LARGEST_VOICE } from "./photos.js";

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

/* Record until `stop` of what it returns is called; what was said is kept every two seconds, so a crash costs no more. */
export async function record(of) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const type = recorder.mimeType.split(";")[0] || "audio/webm";
  const name = type === "audio/mp4" ? "voice.m4a" : "voice.webm";
  const pieces = [];
  let nBytes = 0;
  let row;
  let saving = Promise.resolve();
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
      row = await keepFile(of, blob, { kind: "voice", name, state: "recording", ...(row ? { key: row.key, taken_at: row.taken_at } : {}) });
    });
  };
  recorder.start(2_000);
  return {
    isFull: () => nBytes > LARGEST_VOICE,
    stop: () =>
      new Promise((done, failed) => {
        const ended = () => {
          for (const track of stream.getTracks()) track.stop();
          saving.then(() => (row ? keepFile(of, row.blob, { ...row, state: "kept" }) : null)).then(done, failed);
        };
        if (recorder.state === "inactive") {
          ended();
          return;
        }
        recorder.onstop = ended;
        recorder.stop();
      }),
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
