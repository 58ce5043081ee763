/* A name drawn by hand, pen or mouse: the drawing becomes a PNG file of the form it stands in. */

for (const box of document.querySelectorAll("[data-signature]")) {
  const pad = box.querySelector("[data-signature-pad]");
  const file = box.querySelector("[data-signature-file]");
  const pen = pad.getContext("2d");
  let drawing = false;

  const at = (event) => {
    const edges = pad.getBoundingClientRect();
    return [((event.clientX - edges.left) * pad.width) / edges.width, ((event.clientY - edges.top) * pad.height) / edges.height];
  };
  const hand = (blob) => {
    const files = new DataTransfer();
    if (blob) files.items.add(new File([blob], "签名.png", { type: "image/png" }));
    file.files = files.files;
  };
  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pad.width, pad.height);
    hand(null);
  };

  pad.addEventListener("pointerdown", (event) => {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    pen.lineWidth = 3;
    pen.lineCap = "round";
    pen.strokeStyle = "#111";
    pen.beginPath();
    pen.moveTo(...at(event));
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  pad.addEventListener("pointerup", () => {
    drawing = false;
    pad.toBlob(hand, "image/png");
  });
  box.querySelector("[data-signature-clear]").addEventListener("click", clear);
  clear();
}
