// Signing in and being signed out: nothing that was written is lost by either.
import { Cadre } from '../cadre.ts';
import { Caller } from '../caller.ts';
import { expect, test } from '../fixtures.ts';
import { PASSWORD, classTeacher, missing, office, routine, cadre as villager } from '../people.ts';
import { Teacher } from '../teacher.ts';

test('a wrong password is said, and tells nothing else', async ({ ownServer, phones }) => {
  const stranger = new Teacher(await phones(), { name: '', phone: '14400009999' });
  const teacher = new Teacher(await phones(), classTeacher);
  for (const person of [stranger, teacher]) {
    await person.page.goto(`${ownServer.url}/`);
    await person.typePassword('wrong-password');
    await expect(person.page.getByRole('alert')).toHaveText('手机号或密码不对。忘了密码请找教导处重设。');
  }
});

test('what is typed as a password can be seen, and hidden again', async ({ phone }) => {
  await phone.page.goto('/');
  const password = phone.page.getByLabel('密码');
  await password.fill('qiaomen-demo');
  const eye = phone.page.getByRole('button', { name: '看一眼' });
  await expect(password).toHaveAttribute('type', 'password');
  await eye.tap();
  await expect(password).toHaveAttribute('type', 'text');
  await expect(eye).toHaveAttribute('aria-pressed', 'true');
  await eye.tap();
  await expect(password).toHaveAttribute('type', 'password');
});

test('the lock opens with the app’s own keys, a slip of the thumb taken back', async ({ teacher }) => {
  const { page } = teacher;
  await page.goto('/me');
  await teacher.tap('锁上');
  await teacher.tap('9');
  await teacher.tap('删');
  const smallest = await page.locator('.keys button').evaluateAll((keys) =>
    Math.min(...keys.map((key) => key.getBoundingClientRect().height)),
  );
  expect(smallest).toBeGreaterThanOrEqual(72);
  await teacher.unlock();
  await expect(page.locator('header.top')).toBeVisible();
});

test('who signs in at a link to it stays in the app, and may check the phone before', async ({ phone, server }) => {
  const cadre = new Cadre(phone, villager);
  // What lay before it in this window is somebody else's page.
  await cadre.page.goto(`${server.url}/answer.html`);
  await cadre.page.goto('/sign-in');
  await cadre.tap('这部手机能用吗');
  await cadre.reads('日期对');
  await cadre.tap('返回');
  await cadre.typePassword();
  await cadre.settled();
  expect(new URL(cadre.page.url()).pathname).toBe('/');
});

test('a session that expires offline keeps the work until she signs in again', async ({ ownServer, teacher }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  await ownServer.query("UPDATE session SET expires_at = now() - interval '1 day'");

  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await expect(teacher.page.locator('a.sync')).toHaveText('登录过期，写的都在');
  expect(await ownServer.newVisits()).toEqual({});

  await teacher.tap('登录过期，写的都在');
  await teacher.reads('登录过期了。先照常记，有信号时再登录，写的都在。');
  await teacher.tap('登录');
  await teacher.typePassword();
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('a lost phone whose sign-in was ended elsewhere puts the children away and holds what is unsent', async ({ ownServer, teacher }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  const elsewhere = await Caller.signIn(ownServer.url, classTeacher);
  const { text } = await elsewhere.ask('/api/v1/devices');
  for (const device of JSON.parse(text)) {
    if (!device.current) await elsewhere.end(`/api/v1/devices/${device.id}`);
  }
  await teacher.phone.offline(false);
  await teacher.page.goto('/sync');
  await teacher.reads('登录过期了。先照常记，有信号时再登录，写的都在。');
  await teacher.reads(/走访 ·/);
  // Of the children only the one whom she still has something to tell about.
  await teacher.page.goto('/students');
  await teacher.reads(missing);
  await expect(teacher.page.getByText(routine)).toHaveCount(0);
  await teacher.page.goto('/sync');
  await teacher.tap('登录');
  await teacher.typePassword();
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('a locked phone, and one that changes hands, shows no desk', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  const asksAtDesk = async () => {
    await page.goto('/desk/students');
    await expect(page.getByLabel('密码')).toBeVisible();
    await expect(page.getByText(missing)).toHaveCount(0);
  };
  // Open as it is: a desk is more than a phone, and somebody else's to look at.
  await asksAtDesk();
  await page.goto('/me');
  await teacher.tap('锁上');
  await asksAtDesk();

  await page.goto('/');
  await teacher.tap('换个人用');
  await expect(page.getByLabel('手机号')).toBeVisible();
  await asksAtDesk();
  await expect.poll(() => ownServer.query('SELECT id FROM session WHERE expires_at > now()')).toEqual([]);
});

test('phone and desk in one browser: each has its own sign-in, and leaving one leaves the other', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  await page.goto('/desk');
  await page.getByLabel('手机号').fill(office.phone);
  await page.getByLabel('密码').fill(PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.locator('header.bar')).toContainText(office.name);

  await page.goto('/');
  await teacher.nobodyHome(missing);
  await page.goto('/');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });

  await page.goto('/desk');
  await expect(page.locator('header.bar')).toContainText(office.name);
  await page.getByRole('button', { name: '退出' }).click();
  await expect(page.getByLabel('密码')).toBeVisible();
  await page.goto('/');
  await teacher.settled();
});
