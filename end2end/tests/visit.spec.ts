// The main job: a class teacher in a doorway without signal, the village's word on the spot, and one
// confirmed line in the child's file, stored once.
import { film } from '../film.ts';
import { barriers, expect, test } from '../fixtures.ts';
import { household, missing, twins } from '../people.ts';
import type { Teacher } from '../teacher.ts';

async function file(teacher: Teacher, child: string): Promise<void> {
  await teacher.page.goto('/students');
  await teacher.page.getByRole('searchbox').fill(child);
  await teacher.tap(new RegExp(child));
  await expect(teacher.page.locator('h1', { hasText: child })).toBeVisible();
}

async function confirmedInTheFile(teacher: Teacher, child = missing): Promise<void> {
  await file(teacher, child);
  await teacher.reads(/村里已核对：属实/);
}

test('both phones offline; the visit arrives first', async ({ ownServer, teacher, villager, camera }) => {
  await teacher.phone.offline();
  await villager.phone.offline();

  await teacher.knock(missing);
  await teacher.reads('已存在手机');
  const code = await teacher.showCode();

  await film(camera, code.glass);
  await villager.scan();
  await villager.reads(new RegExp(household));
  await villager.tap('属实');
  await villager.reads('已核对：属实');
  await teacher.hear(await villager.receipt());
  await teacher.reads(/村里已核对：属实（回执码）/);

  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();
  await villager.phone.offline(false);
  await villager.tap('回村里');
  await villager.settled();

  await confirmedInTheFile(teacher);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('both phones offline; the answer arrives first', async ({ ownServer, teacher, villager, camera }) => {
  await teacher.phone.offline();
  await villager.phone.offline();
  await teacher.knock(missing);
  await film(camera, (await teacher.showCode()).glass);
  await villager.scan();
  await villager.tap('属实');
  await villager.reads('已核对：属实');

  await villager.phone.offline(false);
  await villager.tap('回村里');
  await villager.settled();
  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();

  await confirmedInTheFile(teacher);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('two of one house missing: one knock, one word of the village, two files', async ({ ownServer, teacher, villager }) => {
  const { page } = teacher;
  for (const child of twins) {
    await file(teacher, child);
    await teacher.tap('没到校');
    await teacher.tap('存到手机');
    await expect(teacher.touchable('回到学校')).toBeVisible();
  }
  await page.goto('/');
  const row = page.locator('li.duty', { hasText: twins[0] });
  await expect(row).toContainText(twins[1]);
  await teacher.phone.offline();

  const taps = await teacher.countTaps();
  await row.getByRole('button', { name: /^去敲门/ }).tap();
  for (const child of twins) await expect(page.getByRole('checkbox', { name: child })).toBeChecked();
  await teacher.next();
  await teacher.tap(/母亲/);
  // Read out, a name's parts stand apart.
  for (const child of twins) await teacher.tap(new RegExp(`^${child.split('·')[0]}`));
  await teacher.next();
  for (const child of twins) {
    const block = page.locator('section.group', { has: page.getByRole('heading', { name: child }) });
    await block.getByRole('button', { name: '不想上学' }).tap();
    await block.getByRole('button', { name: '愿意', exact: true }).tap();
  }
  await teacher.next();
  await teacher.tap('支持');
  await teacher.tap(/送到校$/);
  await teacher.save();
  // For the second child: who was met, why, and whether it will come.
  expect(await taps()).toBe(11 + 3);

  await teacher.phone.offline(false);
  await page.goto('/');
  await teacher.settled();
  await villager.page.goto('/');
  await villager.settled();
  await villager.confirm('阿依努尔家');
  await page.goto('/');
  await teacher.settled();
  for (const child of twins) await confirmedInTheFile(teacher, child);
  expect(await ownServer.newVisits()).toEqual({ [twins[0]]: 1, [twins[1]]: 1 });
  const [[knocks, answers]] = await ownServer.query(
    `SELECT count(DISTINCT knock) FILTER (WHERE kind = 'VISIT'), count(*) FILTER (WHERE kind = 'CONFIRMATION')
     FROM entry WHERE received_at > now() - interval '10 minutes'`,
  );
  expect([knocks, answers]).toEqual(['1', '1']);
});

test('without signal and without a camera, the cadre types the eight digits, and the file says so', async ({ ownServer, teacher, villager }) => {
  await teacher.phone.offline();
  await villager.phone.offline();
  await teacher.knock(missing);
  const { digits } = await teacher.showCode();
  await villager.typeCode(`${digits.slice(0, 7)}${(Number(digits[7]) + 1) % 10}`);
  await villager.reads('少一位或错一位，再看看老师的手机。');
  await villager.tap('清空');
  await villager.type(digits);
  await villager.reads('请看老师手机上写的哪一户、几点。属实吗？');
  // Only the teacher's glass says which house.
  await expect(villager.page.getByText(household)).toHaveCount(0);
  await villager.tap('属实');
  await villager.reads('已核对：属实');
  await villager.tap('回村里');
  await villager.phone.offline(false);
  await villager.page.goto('/');
  await villager.settled();

  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();
  await file(teacher, missing);
  await teacher.reads(/村里已核对：属实 · 村支书 .*登录核对/);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('on the teacher’s phone, in the cadre’s hand: two taps, said to be there, and his own word after it', async ({ ownServer, teacher, villager }) => {
  const { page } = teacher;
  await teacher.phone.offline();
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  await teacher.tap('用这部手机核对');
  await teacher.reads(household);
  await expect(page.getByText(missing)).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  const taps = await teacher.countTaps();
  await teacher.tap(/吐尔逊/);
  await teacher.tap('属实');
  await teacher.reads('已核对，谢谢您。请把手机还给老师。');
  expect(await taps()).toBe(2);
  await teacher.tap('还给老师了');
  await teacher.reads(/属实 · 村支书 .*在老师手机上/);
  await teacher.phone.offline(false);
  await page.goto('/');
  await teacher.settled();
  await file(teacher, missing);
  await teacher.reads(/属实 · 村支书 .*在老师手机上/);

  // The county wants the village's own tap; until then it stands as it was given.
  await villager.page.goto('/');
  await villager.settled();
  await expect(villager.house(household)).toContainText('在老师手机上答过，等您自己点一下。');
  await villager.confirm(household);
  await page.goto('/');
  await teacher.settled();
  await confirmedInTheFile(teacher);
  await teacher.reads(/村里已核对：属实 · .*登录核对/);
  const proofs = await ownServer.query(
    "SELECT raw::jsonb -> 'body' ->> 'proof' FROM entry WHERE kind = 'CONFIRMATION' AND received_at > now() - interval '10 minutes' ORDER BY ver",
  );
  expect(proofs).toEqual([['teachers_phone'], ['list']]);
});
