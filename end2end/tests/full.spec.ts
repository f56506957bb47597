// The phone is full: the form says so in words, what was kept stays kept, and when there is room again the
// same form goes on.
import type { CDPSession, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { CODE, cadre, household, missing, office, routine, subjectTeacher } from '../people.ts';
import { Phone } from '../phone.ts';
import { Teacher } from '../teacher.ts';

const full = '手机满了，这一步没存上。先删些照片视频，再点一次。';

/** To whom she promised lessons, in the demo county. */
const promised = '吐尔逊·艾力己';
/** A child for whom roster and teacher say different telephones. */
const twoValues = '阿依努尔·艾合买提丙';

/** Photos and films of the same phone, until not one more letter fits. */
const takePhotos = (page: Page) =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opened = indexedDB.open('photos', 1);
      opened.onupgradeneeded = () => opened.result.createObjectStore('photos', { autoIncrement: true });
      opened.onsuccess = () => resolve(opened.result);
      opened.onerror = () => reject(opened.error);
    });
    const fits = (size: number) =>
      new Promise<boolean>((resolve) => {
        const transaction = database.transaction('photos', 'readwrite');
        transaction.objectStore('photos').add(crypto.getRandomValues(new Uint8Array(size)));
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
      });
    for (const size of [65_536, 4_096, 256, 16, 1]) while (await fits(size));
    database.close();
  });

/** From now on there is room for little rows, and for nothing that somebody wrote. */
const noRoom = (page: Page) =>
  page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    (window as any).makeRoom = () => (IDBObjectStore.prototype.put = put);
    IDBObjectStore.prototype.put = function (...row) {
      if (!['outbox', 'drafts'].includes(this.name)) return put.apply(this, row);
      throw new DOMException('', 'QuotaExceededError');
    };
  });

const makeRoom = (page: Page) => page.evaluate(() => (window as any).makeRoom());

test('a form on a full phone says so, keeps what was kept, and goes on when there is room', async ({ ownServer, teacher }) => {
  const { phone } = teacher;
  // The browser asks for room at its start, and again when what it was given is used up.
  await phone.context.close();
  await phone.switchOn();
  await phone.page.goto('/manifest.webmanifest');
  const { origin } = new URL(phone.page.url());
  const devtools: CDPSession = await phone.context.newCDPSession(phone.page);
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 2_000_000 });

  const { page } = teacher;
  await page.goto('/');
  await teacher.settled();
  await phone.offline();
  await teacher.setOut(routine);
  await teacher.nobodyThere();
  await page.goto('/');
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.kept();
  await takePhotos(page);

  await teacher.tap(/孩子本人/);
  await teacher.reads(full);
  await teacher.next();
  await teacher.tap('不想上学');
  await teacher.next();
  await teacher.tap('支持');
  await teacher.tap('存到手机');
  await expect(page.locator('p.error', { hasText: full })).toBeVisible();
  await expect(page).toHaveURL(/\/visit\//);

  // What was kept before is there, as it was kept; another window shows it.
  const other = await phone.context.newPage();
  await other.goto('/sync');
  await expect(other.getByText(/走访 ·/)).toHaveCount(1);
  await other.goto('/');
  await expect(other.getByRole('link', { name: new RegExp(`${household}.*没写完`) })).toBeVisible();
  await other.close();

  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await page.getByLabel('一句话').fill('奶奶说明天送来。');
  await teacher.kept();
  await expect(page.getByRole('status').or(page.locator('.banner')).filter({ hasText: full })).toHaveCount(0);
  await phone.kill();

  await phone.switchOn();
  await phone.offline();
  await teacher.page.goto('/');
  await teacher.tap(new RegExp(household));
  await expect(teacher.page.getByLabel('一句话')).toHaveValue('奶奶说明天送来。');
  await teacher.save();
  await phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settledOrSignedInAgain();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1, [routine]: 1 });
});

test('what makes room are the children; they come again, and no line written here goes', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.kept();
  // Room for little rows, none for the next visit: once.
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...row) {
      if (this.name !== 'outbox') return put.apply(this, row);
      IDBObjectStore.prototype.put = put;
      throw new DOMException('', 'QuotaExceededError');
    };
  });
  await teacher.next();
  await teacher.next();
  await teacher.save();
  await teacher.reads('已存在手机');

  await page.goto('/students');
  await expect(page.locator('h1').first()).toBeVisible();
  await phone.offline(false);
  await page.goto('/');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  await page.goto('/students');
  await expect(page.getByRole('link', { name: routine }).first()).toBeVisible();
});

test('a form that could not be kept is kept as soon as there is room, without another touch', async ({ teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.reads(/草稿已留/);
  await noRoom(page);
  await teacher.tap(/孩子本人/);
  await teacher.reads(full);
  await makeRoom(page);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await teacher.reads(/草稿已留/);
  await expect(page.getByText(full)).toHaveCount(0);
  await page.reload();
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');

  // Also when its page was left meanwhile: it opens as it was, and is kept.
  await noRoom(page);
  await teacher.tap(/奶奶/);
  await teacher.reads(full);
  await teacher.tap('返回');
  await teacher.tap('返回');
  await teacher.tap(new RegExp(`${household}.*没写完`));
  await teacher.next();
  await expect(teacher.touchable(/奶奶/)).toHaveAttribute('aria-pressed', 'false');
  await makeRoom(page);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await teacher.reads(/草稿已留/);
  await page.reload();
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
  await expect(teacher.touchable(/奶奶/)).toHaveAttribute('aria-pressed', 'false');
});

test('an answer of the village that a full phone does not keep stays as it was typed', async ({ ownServer, teacher, villager }) => {
  await teacher.knock(missing);
  await teacher.page.goto('/');
  await teacher.settled();
  const { page } = villager;
  await page.goto('/');
  await villager.settled();
  await villager.phone.offline();
  await noRoom(page);
  await villager.house(household).getByRole('button', { name: /^有出入/ }).tap();
  await villager.tap('孩子现在不在家');
  await page.getByLabel('想说一句').fill('全家去浙江了');
  await villager.tap('交给老师');
  await villager.reads(full);
  await page.keyboard.press('Escape');
  await villager.reads(full);
  await villager.house(household).getByRole('button', { name: /^有出入/ }).tap();
  await expect(villager.touchable('孩子现在不在家')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByLabel('想说一句')).toHaveValue('全家去浙江了');
  await makeRoom(page);
  await villager.tap('交给老师');
  await villager.reads('已核对：有出入');
  await villager.phone.offline(false);
  await page.goto('/');
  await villager.settled();
  expect(await ownServer.query("SELECT raw::jsonb->'body'->>'comment' FROM entry WHERE kind = 'CONFIRMATION' AND received_at > now() - interval '10 minutes'"))
    .toEqual([['全家去浙江了']]);
});

test('a full phone in the cadre’s hand, and paper written down on it, say so', async ({ teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  await noRoom(page);
  await teacher.tap('用这部手机核对');
  await teacher.tap(new RegExp(cadre.name));
  await teacher.tap('属实');
  await teacher.reads(full);
  await teacher.tap('返回');
  await teacher.tap('纸上签过了');
  const paper = page.getByRole('dialog', { name: '纸上签过了' });
  await paper.getByRole('button', { name: new RegExp(cadre.name) }).tap();
  await paper.getByRole('button', { name: '属实' }).tap();
  await expect(paper.getByText(full)).toBeVisible();
  await makeRoom(page);
  await paper.getByRole('button', { name: '属实' }).tap();
  await expect(paper).toBeHidden();
  await teacher.reads(/属实 · .*纸上签字/);
});

test('who leaves a full phone while a page is not on it is told, may stay, and finds it behind the lock', async ({ teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.reads(/草稿已留/);
  await noRoom(page);
  await teacher.tap(/孩子本人/);
  await teacher.reads(full);
  await teacher.tap('返回');
  await teacher.tap('返回');
  await teacher.tap('我的');

  await teacher.tap('锁上');
  const told = page.getByRole('dialog', { name: '锁上' });
  await expect(told.getByText('还有 1 页没存进手机')).toBeVisible();
  await teacher.tap('再存一次');
  await expect(told.getByText(full)).toBeVisible();
  await teacher.tap('还是锁上');
  await teacher.reads('还有没存进手机的，解锁后接着存；先别关掉敲门。');
  await teacher.unlock();

  // Nobody has asked again; it waits as it was typed.
  await teacher.tap('今日');
  await teacher.tap(new RegExp(`${household}.*没写完`));
  await teacher.next();
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
  await teacher.tap('返回');
  await teacher.tap('返回');
  await teacher.tap('我的');
  await teacher.tap(/^换个人用/);
  await expect(page.getByRole('dialog', { name: '换个人用' }).getByText('还有 1 页没存进手机')).toBeVisible();
  await makeRoom(page);
  await teacher.tap('再存一次');
  await teacher.reads('都存进手机了');
  await page.reload();
  await teacher.tap('今日');
  await teacher.tap(new RegExp(`${household}.*没写完`));
  await teacher.next();
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
});

test('what waits behind the lock of one person never comes before another, and is there when she is back', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.reads(/草稿已留/);
  await noRoom(page);
  await teacher.tap(/孩子本人/);
  await teacher.reads(full);
  await teacher.tap('返回');
  await teacher.tap('返回');
  await teacher.tap('我的');
  await teacher.tap(/^换个人用/);
  await teacher.tap('还是换个人用');
  await makeRoom(page);
  const other = new Teacher(teacher.phone, subjectTeacher);
  await other.typePassword();
  await page.getByLabel('解锁码').fill(CODE);
  await page.getByLabel('再输一次').fill(CODE);
  await other.tap('设好了');
  await other.settled();
  await other.tap('今日');
  await expect(page.getByRole('heading', { level: 1, name: '今日' })).toBeVisible();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await other.written();
  await expect(page.getByText('没写完')).toHaveCount(0);
  await other.tap('我的');
  await other.tap(/^换个人用/);
  await teacher.typePassword();
  await teacher.tap('今日');
  await teacher.tap(new RegExp(`${household}.*没写完`));
  await teacher.next();
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
});

test('who signs out is told of the pages that go with her', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.kept();
  await page.goto('/me');
  await teacher.tap('退出登录');
  const told = page.getByRole('dialog', { name: '退出登录' });
  await expect(told.getByText('还有 1 页没写完。')).toBeVisible();
  await expect(told.getByText('现在退出，这几页就没有了，找不回来。')).toBeVisible();
  await teacher.tap('去写完');
  await expect(page.getByRole('link', { name: new RegExp(`${household}.*没写完`) })).toBeVisible();
  await page.goto('/me');
  await teacher.tap('退出登录');
  await teacher.tap('还是退出登录');
  await expect(page.getByLabel('密码')).toBeVisible();
});

test('what is written from a row of a full phone says that it was not kept, and can be tapped again', async ({ teacher }) => {
  const row = teacher.page.locator('li.duty', { hasText: promised });
  await noRoom(teacher.page);
  await row.getByRole('button', { name: /^做到了/ }).tap();
  await row.getByRole('button', { name: /^是，记下/ }).tap();
  await expect(row.getByText(full)).toBeVisible();
  await makeRoom(teacher.page);
  await row.getByRole('button', { name: /^是，记下/ }).tap();
  await expect(row).toHaveCount(0);
});

test('what the office decides on a full phone says that it was not kept, and can be tapped again', async ({ ownServer }) => {
  const phone = await Phone.buy(ownServer.url);
  const decider = new Teacher(phone, office);
  await decider.signIn();
  const { page } = phone;
  await page.goto('/students');
  await page.getByRole('searchbox').or(page.getByRole('textbox')).first().fill(twoValues);
  await page.getByRole('link', { name: twoValues }).first().tap();
  await noRoom(page);
  await decider.tap('用新的');
  await decider.reads(full);
  await makeRoom(page);
  await decider.tap('用新的');
  await expect(decider.touchable('用新的')).toHaveCount(0);
  await phone.discard();
});
