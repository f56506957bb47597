// Every address opens without network, from a link as from the home screen.
import { expect, keptForOffline, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { classTeacher, missing } from '../people.ts';

test('a deep link to every screen opens without network', async ({ teacher }) => {
  await teacher.knock(missing);
  const knock = new URL(teacher.page.url()).pathname.split('/').at(-1);
  const evening = await teacher.touchable('晚上补几句').getAttribute('href');
  await teacher.page.goto('/students');
  await teacher.page.getByRole('link', { name: missing }).first().tap();
  await expect(teacher.page.locator('h1', { hasText: missing })).toBeVisible();
  const file = new URL(teacher.page.url()).pathname;
  const child = file.split('/').at(-1);
  await teacher.phone.offline();

  const addresses: [string, string | RegExp][] = [
    ['/', '今日'],
    ['/?by=village', '今日'],
    ['/students', '学生'],
    [file, missing],
    ['/classes', '班级'],
    [`/visit/${knock}?correct=1`, /敲门/],
    [`/visit/01890000-0000-7000-8000-000000000001?child=${child}`, /阿依古丽家/],
    [`/saved/${knock}`, '存好了'],
    [`/confirm/${knock}`, '请村干部核对'],
    [evening!, '晚上补几句'],
    [`/report/${child}`, /记录|单独上报/],
    ['/scan', '扫一扫'],
    ['/sync', '手机里的'],
    ['/me', '我的'],
    ['/ready', '这部手机能用吗'],
    ['/no/such/page', '今日'],
  ];
  for (const [address, title] of addresses) await opens(teacher, address, title);
});

test('so does every screen of the village', async ({ villager }) => {
  await villager.phone.offline();
  for (const address of ['/', '/cadre/answered', '/cadre/in-my-name', '/scan', '/me']) {
    await opens(villager, address, /五村|核对|扫一扫|我的/);
  }
});

test('and signing in, which says that it needs a signal', async ({ phone }) => {
  await phone.page.goto('/');
  await keptForOffline(phone.page);
  await phone.offline();
  for (const address of ['/sign-in', '/ready', '/students']) {
    await phone.page.goto(address);
    await expect(phone.page.locator('h1').first(), address).toBeVisible();
  }
  const holder = new Holder(phone, classTeacher);
  await phone.page.goto('/sign-in');
  await holder.typePassword();
  await holder.reads(/信号/);
});

async function opens(holder: Holder, address: string, title: string | RegExp): Promise<void> {
  await holder.page.goto(address);
  await expect(holder.page.locator('h1').first(), address).toHaveText(title);
  await expect(holder.page.locator('#boot-failed'), address).toBeHidden();
}
