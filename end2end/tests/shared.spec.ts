// One phone, two teachers: neither meets the other's children, and what the first one wrote waits for her.
import { Phone, expect, test } from '../fixtures.ts';
import { classTeacher, missing, primaryTeacher, routine } from '../people.ts';
import { Teacher } from '../teacher.ts';

test('two people on one phone: neither sees the other’s work, and nothing of it is lost', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  const second = new Teacher(phone, primaryTeacher);
  await phone.offline();
  await teacher.knock(missing);
  await page.goto('/');
  await teacher.setOut(routine);
  await teacher.next();
  await teacher.tap(/孩子本人/);
  await teacher.kept();
  await page.goto('/me');
  await teacher.tap(/^换个人用/);
  await teacher.reads(`这部手机上还有 ${classTeacher.name} 没送到的 1 条，给他留着。`);

  await phone.offline(false);
  await second.signIn();
  expect(await ownServer.newVisits()).toEqual({});
  for (const address of ['/', '/students', '/classes', '/sync', '/me']) {
    await page.goto(address);
    await expect(page.locator('h1').first()).toBeVisible();
    const words = await page.locator('body').innerText();
    for (const theirs of [missing, routine, '七年级3班', '没写完']) expect(words, address).not.toContain(theirs);
  }
  const [own] = await second.classmates(1);
  await second.nobodyHome(own);
  await page.goto('/');
  await second.settled();
  expect(await ownServer.newVisits()).toEqual({ [own]: 1 });

  await page.goto('/me');
  await second.tap(/^换个人用/);
  await teacher.reads(`这部手机上还有 ${classTeacher.name} 没送到的 1 条，给他留着。`);
  await teacher.typePassword();
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [own]: 1, [missing]: 1 });
  // The page that the one before had open is not hers.
  await expect(page).toHaveURL(/\/$/);
  await teacher.reads('没写完');
  const words = await page.locator('body').innerText();
  expect(words).not.toContain(own);
  await teacher.tap(/^没写完|袁家/);
  await expect(teacher.step('见到')).toBeVisible();
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
});

test('who has forgotten whose phone it is gets in with nobody else’s code', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  await phone.offline();
  await teacher.knock(missing);
  await page.goto('/me');
  await teacher.tap('锁上');
  await phone.offline(false);
  await teacher.tap('换个人用');
  await teacher.reads(`这部手机上还有 ${classTeacher.name} 没送到的 1 条，给他留着。`);
  const second = new Teacher(phone, primaryTeacher);
  await second.signIn();
  expect(await page.locator('body').innerText()).not.toContain(missing);
  expect(await ownServer.newVisits()).toEqual({});
});

test('who hands the phone over is gone from it at once, also for a page that is loaded anew', async ({ teacher }) => {
  const { page } = teacher;
  await page.goto('/me');
  await expect(teacher.touchable(/^换个人用/)).toBeVisible();
  // Something else is just being written, and takes its time.
  await page.evaluate(async () => {
    const stores = await indexedDB.databases();
    const store = stores.map(({ name }) => name!).find((name) => name.startsWith('qiaomen-'))!;
    await new Promise<void>((taken) => {
      void navigator.locks.request(store.replace('qiaomen-', 'qiaomen-write-'), () => {
        taken();
        return new Promise(() => {});
      });
    });
  });
  await teacher.tap(/^换个人用/);
  await expect(page.getByLabel('手机号')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('手机号')).toBeVisible();
});
