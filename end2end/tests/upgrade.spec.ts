// The app of tomorrow keeps its stores in a newer shape: what was written with the one of today is sent
// by it, also while a window of today's is still open.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { missing, routine } from '../people.ts';

/** From now on the app asks for every store in the shape after the one it knows. */
const newer = () => {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name: string, version?: number) {
    return open.call(this, name, version && version + 1);
  };
};

/** The stores of this phone, and in which shape they are. */
const shapes = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(async () => {
    const stores = await indexedDB.databases();
    return Object.fromEntries(stores.map(({ name, version }) => [name!.replace(/-.*/, '-…'), version!]));
  });

test('what an older app wrote down and never sent is sent by the next one', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.knock(missing);
  await page.goto('/');
  await teacher.setOut(routine);
  await teacher.next();
  await teacher.tap(/孩子本人/);
  await teacher.reads(/草稿已留/);
  const before = await shapes(page);

  await phone.context.addInitScript(newer);
  await page.goto('/');
  await teacher.reads('没写完');
  await expect(page.locator('a.sync')).toHaveText(/1 条在手机里/);
  const after = await shapes(page);
  expect(after).toEqual(Object.fromEntries(Object.entries(before).map(([name, n]) => [name, n + 1])));

  await phone.offline(false);
  await page.goto('/');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  await teacher.tap(/袁家/);
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
});

test('a window of the older app lets the newer one in, and loses nothing it is writing', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.reads(/草稿已留/);

  const next = await phone.context.newPage();
  await next.addInitScript(newer);
  await next.goto('/');
  await expect(next.getByText('没写完')).toBeVisible();

  // Its store is the newer app's now: it says that nothing was kept, and the form stays on the glass.
  await teacher.tap(/孩子本人/);
  await page.waitForTimeout(1500);
  console.log(await page.locator('body').innerText());
  await teacher.next();await page.waitForTimeout(1500);
  await teacher.tap('不想上学');
  await teacher.next();
  await teacher.tap('支持');
  await teacher.tap('存到手机');
  await page.waitForTimeout(1500);
  console.log(page.url(), await page.locator('body').innerText());
});
