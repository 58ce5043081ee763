/* The signature of the head: each stroke is kept as soon as the pen is lifted. */

import { awaited, keepFile } from "./photos.js";

export function pad(canvas, of, keyOf, { onKept, picture }) {
  const pen = canvas.getContext("2d");
  let drawing = false;
  let keeping = Promise.resolve(); // one stroke after the other

  const blank = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };
  const at = (event) => {
    const edges = canvas.getBoundingClientRect();
    return [((event.clientX - edges.left) * canvas.width) / edges.width, ((event.clientY - edges.top) * canvas.height) / edges.height];
  };
  blank();
  if (picture) createImageBitmap(picture).then((bitmap) => pen.drawImage(bitmap, 0, 0));

  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.strokeStyle = "#111";
    pen.beginPath();
    pen.moveTo(...at(event));
    pen.lineTo(...at(event));
    pen.stroke();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    const key = keyOf(); // of what is drawn now: by the time it is kept somebody may draw anew
    const drawn = new Promise((done) => canvas.toBlob(done, "image/png"));
    keeping = awaited(keeping.then(async () => {
      const blob = await drawn;
      if (key === keyOf()) onKept(await keepFile(of, blob, { key, kind: "signature", name: "signature.png" }));
    }));
  });
  return { blank };
}
