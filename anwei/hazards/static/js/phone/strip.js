/* The strip of photos and spoken notes of one item, with where each of them is. */

import { keepFile, keepPhoto, LARGEST_VOICE, removed } from "./photos.js";
import { canRecord, play, record } from "./voice.js";
import { drawn, moment, part, word } from "./words.js";

export function strip(state, item) {
  const box = drawn("strip");
  const list = part(box, "files");
  const say = (text) => {
    part(box, "said").textContent = text;
  };
  const update = () => {
    const files = state.files.filter((file) => file.item === item && file.kind !== "signature");
    list.replaceChildren(...files.map((file) => thumb(state, file, update)));
    for (const input of box.querySelectorAll("input")) input.disabled = box.dataset.locked === "yes";
  };
  for (const input of box.querySelectorAll('input[accept="image/*"]')) {
    input.addEventListener("change", async () => {
      const chosen = [...input.files];
      say(word("keeping"));
      let kept = 0;
      for (const file of chosen) {
        try {
          state.files.push(await keepPhoto({ person: state.person, visit: state.pk, item }, file));
          kept += 1;
        } catch (error) {
          say(word(error.message === "full" ? "full" : error.name === "QuotaExceededError" ? "full" : "notAPhoto", { name: file.name }));
          update();
          return;
        }
      }
      input.value = "";
      say(word("keptPhotos", { n: kept }));
      update();
    });
  }
  recorder(state, item, box, say, update);
  update();
  return { box, update };
}

function recorder(state, item, box, say, update) {
  const button = part(box, "record");
  button.hidden = !canRecord();
  part(box, "sound").hidden = canRecord();
  let running = null;
  const show = () => button.setAttribute("aria-pressed", String(Boolean(running)));
  const keep = (row) => {
    state.files = [...state.files.filter((file) => file.key !== row.key), row];
  };
  const broken = (row) => {
    if (row) keep(row);
    say(word(running?.isFull() ? "voiceFull" : row ? "voiceBroken" : "voiceLost"));
    running = null;
    show();
    update();
  };
  button.addEventListener("click", async () => {
    try {
      if (running) {
        const row = await running.stop();
        if (row) keep(row);
        say(word(running.isFull() ? "voiceFull" : row ? "keptVoice" : "voiceLost"));
        running = null;
        update();
      } else {
        running = await record({ person: state.person, visit: state.pk, item }, broken);
        say(word("recording"));
      }
    } catch (error) {
      running = null;
      say(word(error.message === "full" ? "full" : "noMicrophone"));
    }
    show();
  });
  const input = part(box, "sound").querySelector("input");
  input.addEventListener("change", async () => {
    for (const file of input.files) {
      if (file.size > LARGEST_VOICE) {
        say(word("voiceTooLarge", { name: file.name }));
        update();
        return;
      }
      state.files.push(await keepFile({ person: state.person, visit: state.pk, item }, file, { kind: "voice", name: file.name }));
    }
    say(word("keptVoice"));
    update();
  });
}

const WHERE = { kept: "fileKept", recording: "fileKept", sent: "fileSent", refused: "fileRefused", handed: "fileHanded" };

function thumb(state, file, update) {
  const button = drawn("thumb", { where: word(WHERE[file.state]) });
  button.dataset.state = file.state;
  if (file.kind === "voice") part(button, "picture").replaceWith(document.getElementById("voice-mark").content.cloneNode(true));
  else showPicture(part(button, "picture"), file.blob);
  button.addEventListener("click", () => look(state, file, update));
  return button;
}

function showPicture(picture, blob) {
  picture.src = URL.createObjectURL(blob);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
}

/* One file large, with its facts; what was not sent yet may be taken away by the person. */
function look(state, file, update) {
  const dialog = drawn("look", {
    name: file.name, taken: moment(file.taken_at), sha: file.sha256, where: word(WHERE[file.state]), message: file.message ?? "",
  });
  const picture = part(dialog, "picture");
  if (file.kind === "voice") picture.remove();
  else showPicture(picture, file.blob);
  part(dialog, "play").hidden = file.kind !== "voice";
  part(dialog, "play").addEventListener("click", () => play(file.blob));
  const save = part(dialog, "save");
  save.href = URL.createObjectURL(file.blob);
  save.download = file.name;
  part(dialog, "remove").hidden = !["kept", "refused"].includes(file.state);
  part(dialog, "remove").addEventListener("click", async () => {
    if (await removed(file.key)) state.files.splice(state.files.indexOf(file), 1);
    dialog.close();
    update();
  });
  dialog.addEventListener("close", () => {
    URL.revokeObjectURL(save.href);
    dialog.remove();
  });
  part(dialog, "close").addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
