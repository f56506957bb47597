// What travels before the first screen stands, as it travels.
import type { Page } from '@playwright/test';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import { target } from '../server.ts';
import { record } from './results.ts';

/** Opens an address in an empty browser and sums the bodies the page itself asked for, in KiB. */
async function loaded(page: Page, address: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const heads = new Map<string, number>();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (!apart.test(response.url)) heads.set(requestId, response.encodedDataLength);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const head = heads.get(requestId);
    if (head !== undefined) bytes += encodedDataLength - head;
  });
  await page.goto(address, { waitUntil: 'networkidle' });
  return bytes / 1024;
}

// The system loads icons when it wants to; the service worker's copies come after the screen.
const apart = /\/icons\/|\/manifest\.webmanifest|\/sw\.js|\/api\//;

test('first load of the phone', async ({ phone }) => {
  const size = await loaded(phone.page, '/');
  await record('first_load_brotli_kib', [size], 'KiB', 'shell, js, wasm and css of the phone path');
});

test('all that a phone keeps', async () => {
  const site = join(target, 'site');
  const worker = await readFile(join(site, 'sw.js'), 'utf8');
  const kept = [...worker.matchAll(/"(\/(?:assets|icons)\/[^"]+|\/manifest\.webmanifest)"/g)].map(([, address]) => address);
  expect(kept.length).toBeGreaterThan(5);
  const sizes = await Promise.all(kept.map(async (address) => (await stat(join(site, `${address}.br`))).size));
  await record('kept_offline_brotli_kib', [sizes.reduce((a, b) => a + b) / 1024], 'KiB', `${kept.length} files the service worker fetches behind the first screen: every page, the scanner, the other language`);
});

test('the answer page', async ({ phone }) => {
  const size = await loaded(phone.page, '/q');
  await record('answer_page_brotli_kib', [size], 'KiB', 'all of it; no wasm');
});
