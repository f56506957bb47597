// The page that any scanner opens: one question, one answer, no account.
import { barriers, expect, test } from '../fixtures.ts';
import { household, missing } from '../people.ts';
import type { Teacher } from '../teacher.ts';

/** The address that the code on the teacher's glass stands for, as the reminder text carries it. */
async function address(teacher: Teacher): Promise<string> {
  await teacher.tap('复制提醒');
  const text = await teacher.page.locator('.reminder').innerText();
  await teacher.page.keyboard.press('Escape');
  return /https?:\/\/\S+#\S+/.exec(text)![0];
}

test('the village answers by code, and the file says how', async ({ ownServer, teacher, phones }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await address(teacher);
  expect(decodeURIComponent(code)).not.toContain(missing);

  const { page } = await phones();
  await page.goto(code);
  await expect(page.getByText(household)).toBeVisible();
  await expect(page.getByText('只核对老师来没来、见到了谁。不要求您担保孩子返校。')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: '属实' }).tap();
  await page.getByRole('button', { name: '村支书' }).tap();
  await expect(page.getByText('已核对：属实')).toBeVisible();
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();

  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads(/村里已核对：属实 · .*凭码，未登录/);
  const [[answers]] = await ownServer.query(
    "SELECT count(*) FROM entry WHERE kind = 'CONFIRMATION' AND received_at > now() - interval '5 minutes'",
  );
  expect(answers).toBe('1');
});

test('an answer by code may come before the visit', async ({ ownServer, teacher, phones }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await address(teacher);
  const { page } = await phones();
  await page.goto(code);
  await page.getByRole('button', { name: '属实' }).tap();
  await page.getByRole('button', { name: '村主任' }).tap();
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();

  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads(/村里已核对：属实 · .*凭码，未登录/);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('the code reads nothing and answers once', async ({ ownServer, teacher, phones }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await address(teacher);
  for (const words of ['已送到学校，可以关掉这一页了。', '这次走访已经有回答了']) {
    const { page } = await phones();
    await page.goto(code);
    await page.getByRole('button', { name: '属实' }).tap();
    await page.getByRole('button', { name: '村支书' }).tap();
    await expect(page.getByText(words)).toBeVisible();
  }
  const forged = await fetch(`${ownServer.url}/api/v1/answer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ knock: '01890000-0000-7000-8000-000000000001', secret: '0000000000000000' }),
  });
  expect(await forged.text()).not.toContain(missing);
});

test('who answers, and what, is put right on the same page', async ({ teacher, phones, ownServer }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await address(teacher);
  const { page } = await phones({ colorScheme: 'dark' });
  const tap = (name: string | RegExp) => page.getByRole('button', { name }).first().tap();
  const shows = async (words: string) => {
    await expect(page.getByText(words).first()).toBeVisible();
    expect(await barriers(page), words).toEqual([]);
  };
  await page.goto(code);
  await tap('没参加，说不准');
  await shows('我没参加');
  await tap('我说不准');
  await shows('您是哪位？');
  await tap('村支书');
  await shows('已核对：说不准');
  await shows('已送到学校，可以关掉这一页了。');

  await tap('点错了，改一下');
  await shows('您是：村支书');
  await tap('改');
  await page.getByLabel('怎么称呼您').fill('热娜');
  await tap('儿童主任');
  await shows('您是：儿童主任 热娜');
  await tap('有出入');
  await tap('交给老师');
  await shows('请点一样，或写一句。');
  await tap('孩子现在不在家');
  await page.getByLabel('想说一句').fill('在她姑姑家');
  await tap('交给老师');
  await shows('已核对：有出入');
  await shows('已送到学校，可以关掉这一页了。');

  await teacher.page.goto('/');
  await teacher.settled();
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads('村里说有出入：孩子现在不在家、“在她姑姑家”');
  const [[roles]] = await ownServer.query(
    `SELECT string_agg(a ->> 'role', ' ') FROM student s, jsonb_array_elements(s.state -> 'visits') v,
     jsonb_array_elements(v -> 'answers') a WHERE s.name = '${missing}'`,
  );
  expect(roles).toBe('CHILD_OFFICER');
});
