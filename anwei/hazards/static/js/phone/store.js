/* What the phone keeps: IndexedDB, each write on the disk before it counts as kept. */

const STORES = {
  meta: { keyPath: "name" }, // who works here now
  packages: { keyPath: "person" }, // criteria, token, time of the last package
  visits: { keyPath: ["person", "pk"] },
  answers: { keyPath: ["person", "visit", "kind", "item"] }, // as they stand
  files: { keyPath: "key" }, // photos, recordings, signatures
  outbox: { keyPath: "key" }, // acts as they are sent: they never change again
  receipts: { keyPath: "key" }, // what the server has said of each
};
const BY_VISIT = ["files", "outbox", "receipts"];
let opening;

export function open() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open("anwei-phone", 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) {
        const store = request.result.createObjectStore(name, options);
        if (BY_VISIT.includes(name)) store.createIndex("visit", ["person", "visit"]);
      }
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = database.onversionchange = () => {
        database.close();
        opening = undefined; // the next write opens it anew
      };
      done(database);
    };
    request.onerror = () => {
      opening = undefined;
      failed(request.error);
    };
  });
  return opening;
}

export const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/* Do `work(store)` in one transaction; what it returns is given back once all of it is on the disk. */
export async function transact(names, mode, work) {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    let result;
    let fault;
    transaction.oncomplete = () => done(result);
    transaction.onabort = () => failed(fault ?? transaction.error);
    Promise.resolve(work((name) => transaction.objectStore(name))).then(
      (value) => (result = value),
      (error) => {
        fault = error;
        try {
          transaction.abort();
        } catch {
          failed(error); // it had failed already
        }
      },
    );
  });
}

export const one = (name, key) => transact([name], "readonly", (store) => asked(store(name).get(key)));
export const put = (name, row) => transact([name], "readwrite", (store) => asked(store(name).put(row)));

/* All rows that begin with these parts of the key. */
export const beginning = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);
export const allOf = (name, ...parts) => transact([name], "readonly", (store) => asked(store(name).getAll(beginning(...parts))));
export const ofVisit = (name, person, visit) =>
  transact([name], "readonly", (store) => asked(store(name).index("visit").getAll([person, visit])));
export const ofPerson = (name, person) =>
  transact([name], "readonly", (store) => asked(store(name).index("visit").getAll(beginning(person))));

/* A random key in the form of a UUID; crypto.randomUUID is younger than the browsers of some phones. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
