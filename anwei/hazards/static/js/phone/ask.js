/* A question before something goes from the telephone that cannot be brought back. */

import { drawn, part } from "./words.js";

/* Returns whether the person said yes; Escape and a tap on no are the same. */
export function confirmed(question, yes) {
  const dialog = drawn("ask", { question });
  part(dialog, "yes").textContent = yes;
  part(dialog, "yes").addEventListener("click", () => dialog.close("yes"));
  part(dialog, "no").addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "yes");
    }),
  );
}
