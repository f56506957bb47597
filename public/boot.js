// Starts a page: loads its wasm bundle, removes the splash, keeps the app for offline.
//
// The page policy allows no inline script, so all it needs stands in the shell, which the server
// renders from assets.json and which must contain, in this order:
//
//   <html lang="zh-CN" dir="ltr">
//   <script src="{theme.js}"></script>                  before the styles: no flash of light
//   <link rel="stylesheet" href="{app.css}">
//   <link rel="manifest" href="/manifest.webmanifest">
//   <link rel="icon" href="/icons/icon.svg"> <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png">
//   <link rel="modulepreload" href="{phone.js}">      phone only: also {loader.js}
//   <link rel="preload" href="{phone.wasm}" as="fetch" type="application/wasm" crossorigin>
//   <script type="module" async id="boot" src="{boot.js}" data-build="{build}"
//     data-js="{phone.js}" data-wasm="{phone.wasm}"     the page's bundle (the desk's: its own)
//     data-work="{work.wasm}"                           phone only: what stands behind the sign-in
//     data-scan-js="{scan.js}" data-scan-wasm="{scan.wasm}"
//     data-offline></script>                            phone only: registers the service worker
//   <body> <div id="splash">…</div> <p id="boot-failed" hidden>…</p>
//
// The app finds here, as `window.qiaomen`:
//   build         the version that runs
//   kept          all of the app is on the phone already
//   part(address) a promise of a compiled part of the phone, for its loader
//   scan()        a promise of the scan bundle's exports, loaded once, offline too
//   hasUpdate     a newer version is kept and waits; the event `qiaomen:update` says when
//   update()      change to it and reload: only when the person asks

const { build, js, wasm, work, scanJs, scanWasm, offline } = document.getElementById('boot').dataset;

async function bundle(glue, binary) {
  const module = await import(glue);
  await module.default({ module_or_path: await binary });
  return module;
}

const parts = new Map();
let scan;
let waiting;

window.qiaomen = {
  build,
  kept: Boolean(navigator.serviceWorker?.controller),
  hasUpdate: false,
  part(address) {
    if (!parts.has(address)) {
      const compiled = WebAssembly.compileStreaming(fetch(address));
      // The next one to ask tries again.
      compiled.catch(() => parts.delete(address));
      parts.set(address, compiled);
    }
    return parts.get(address);
  },
  scan() {
    scan ??= bundle(scanJs, scanWasm).catch((reason) => {
      scan = undefined;
      throw reason;
    });
    return scan;
  },
  update() {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    waiting?.postMessage('skip-waiting');
  },
};

async function keepForOffline() {
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  const ready = (worker) => {
    // The first version of all waits for nobody and is no update.
    if (!worker || !navigator.serviceWorker.controller) return;
    waiting = worker;
    window.qiaomen.hasUpdate = true;
    window.dispatchEvent(new Event('qiaomen:update'));
  };
  ready(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') ready(worker);
    });
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') registration.update().catch(() => {});
  });
}

// The first question to the phone's databases wakes them, and that takes as long as compiling does:
// asked now, both go on at once (start without network: 60 ms less at full speed).
globalThis.indexedDB?.databases?.().catch(() => {});
// Compiling goes on beside everything else; what is kept costs nobody a byte.
const main = window.qiaomen.part(wasm);
if (work && window.qiaomen.kept) window.qiaomen.part(work);

try {
  if (document.readyState === 'loading') {
    await new Promise((parsed) => document.addEventListener('DOMContentLoaded', parsed, { once: true }));
  }
  await bundle(js, main);
  document.getElementById('splash')?.remove();
} catch (reason) {
  document.getElementById('splash')?.remove();
  document.getElementById('boot-failed')?.removeAttribute('hidden');
  console.error(reason);
}
// Even if the app did not start: the version that mends it comes this way.
if (offline !== undefined && 'serviceWorker' in navigator) {
  keepForOffline().catch((reason) => console.warn(reason));
}
