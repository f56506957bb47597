// What this phone keeps and what it lets go: a rescue file put back, children put away after weeks without
// contact, an old key, a full phone, what the office gave back.
import { Caller } from '../caller.ts';
import { expect, test } from '../fixtures.ts';
import { CODE, classTeacher, missing, office, routine } from '../people.ts';

test('what was saved as a file before leaving is put back once', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  await teacher.phone.offline();
  await teacher.knock(missing);
  await page.goto('/me');
  await teacher.tap('退出登录');
  const saved = page.waitForEvent('download');
  await teacher.tap('加密存成文件再退');
  const file = await (await saved).path();
  await expect(page.getByLabel('密码')).toBeVisible();

  await teacher.phone.offline(false);
  await teacher.signIn();
  await page.goto('/sync');
  const choose = page.getByLabel(/从救援文件放回/);
  await choose.setInputFiles({ name: '照片.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no rescue') });
  await teacher.reads('这不是救援文件。请选“下载”里 qiaomen 开头、rescue 结尾的那个。');

  // The password was typed long ago: it is asked for in place, and a wrong one puts nothing back.
  await ownServer.query("UPDATE session SET created_at = now() - interval '1 day'");
  await choose.setInputFiles(file);
  await teacher.reads('请先重新登录，再放回文件。');
  await page.getByLabel('密码').fill('wrong-password');
  await teacher.tap('放回');
  await teacher.reads(/手机号或密码不对/);
  expect(await ownServer.newVisits()).toEqual({});
  await page.getByLabel('密码').fill('qiaomen-demo');
  await teacher.tap('放回');
  await teacher.reads('放回了 1 条，有信号自动送。');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });

  await choose.setInputFiles(file);
  await teacher.reads('这个文件里的都已经在了，什么也没变。');
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('children leave a phone that had no contact for two weeks, her work does not', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  await teacher.phone.offline();
  await teacher.knock(missing);
  await page.goto('about:blank');
  await page.clock.setFixedTime(Date.now() + 15 * 24 * 3600 * 1000);
  await page.goto('/students');
  await teacher.unlock();
  await teacher.reads('14 天没连上学校，孩子的资料先收起来了。您写的都在。到有信号的地方打开一次，资料就回来。');
  await expect(page.getByText(routine)).toHaveCount(0);
  await page.goto('/sync');
  await teacher.reads(/走访 ·/);

  await teacher.phone.offline(false);
  await teacher.tap('现在送');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  await page.goto('/students');
  await teacher.reads(routine);
});

test('after the school has changed its keys the unlock code opens what is here', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  await teacher.phone.offline();
  await teacher.knock(missing);
  await teacher.phone.offline(false);
  await ownServer.query('UPDATE vault SET salt = sha256(salt)');
  const forget = async () => {
    await page.goto('/me');
    await teacher.tap('锁上');
    await teacher.tap(/忘了/);
    await teacher.typePassword();
  };
  await forget();
  await teacher.reads('学校那边换过钥匙');
  await page.getByLabel('解锁码').fill('135790');
  await teacher.tap('打开');
  await expect(page.getByRole('alert')).toHaveText(/不对/);
  await page.getByLabel('解锁码').fill(CODE);
  await teacher.tap('打开');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  // From now on the password is enough again.
  await forget();
  await expect(page.getByLabel('再输一次')).toBeVisible();
});

test('a phone that is nearly full says so in words', async ({ teacher }) => {
  await teacher.page.addInitScript(() => {
    navigator.storage.estimate = async () => ({ quota: 100e6, usage: 90e6 });
  });
  for (const address of ['/', '/sync']) {
    await teacher.page.goto(address);
    await teacher.reads('手机快满了。先删些照片视频；写的不会丢。');
  }
});

test('from the home screen the app opens with the list she looked at last', async ({ teacher }) => {
  const { page } = teacher;
  await page.goto('/classes');
  await expect(page.locator('.tabs [aria-current]')).toHaveText('班级');
  await page.goto('/?from=home');
  await expect(page).toHaveURL(/\/classes$/);
  await expect(page.locator('.tabs [aria-current]')).toHaveText('班级');
  await page.goto('/');
  await expect(page.locator('.tabs [aria-current]')).toHaveText('今日');
});

test('what the office did not take comes back with its word', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  // Her class was taken from her before her phone last heard from the school.
  await ownServer.query(`ALTER TABLE user_scope DISABLE TRIGGER ALL;
    UPDATE user_scope SET gone_xid = '1', xid = '1' WHERE user_id =
      (SELECT id FROM account WHERE phone = '${classTeacher.phone}');
    ALTER TABLE user_scope ENABLE TRIGGER ALL`);
  await teacher.nobodyHome(missing);
  await page.goto('/sync');
  await teacher.reads(/教导处看了再定/);
  const clerk = await Caller.sitDown(ownServer.url, office);
  const [[kept]] = await ownServer.query('SELECT id FROM quarantine');
  const words = '这孩子归三班了，请转给宋老师';
  const settled = await clerk.ask('/api/v1/desk/settle', { entry: kept, how: 'RETURNED', words });
  expect(settled.status, settled.text).toBe(200);

  await teacher.tap('现在送');
  await teacher.reads(`教导处没收：${words}`);
  await teacher.tap('撤回');
  await page.getByRole('dialog').getByRole('button', { name: '撤回' }).tap();
  await expect(page.getByText(words)).toHaveCount(0);
});
