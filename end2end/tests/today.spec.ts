// The small things of an evening: rows tapped once too often, a form thrown away, a visit of yesterday, one
// of the wrong child, the next door.
import { expect, test } from '../fixtures.ts';
import { missing, routine } from '../people.ts';
import type { Server } from '../server.ts';

/** To whom she promised lessons, in the demo county; and whom a colleague has seen. */
const promised = '吐尔逊·艾力己';
const sighted = '陈佑轩';
/** Whose door is in the village of `missing` and `routine`, and asked for this week. */
const neighbour = '玉素甫·热合曼丙';

const written = (server: Server, kind: string) =>
  server.query(`SELECT count(*) FROM entry WHERE kind = '${kind}' AND received_at > now() - interval '10 minutes'`);

for (const { ask, child, kind } of [
  { ask: '做到了', child: promised, kind: 'SUPPLEMENT' },
  { ask: '记下', child: sighted, kind: 'SIGHTING_ANSWER' },
]) {
  test(`${ask}: a thumb that taps twice writes nothing, one that is sure writes once`, async ({ ownServer, teacher }) => {
    const { page } = teacher;
    const before = await written(ownServer, kind);
    const { x, y, width, height } = (await teacher.touchable(`${ask} ${child}`).boundingBox())!;
    for (const _ of [1, 2]) await page.touchscreen.tap(x + width / 2, y + height / 2);
    await expect(teacher.touchable(`${ask} ${child}`)).toBeVisible();
    await teacher.tap(`${ask} ${child}`);
    // Twice before the row can have gone.
    await teacher.touchable(`是，记下 ${child}`).evaluate((button: HTMLElement) => (button.click(), button.click()));
    await expect(page.locator('li.duty', { hasText: child })).toHaveCount(0);
    await teacher.settled();
    expect(await written(ownServer, kind)).toEqual([[String(Number(before[0][0]) + 1)]]);
  });
}

test('a form begun is thrown away once she is sure, and then it is gone', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(routine);
  await teacher.next();
  await teacher.tap(/父亲/);
  await teacher.kept();
  await page.goto('/');
  const begun = page.locator('.draft', { hasText: '没写完' });
  await begun.getByRole('button', { name: /^不要了/ }).tap();
  await teacher.tap('留着');
  await expect(begun).toHaveCount(1);
  await begun.getByRole('button', { name: /^不要了/ }).tap();
  await page.getByRole('dialog', { name: '不要了？' }).getByRole('button', { name: '不要了' }).tap();
  await expect(begun).toHaveCount(0);
  await page.reload();
  await teacher.setOut(routine);
  await expect(begun).toHaveCount(0);
  await teacher.next();
  await expect(page.locator('[aria-pressed=true]')).toHaveCount(0);
});

test('of a visit of yesterday file and desk say when it was and when it was written', async ({ teacher, desk }) => {
  const { page } = teacher;
  await teacher.setOut(routine);
  await teacher.tap(/^时间/);
  await teacher.tap('昨天');
  await page.getByLabel('几点').fill('18:20');
  await teacher.tap('好了');
  await teacher.nobodyThere();
  const both = /昨天 18:20 去的 · 今天 \d+:\d+ 记下/;
  await teacher.reads(both);
  await page.goto('/students');
  await page.getByRole('link', { name: routine }).first().tap();
  await teacher.reads(both);
  await page.goto('/');
  await teacher.settled();

  await desk.open('走访');
  await expect(desk.row(routine)).toContainText('补录');
  await desk.row(routine).click();
  await expect(desk.drawer).toContainText('18:20');
  await expect(desk.drawer).toContainText(/后来记下 .*\d+:\d+ · 学校收到 .*\d+:\d+/);
});

test('a day that was emptied and left is shown again as it holds', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(routine);
  await teacher.tap(/^时间/);
  await teacher.tap('昨天');
  await teacher.tap('选时间');
  const day = page.getByLabel('哪天');
  const yesterday = await day.inputValue();
  await day.fill('');
  await expect(day).toHaveValue('');
  await day.blur();
  await expect(day).toHaveValue(yesterday);
  await day.fill('2026-01-05');
  await day.blur();
  await expect(day).toHaveValue('2026-01-05');
});

test('what is missing leads to the sheet where it can be said', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(routine);
  await teacher.tap(/^时间/);
  await teacher.tap('今天早些时候');
  await teacher.tap('好了');
  await teacher.next();
  await teacher.tap('没见到人');
  await teacher.tap('家里没人');
  await teacher.tap('存到手机');
  await teacher.tap('什么时候去的？选一下');
  await expect(page.getByRole('dialog', { name: '什么时候去的' })).toBeVisible();
  await expect(page.getByLabel('几点')).toBeFocused();
});

test('after a visit of the wrong child is withdrawn, back shows no empty page of it', async ({ teacher }) => {
  const { page } = teacher;
  await page.goto('/students');
  await page.goto('/');
  await teacher.setOut(routine);
  await teacher.nobodyThere();
  await teacher.tap('更多');
  await teacher.tap('记错了孩子，撤回');
  await teacher.tap('撤回这次走访');
  await expect(page.locator('.passing')).toHaveText('已撤回，不算数');
  await expect(teacher.touchable(`去家访 ${routine}`)).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: '今日' })).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
});

test('the next door is none where somebody stood today', async ({ teacher }) => {
  const { page } = teacher;
  const next = page.locator('section.group', { hasText: '下一家' });
  await teacher.setOut(routine);
  await teacher.nobodyThere();
  await expect(next).toContainText(missing);
  await expect(next).toContainText(neighbour);
  await expect(next).not.toContainText(routine);
  await next.getByRole('button', { name: `去敲门 ${missing}` }).tap();
  await teacher.nobodyThere();
  await expect(next).toContainText(neighbour);
  await expect(next).not.toContainText(routine);
  await expect(next).not.toContainText(missing);
});
