// The capture page without a network: its files come from this device, the page itself from the network when that
// answers soon, otherwise as it was last seen. Nothing else is kept, and nothing that was sent is ever sent by this.
const FILES = "capture-files-{{ version }}";
const PAGES = "capture-pages";
const PAGE = {{ page | tojson }};
const SHELL = {{ files | tojson }};
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    await files.addAll(SHELL);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("capture-files-") && name !== FILES);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// A page that redirects is the way to the sign-in: it passes, and is not kept. Where none is kept the network has all the
// time that it takes; a full device still shows the page that came.
const fresh = async (request, patience) => {
  const answer = await fetch(request, patience ? { signal: AbortSignal.timeout(patience) } : {});
  if (answer.ok && !answer.redirected) {
    await (await caches.open(PAGES)).put(PAGE, answer.clone()).catch((error) => {
      if (error.name !== "QuotaExceededError") throw error;
    });
  }
  return answer;
};

const page = async (request) => {
  const kept = await (await caches.open(PAGES)).match(PAGE);
  const answer = await fresh(request, kept && PATIENCE).catch((error) => {
    if (kept) return kept;
    throw error;
  });
  return answer.status >= 500 && kept ? kept : answer;
};

const file = async (request) => (await caches.match(request, { cacheName: FILES })) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (SHELL.includes(pathname)) event.respondWith(file(request));
});

// The first visit is before this worker: the page asks for itself to be kept.
self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(fresh(new Request(PAGE, { credentials: "same-origin" }), 15 * PATIENCE).catch(() => null));
});
