/* Sending: one thing after the other, each with its key; what is received is written down before the next goes. */

import { current, packageOf, refresh } from "./package.js";
import { settled } from "./answers.js";
import { againAll, freeze, settleAct, settleFile, tried, waiting } from "./outbox.js";
import { ended } from "./whole.js";
import { word } from "./words.js";

const doors = document.body.dataset;
const PATIENCE_MS = 60_000;
let running = null;

const tell = (state) => document.dispatchEvent(new CustomEvent("sending", { detail: state }));

class Stopped extends Error {}
class Failed extends Error {} // one thing, by a fault of the server or of something between: the same key again later

/* Send all that waits. Returns "done", "offline", "signed-out", "other" (somebody else is signed in), "failed" or "busy".
   By hand it sends also what is still under hand, after whatever goes already. */
export async function send({ byHand = false } = {}) {
  if (running && !byHand) return running;
  const before = running ?? Promise.resolve();
  const mine = before.catch(() => {}).then(() => withLock(() => round(byHand)));
  running = mine;
  let outcome = "failed";
  try {
    outcome = await mine;
  } finally {
    if (running === mine) running = null;
    tell({ outcome, n: 0, of: 0 });
  }
  return outcome;
}

/* One page of the phone sends at a time. */
function withLock(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("anwei-phone-send", { ifAvailable: true }, (lock) => (lock ? work() : "busy"));
}

async function round(byHand) {
  const person = await current();
  if (!person) return "signed-out";
  await settled();
  if (byHand) await againAll(person.pk);
  try {
    let n = 0;
    const failed = new Set();
    for (;;) {
      await freeze(person.pk, { byHand });
      const things = await waiting(person.pk, failed);
      if (!things.length) return failed.size ? "failed" : "done";
      if (!n) await freshToken(person.pk);
      for (const { act, file } of things) {
        tell({ outcome: "sending", n, of: n + things.length - things.findIndex((one) => one.act === act && one.file === file) });
        try {
          await (act ? sendAct(person.pk, act) : sendFile(person.pk, file));
        } catch (error) {
          if (!(error instanceof Failed)) throw error;
          failed.add((act ?? file).key);
        }
        n += 1;
        if (act?.kind === "begin") break; // whether the rest of its visit may go is seen anew
      }
    }
  } catch (error) {
    if (error instanceof Stopped) return error.message;
    throw error;
  }
}

/* The token belongs to who is signed in now: before anything is sent that must be the person whose work it is. */
async function freshToken(person) {
  const outcome = await refresh();
  if (outcome !== "fresh") throw new Stopped(outcome);
  if ((await current())?.pk !== person) throw new Stopped("other");
}

async function ask(person, door, body, headers = {}) {
  const { csrf } = await packageOf(person);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  let answer;
  try {
    answer = await fetch(door, {
      method: "POST", body, headers: { ...headers, "X-CSRFToken": csrf }, credentials: "same-origin", redirect: "manual", signal: patience.signal,
    });
  } catch {
    throw new Stopped("offline");
  } finally {
    clearTimeout(timer);
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new Stopped("signed-out");
  if (answer.status === 409) throw new Stopped("other");
  const said = await answer.json().catch(() => null);
  if (answer.status === 403 && !said?.message) throw new Stopped("signed-out"); // the token of an earlier session
  if (answer.ok && said?.status) return said;
  if (answer.status >= 400 && answer.status < 500 && said?.message) return { status: "refused", message: said.message };
  if (answer.status === 413) return { status: "refused", message: word("tooLarge") };
  throw new Failed(String(answer.status));
}

async function sendAct(person, act) {
  const going = await tried(act);
  if (!going) return;
  if (going.kind === "hazard") document.dispatchEvent(new CustomEvent("trying"));
  await settleAct(going, await ask(person, doors.acts, going.body, { "Content-Type": "application/json" }));
}

async function sendFile(person, kept) {
  const file = kept.state === "recording" ? await ended(kept) : kept;
  const form = new FormData();
  const { key, visit, item, kind, sha256, taken_at, latitude, longitude } = file;
  const fields = { key, person, visit, item, kind, sha256, taken_at, latitude: latitude ?? "", longitude: longitude ?? "" };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file.blob, file.name);
  const said = await ask(person, doors.files, form);
  if (said.status !== "refused" && said.sha256 !== sha256) throw new Failed("sha256"); // not what lies here: not received
  await settleFile(file, said);
}

export const isSending = () => running !== null;
