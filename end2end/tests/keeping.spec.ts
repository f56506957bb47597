// The last change waits to be kept at the moment when the form becomes entries: it is in them, or, when they
// could not be written down, in the form that is still one.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { household, missing } from '../people.ts';
import type { Teacher } from '../teacher.ts';

const words = '奶奶说明天送来。';

/** Whatever this page wants to write waits, in its order, until it is let. */
async function hold(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const locks = LockManager.prototype as any;
    const request = locks.request;
    const held = new Promise<void>((let_) => ((window as any).let = let_));
    locks.request = async function (name: string, ...rest: unknown[]) {
      if (name.startsWith('qiaomen-write-')) await held;
      return request.call(this, name, ...rest);
    };
  });
  return () => page.evaluate(() => (window as any).let());
}

/** The form, ready to be written down, with its last words not yet kept. */
async function fill(teacher: Teacher): Promise<() => Promise<void>> {
  await teacher.phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.next();
  await teacher.next();
  await teacher.kept();
  const release = await hold(teacher.page);
  await teacher.page.getByLabel('一句话').fill(words);
  return release;
}

test('what was typed last is kept when the form could not be written down', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  const release = await fill(teacher);
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...row) {
      if (this.name !== 'outbox') return put.apply(this, row);
      throw new DOMException('', 'UnknownError');
    };
  });
  await teacher.tap('存到手机');
  await release();
  await teacher.reads('这一步没存上，再点一次。');
  await teacher.written();
  await phone.kill();

  await phone.switchOn();
  await phone.offline();
  await teacher.page.goto('/');
  await teacher.tap(new RegExp(household));
  await expect(teacher.page.getByLabel('一句话')).toHaveValue(words);
  await teacher.save();
  await phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settledOrSignedInAgain();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('no draft comes back of a form that was written down', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  const release = await fill(teacher);
  await teacher.tap('存到手机');
  await release();
  await expect(page).toHaveURL(/\/saved\//);
  await teacher.written();
  await page.goto('/');
  await expect(page.locator('a.sync')).toHaveText(/1 条在手机里/);
  await expect(page.getByText('没写完')).toHaveCount(0);

  await teacher.phone.offline(false);
  await page.goto('/');
  await teacher.settled();
  const [[remark]] = await ownServer.query(
    "SELECT raw::jsonb -> 'body' ->> 'remark' FROM entry WHERE kind = 'VISIT' ORDER BY received_at DESC LIMIT 1",
  );
  expect(remark).toBe(words);
});
