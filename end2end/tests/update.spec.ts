// A new version: it waits until the person asks, and half of one is none.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Phone, Server, expect, keptForOffline, test as base } from '../fixtures.ts';
import { builtSite } from '../server.ts';

interface Deployed {
  phone: Phone;
  /** Changes the service worker that the server hands out. */
  deploy: (change: (worker: string) => string) => Promise<void>;
}

const test = base.extend<{ deployed: Deployed }>({
  deployed: async ({}, use) => {
    const site = await mkdtemp(join(tmpdir(), 'qiaomen-site-'));
    await cp(builtSite, site, { recursive: true });
    const server = await Server.start(site);
    const phone = await Phone.buy(server.url);
    await phone.page.goto('/');
    await keptForOffline(phone.page);
    await use({
      phone,
      deploy: async (change) => {
        const path = join(site, 'sw.js');
        const changed = change(await readFile(path, 'utf8'));
        await Promise.all([rm(`${path}.br`), rm(`${path}.gz`)]);
        await writeFile(path, changed);
      },
    });
    await phone.discard();
    await server.discard();
    await rm(site, { recursive: true });
  },
});

/** Lets the browser look for a new version, and waits until that one is kept or given up. */
function look(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise<ServiceWorker>((resolve) => {
      registration.addEventListener('updatefound', () => resolve(registration.installing!), { once: true });
    });
    await registration.update();
    const worker = await found;
    return new Promise<string>((resolve) => {
      const settled = () => worker.state !== 'installing' && resolve(worker.state);
      worker.addEventListener('statechange', settled);
      settled();
    });
  });
}

test('a new version waits, and never reloads a page by itself', async ({ deployed: { phone, deploy } }) => {
  const { page } = phone;
  await page.evaluate(() => ((window as any).written = '奶奶说'));
  await deploy((worker) => `${worker}\n// newer\n`);
  expect(await look(page)).toBe('installed');
  expect(await page.evaluate(() => (window as any).qiaomen.hasUpdate)).toBe(true);
  expect(await page.evaluate(() => (window as any).written)).toBe('奶奶说');

  const reloaded = page.waitForEvent('load');
  await page.evaluate(() => (window as any).qiaomen.update());
  await reloaded;
  expect(await page.evaluate(() => (window as any).written)).toBeUndefined();
});

test('a version that cannot be kept whole leaves the one before', async ({ deployed: { phone, deploy } }) => {
  const { page } = phone;
  await deploy((worker) => worker.replace("/icons/icon.svg", '/icons/gone.svg').replace(/BUILD = '/, "BUILD = 'next"));
  expect(await look(page)).toBe('redundant');
  expect(await page.evaluate(() => (window as any).qiaomen.hasUpdate)).toBe(false);
  await phone.offline();
  await page.goto('/students');
  await expect(page.locator('#splash')).toHaveCount(0);
  await expect(page.locator('#boot-failed')).toBeHidden();
});
