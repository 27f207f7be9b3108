/** Keeps the page's shell in the browser: it opens at once and without a network. Never touches the API. */

/** Filled in by the build (web/build/shell-files.ts). */
declare const __HOLLER_SHELL__: { readonly version: string; readonly files: readonly string[] };

/** Makes this a module, so that `self` may be declared as what it is here. */
export {};
declare const self: ServiceWorkerGlobalScope;

const shell = __HOLLER_SHELL__;
const CACHE = `holler-${shell.version}`;
/** Files whose name changes with their content; any copy of them is right for ever. */
const HASHED = /^\/assets\//;
/** Paths that the page itself answers: each is the same document. */
const PAGES = /^\/(?:$|c\/|settings(?:\/|$)|i$)/;

self.addEventListener('install', (event) => {
  // `reload` goes past the HTTP cache, so that the stored document is the one of this build.
  const files = shell.files.map(
    (file) => new Request(file, { cache: HASHED.test(file) ? 'default' : 'reload' }),
  );
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOldCaches().then(() => self.clients.claim()));
});

async function removeOldCaches(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith('holler-') && name !== CACHE).map((name) => caches.delete(name)),
  );
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate' && PAGES.test(url.pathname))
    event.respondWith(fromCache('/', event.request));
  else if (HASHED.test(url.pathname)) event.respondWith(fromCacheAndKeep(event.request));
  else if (shell.files.includes(url.pathname)) event.respondWith(fromCache(url.pathname, event.request));
});

async function fromCache(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(key)) ?? fetch(request);
}

async function fromCacheAndKeep(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

/** The page decides when the next version takes over: it says so after the person agreed to reload. */
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

/** A click on a notification brings the conversation to the front. */
self.addEventListener('notificationclick', (event) => {
  const conversationId: unknown = event.notification.data;
  event.notification.close();
  event.waitUntil(showConversation(typeof conversationId === 'string' ? conversationId : null));
});

async function showConversation(conversationId: string | null): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages[0];
  const path = conversationId === null ? '/' : `/c/${encodeURIComponent(conversationId)}`;
  if (page === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  await page.focus();
  page.postMessage({ type: 'open-conversation', conversationId });
}
