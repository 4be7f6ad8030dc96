// offline.ts - the portal's files are kept, so that it opens without a line; what the node answers is never kept
//
// Drafts are kept by the page itself (portal/draft.ts). A page that was never opened with a line cannot be had
// without one.
declare const FILES: string[];
export {};
declare const self: ServiceWorkerGlobalScope;

const shelf = `sifara-${FILES.join("").replace(/[^A-F0-9]/g, "").slice(0, 64)}`;
const isPage = (request: Request) => request.mode === "navigate";
const isWords = (url: URL) => url.pathname.startsWith("/words/");

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(shelf)
      .then((c) => c.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n !== shelf).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

/** The line first; what it gave last is the answer while it is down. */
async function lineFirst(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(shelf);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(name, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(name);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const parts = url.pathname.split("/");
  if (isPage(event.request) && parts[2] !== "desk" && parts[2] !== "ministry" && parts[1]?.length === 2)
    event.respondWith(lineFirst(event.request, `/${parts[1]}`));
  else if (isWords(url)) event.respondWith(lineFirst(event.request, url.pathname));
  else if (FILES.includes(url.pathname))
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
