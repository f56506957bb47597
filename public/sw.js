// Serves the shell and the files it needs, so that the app opens without network.
// It keeps no data, never answers for /api, and never reloads a page.

const BUILD = '__BUILD__';
const SHELL = '/shell';
const FILES = "__PRECACHE__"; // the site build puts the list here
const CACHE = `qiaomen-${BUILD}`;

// Pages that only exist online: the desk, and the answer of those without an account.
const ONLINE = ['/desk', '/q', '/v', '/api', '/healthz'];

self.addEventListener('install', (event) => event.waitUntil(keepAll()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

// Only the person decides when: in the middle of a visit the old version goes on.
self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (!isOnlineOnly(url.pathname)) event.respondWith(kept(SHELL, request));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

function isOnlineOnly(path) {
  return ONLINE.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

async function kept(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}

// All or nothing: with one file missing, the version before stays as it is.
async function keepAll() {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all([keepShell(cache), ...FILES.map((address) => keep(cache, address))]);
  } catch (reason) {
    await caches.delete(CACHE);
    throw reason;
  }
}

async function keep(cache, address) {
  // A hashed name never changes its content: what an older version has is not loaded again.
  const known = address.startsWith('/assets/') ? await caches.match(address) : undefined;
  await cache.put(address, known ?? (await load(address)));
}

// During a deployment the shell of another version may answer; it would ask for other files.
async function keepShell(cache) {
  const shell = await load(SHELL);
  const text = await shell.clone().text();
  if (!text.includes(`data-build="${BUILD}"`)) throw new Error('shell of another build');
  await cache.put(SHELL, shell);
}

async function load(address) {
  const answer = await fetch(address, { cache: 'no-cache', credentials: 'omit', redirect: 'error' });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith('qiaomen-') && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}
