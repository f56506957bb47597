// The app of tomorrow keeps its stores in a newer shape: what was written with the one of today is sent
// by it, also while a window of today's is still open.
import type { Page } from '@playwright/test';
import { type Phone, expect, test } from '../fixtures.ts';
import { classTeacher, household, missing, routine } from '../people.ts';
import { Teacher } from '../teacher.ts';

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
  await teacher.kept();
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
  await teacher.kept();

  const next = await phone.context.newPage();
  await next.addInitScript(newer);
  await next.goto('/');
  await expect(next.getByRole('heading', { name: '没写完' })).toBeVisible();

  // The store is the newer app's now: the older window says that it keeps nothing more, and shows all it has.
  await teacher.tap(/孩子本人/);
  await expect(page.getByRole('alert').first()).toHaveText(/^敲门更新过，这个窗口旧了/);
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');

  // What it had kept goes on in the newer window, and is sent once.
  const later = new Teacher({ ...phone, page: next } as Phone, classTeacher);
  await later.tap(new RegExp(household));
  await expect(later.touchable(/奶奶/)).toHaveAttribute('aria-pressed', 'true');
  while (!(await later.step('约定').isVisible())) await later.next();
  await later.save();
  await phone.offline(false);
  await next.goto('/');
  await later.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });

  // One touch, and the older window is the newer app's too.
  await phone.context.addInitScript(newer);
  await page.bringToFront();
  await teacher.tap('重新打开');
  await expect(page.getByText(/敲门更新过/)).toHaveCount(0);
  await expect(page).toHaveURL(/\/saved\//);
});
