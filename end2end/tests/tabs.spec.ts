// The app open twice on one phone: one of them sends, both show, nothing happens twice.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { missing } from '../people.ts';

test('what one window writes the other one shows, and it is sent once', async ({ ownServer, teacher }) => {
  const other = await teacher.phone.context.newPage();
  await other.goto('/sync');
  // The window she writes in lies before the other one; what lies behind is painted once a second.
  await teacher.page.bringToFront();
  await teacher.phone.offline();
  await teacher.knock(missing);
  await expect(other.getByText(/走访 ·/)).toBeVisible();

  await teacher.phone.offline(false);
  await Promise.all([
    teacher.page.evaluate(() => dispatchEvent(new Event('online'))),
    other.getByRole('button', { name: '现在送' }).tap(),
  ]);
  await expect(other.getByText(/走访 ·/)).toHaveCount(0);
  await teacher.page.goto('/');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('the second window of one form is told', async ({ teacher }) => {
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.kept();
  const other = await teacher.phone.context.newPage();
  await other.goto(new URL(teacher.page.url()).pathname);
  const tile = other.getByRole('button', { name: /奶奶/ });
  await expect(tile).toHaveAttribute('aria-pressed', 'true');

  await teacher.tap(/孩子本人/);
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
  await teacher.tap('下一步');
  await teacher.kept();
  await tile.tap();
  await expect(other.getByText('这一户在另一个窗口里改过。以那边的为准。')).toBeVisible();
});

/** What this window asks the school for next waits for an answer until it is told that there is none. */
const cutOff = (page: Page) =>
  page.evaluate(() => {
    const fetch = window.fetch;
    window.fetch = function (asked, how) {
      if (!String((asked as Request).url ?? asked).endsWith('/sync')) return fetch(asked, how);
      return new Promise((_, fail) => ((window as any).noAnswer = () => fail(new TypeError('cut off'))));
    };
  });

const noAnswer = async (page: Page) => {
  await page.waitForFunction(() => 'noAnswer' in window);
  await page.evaluate(() => (window as any).noAnswer());
};

test('what another window could not send this one sends as soon as somebody has asked it to', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  const other = await teacher.phone.context.newPage();
  await other.goto('/sync');
  await expect(other.locator('a.sync')).toHaveText(/都送到了/);
  await page.bringToFront();
  await cutOff(page);
  await teacher.knock(missing);
  // Each shows what the other one does.
  await expect(other.getByText(/走访 ·/)).toBeVisible();
  await other.getByRole('button', { name: '正在送' }).tap();
  await noAnswer(page);
  // Sooner than any window tries by itself.
  await expect(other.getByText(/走访 ·/)).toHaveCount(0, { timeout: 10_000 });
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('a window says what another one found out', async ({ teacher }) => {
  const { page } = teacher;
  const other = await teacher.phone.context.newPage();
  await other.goto('/sync');
  await expect(other.locator('a.sync')).toHaveText(/都送到了/);
  await page.bringToFront();
  await cutOff(page);
  await teacher.knock(missing);
  await noAnswer(page);
  await expect(other.getByText('现在没有信号，都在手机里，有信号自动送。')).toBeVisible({ timeout: 10_000 });
});
