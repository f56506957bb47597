// What else a house holds: a child of another school, one whom no roster knows, the wrong house, and what
// comes to mind in the evening.
import { barriers, expect, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { brother, classTeacher, missing, primaryTeacher } from '../people.ts';
import { Phone } from '../phone.ts';
import type { Teacher } from '../teacher.ts';

/** The child's file, opened from the list. */
async function file(holder: Holder, child: string): Promise<void> {
  await holder.page.goto('/students');
  await holder.page.getByRole('link', { name: child }).first().tap();
  await expect(holder.page.locator('h1', { hasText: child })).toBeVisible();
}

async function sent(teacher: Teacher): Promise<void> {
  await teacher.page.goto('/');
  await teacher.settled();
}

test('a brother of another school is seen, and only his own teacher hears of it', async ({ ownServer, teacher }) => {
  await teacher.phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.tap(new RegExp(brother.split('·')[0]));
  await teacher.next();
  await teacher.tap('不想上学');
  await teacher.next();
  await teacher.save();
  await teacher.phone.offline(false);
  await sent(teacher);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  await teacher.page.goto('/students');
  await teacher.page.getByRole('searchbox').fill('买买提');
  await expect(teacher.page.getByRole('link', { name: brother })).toHaveCount(0);

  const phone = await Phone.buy(ownServer.url);
  const his = new Holder(phone, primaryTeacher);
  await his.signIn();
  const row = his.page.locator('li.duty', { hasText: `${classTeacher.name} 今天 到家里，见到孩子在家` });
  await row.getByRole('button', { name: /^记下/ }).tap();
  await row.getByRole('button', { name: /^是，记下/ }).tap();
  await expect(row).toHaveCount(0);
  await his.settled();
  await file(his, brother);
  await his.reads('别校老师顺路见到孩子：在家');
  await his.reads('记下了');
  const said = await ownServer.query(
    "SELECT kind, count(*) FROM entry WHERE kind LIKE 'SIGHTING%' AND received_at > now() - interval '5 minutes' GROUP BY 1 ORDER BY 1",
  );
  expect(said).toEqual([['SIGHTING', '1'], ['SIGHTING_ANSWER', '1']]);
  await phone.discard();
});

test('a child whom no roster knows becomes the office’s', async ({ teacher, desk }) => {
  await teacher.phone.offline();
  await teacher.setOut(missing);
  await teacher.tap('＋ 家里还有孩子');
  const sheet = teacher.page.getByRole('dialog', { name: '家里还有孩子' });
  await sheet.getByRole('button', { name: '记下' }).tap();
  await expect(sheet).toContainText('上学了吗？选一下。');
  await sheet.getByLabel('叫什么').fill('阿丽亚');
  await sheet.getByRole('button', { name: '没上学' }).tap();
  await sheet.getByLabel(/大约几岁/).fill('大约七岁');
  expect(await barriers(teacher.page)).toEqual([]);
  await sheet.getByRole('button', { name: '记下' }).tap();
  await teacher.nobodyThere();
  await teacher.reads('教导处会来认：阿丽亚');
  await teacher.phone.offline(false);
  await sent(teacher);

  await desk.open('要办的');
  await desk.row('阿丽亚').getByRole('link', { name: /^核实/ }).click();
  await expect(desk.drawer).toContainText('大约七岁');
  await expect(desk.drawer).toContainText(classTeacher.name);
});

test('a visit to the wrong house is taken back, and stays to be read', async ({ ownServer, teacher }) => {
  await teacher.knock(missing);
  await sent(teacher);
  await file(teacher, missing);
  await teacher.tap('打开这次走访');
  await teacher.phone.offline();
  await teacher.tap('更多');
  await teacher.tap('记错了孩子，撤回');
  await teacher.tap('撤回这次走访');
  await expect(teacher.touchable(new RegExp(`^去敲门 ${missing}$`))).toBeVisible();
  await teacher.phone.offline(false);
  await sent(teacher);
  await file(teacher, missing);
  await teacher.reads('已撤回，不算数');
  const kept = await ownServer.query(
    "SELECT kind, count(*) FROM entry WHERE kind IN ('VISIT', 'WITHDRAWAL') AND received_at > now() - interval '5 minutes' GROUP BY 1 ORDER BY 1",
  );
  expect(kept).toEqual([['VISIT', '1'], ['WITHDRAWAL', '1']]);
});

test('what comes to mind in the evening stands under the visit, with its own time', async ({ teacher }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  await teacher.tap('晚上补几句');
  await teacher.tap('存到手机');
  await teacher.reads('还什么都没写，没有存。');
  await teacher.page.getByLabel('家里').fill('奶奶说爸爸年底回来');
  await teacher.written();
  await teacher.phone.kill();
  await teacher.phone.switchOn();
  await teacher.page.goto('/');
  await teacher.page.getByRole('link', { name: /阿依古丽家/ }).first().tap();
  await expect(teacher.page.getByLabel('家里')).toHaveValue('奶奶说爸爸年底回来');
  await teacher.tap('存到手机');
  await expect(teacher.page).not.toHaveURL(/supplement/);
  await file(teacher, missing);
  await teacher.reads(/^晚上补的 · 今天 .*家里：奶奶说爸爸年底回来/);
  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settledOrSignedInAgain();
  await file(teacher, missing);
  await teacher.reads(/^晚上补的 · 今天 .*家里：奶奶说爸爸年底回来/);
});

test('a child is found by initials, and the family called from the file', async ({ teacher }) => {
  await teacher.phone.offline();
  await teacher.page.goto('/students');
  const field = teacher.page.getByRole('searchbox');
  await field.pressSequentially('aygl');
  await expect(teacher.page.locator('a.cell').first()).toContainText(missing);
  await teacher.page.getByRole('link', { name: missing }).first().tap();
  await expect(teacher.page.locator('h1', { hasText: missing })).toBeVisible();
  const browser = await teacher.phone.context.newCDPSession(teacher.page);
  await browser.send('Page.enable');
  const dialled = new Promise<string>((resolve) => browser.on('Page.frameRequestedNavigation', ({ url }) => resolve(url)));
  await teacher.tap(/^打电话 热娜古丽/);
  expect(await dialled).toMatch(/^tel:144\d{8}$/);
  // What was looked for is there again.
  await teacher.tap('返回');
  await expect(field).toHaveValue('aygl');
  await expect(teacher.page.locator('a.cell').first()).toContainText(missing);
});
