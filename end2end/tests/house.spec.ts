// The house itself: it answers, it opens without network, it comes back after a power cut.
import { expect, keptForOffline, test } from '../fixtures.ts';

test('the app opens at any address without network', async ({ phone }) => {
  await phone.page.goto('/');
  await keptForOffline(phone.page);
  await phone.offline();
  for (const address of ['/', '/students', '/?from=home', '/no/such/page']) {
    await phone.page.goto(address);
    await expect(phone.page.locator('#splash')).toHaveCount(0);
    await expect(phone.page.locator('#boot-failed')).toBeHidden();
  }
});

test('the app opens after the browser was killed, without network', async ({ phone }) => {
  await phone.page.goto('/');
  await keptForOffline(phone.page);
  await phone.kill();
  await phone.switchOn();
  await phone.offline();
  await phone.page.goto('/');
  await expect(phone.page.locator('#splash')).toHaveCount(0);
});

test('the scan bundle loads without network', async ({ phone }) => {
  await phone.page.goto('/');
  await keptForOffline(phone.page);
  await phone.offline();
  await phone.page.reload();
  const exports = await phone.page.evaluate(async () => Object.keys(await (window as any).qiaomen.scan()));
  expect(exports).toContain('default');
});

test('what only exists online is never answered from the phone', async ({ phone }) => {
  await phone.page.goto('/');
  await keptForOffline(phone.page);
  await phone.offline();
  for (const address of ['/api/v1/sync', '/healthz', '/desk', '/q']) {
    const reached = await phone.page.evaluate(
      (url) => fetch(url).then(() => true, () => false),
      address,
    );
    expect(reached, address).toBe(false);
  }
  await expect(phone.page.goto('/desk')).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
});

test('a killed server starts again on the same data', async ({ ownServer }) => {
  const before = ownServer.url;
  await ownServer.kill();
  await ownServer.up();
  expect(ownServer.url).toBe(before);
});
