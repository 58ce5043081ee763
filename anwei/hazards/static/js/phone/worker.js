/* The worker of the phone page: its files from the cache of one version, all else from the network.
   VERSION, SHELL and FILES stand above this text where the server gives it out. */

const CACHE = `anwei-phone-${VERSION}`;
const known = new Set(FILES.map((file) => new URL(file, location).pathname));

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      for (const file of [SHELL, ...FILES]) {
        const answer = await fetch(file, { cache: "reload", redirect: "error" });
        if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
        await cache.put(file, answer);
      }
    })(),
  );
});

/* A new version waits until the page is opened anew: never in the middle of a visit. */
self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("anwei-phone-") && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const isShell = event.request.mode === "navigate" && url.pathname === SHELL;
  if (!isShell && !known.has(url.pathname)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      return (await cache.match(isShell ? SHELL : url.pathname, { ignoreVary: true })) ?? fetch(event.request);
    })(),
  );
});
