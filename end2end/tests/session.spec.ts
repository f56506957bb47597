// Signing in and being signed out: nothing that was written is lost by either.
import { Cadre } from '../cadre.ts';
import { Caller } from '../caller.ts';
import { expect, test } from '../fixtures.ts';
import { classTeacher, missing, cadre as villager } from '../people.ts';
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

test('a session that was ended elsewhere holds what is unsent', async ({ ownServer, teacher }) => {
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
  await teacher.tap('登录');
  await teacher.typePassword();
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});
