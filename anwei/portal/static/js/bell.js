/* Rings while a red alarm on the page waits for acknowledgement, and while the live data is lost.

   Browsers let a page sound only after somebody has touched it; until then the button says so. The choice to
   mute is kept on this computer. */

const REPEAT_MS = 10_000;
const STORE = "anwei.bell";
const button = document.querySelector("[data-bell]");
const audio = window.AudioContext ? new AudioContext() : null;
let muted = localStorage.getItem(STORE) === "muted";
let lost = false;
let rungAt = 0;

function beep(at, frequency) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
  volume.gain.setValueAtTime(0.25, at + 0.2);
  volume.gain.linearRampToValueAtTime(0, at + 0.25);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.25);
}

/* Three high double tones for a red alarm, two low ones for lost data: they are told apart without looking. */
function ring(reason) {
  document.body.dataset.rang = reason; // what rang last, readable by tests and assistive scripts
  const tones = reason === "red" ? [880, 1175, 880, 1175, 880, 1175] : [440, 330, 440, 330];
  tones.forEach((frequency, n) => beep(audio.currentTime + n * 0.3, frequency));
}

function reasonToRing() {
  if (document.querySelector('[data-severity="red"][data-unacknowledged]')) return "red";
  return lost ? "lost" : "";
}

function check() {
  draw();
  const reason = reasonToRing();
  if (!reason) rungAt = 0;
  if (!reason || muted || audio.state !== "running" || Date.now() - rungAt < REPEAT_MS) return;
  rungAt = Date.now();
  ring(reason);
}

function draw() {
  const silent = muted || audio.state !== "running";
  button.hidden = false;
  button.setAttribute("aria-pressed", String(!silent));
  button.querySelector("[data-bell-on]").hidden = silent;
  button.querySelector("[data-bell-off]").hidden = !silent;
  button.querySelector("[data-bell-locked]").hidden = muted || audio.state === "running";
}

async function unlock() {
  if (audio.state !== "running") await audio.resume();
  check();
}

if (audio && button) {
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    if (audio.state === "running") muted = !muted;
    else muted = false;
    localStorage.setItem(STORE, muted ? "muted" : "ringing");
    await unlock();
  });
  for (const gesture of ["pointerdown", "keydown"]) {
    document.addEventListener(gesture, (event) => button.contains(event.target) || unlock(), { once: false });
  }
  document.body.addEventListener("live:lost", () => ((lost = true), check()));
  document.body.addEventListener("live:found", () => ((lost = false), check()));
  document.body.addEventListener("live:episode", () => setTimeout(check));
  setInterval(check, 1_000);
  check();
}
