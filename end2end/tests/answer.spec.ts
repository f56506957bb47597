// The page that any scanner opens: one question, one answer, no account.
import { barriers, expect, test } from '../fixtures.ts';
import { household, missing } from '../people.ts';

test('the village answers by code, and the file says how', async ({ ownServer, teacher, phones }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await teacher.scanned();
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
  const code = await teacher.scanned();
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

test('the code reads nothing; who sees it differently on another phone is kept beside the first', async ({ ownServer, teacher, phones }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await teacher.scanned();
  const [{ page: first }, { page: second }] = [await phones(), await phones()];
  for (const [page, who, words] of [
    [first, '村支书', '已送到学校，可以关掉这一页了。'],
    [second, '组长', '这次走访村里已经有人核对过了。看法一样，就不用再交。'],
  ] as const) {
    await page.goto(code);
    await page.getByRole('button', { name: '属实' }).tap();
    await page.getByRole('button', { name: who }).tap();
    await expect(page.getByText(words)).toBeVisible();
  }
  // Nothing of the first: not who, not what, not when; and no digits that would tell the teacher otherwise.
  await expect(second.getByText('村支书')).toHaveCount(0);
  await expect(second.getByText('已核对：属实')).toBeHidden();
  expect(await barriers(second)).toEqual([]);

  await second.getByRole('button', { name: '我有不同看法' }).tap();
  await second.getByRole('button', { name: '有出入' }).tap();
  await second.getByRole('button', { name: '孩子现在不在家' }).tap();
  await second.getByRole('button', { name: '交给老师' }).tap();
  await expect(second.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();
  const answers = await ownServer.query(
    "SELECT raw::jsonb -> 'body' ->> 'result' FROM entry WHERE kind = 'CONFIRMATION' AND received_at > now() - interval '5 minutes' ORDER BY ver",
  );
  expect(answers.flat()).toEqual(['CONFIRMED', 'CORRECTED']);
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads(/村里说有出入：孩子现在不在家 · 组长/);
  await teacher.reads(/也有人说属实 · 村支书/);
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
  const code = await teacher.scanned();
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

test('eight digits and the village’s number answer without a scan', async ({ ownServer, teacher, phones }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  const { digits } = await teacher.showCode();
  const number = (await teacher.page.locator('.village-number').innerText()).replace(/\D/g, '');
  expect(number).toHaveLength(6);
  const { page } = await phones({ colorScheme: 'dark' });
  const tap = (name: string) => page.getByRole('button', { name }).tap();
  await page.goto(`${ownServer.url}/q`);
  expect(await barriers(page)).toEqual([]);
  await tap('没法扫？输核对码');
  const [code, village] = [page.getByLabel('核对码（八位数）'), page.getByLabel('村号（六位数，在核对码下面）')];
  await code.fill(`${digits.slice(0, 7)}${(Number(digits[7]) + 1) % 10}`);
  await village.fill(number);
  await tap('下一步');
  await expect(page.getByText('少一位或错一位，再看看老师的手机。')).toBeVisible();
  await code.fill(`${digits.slice(0, 4)} ${digits.slice(4)}`);
  await village.fill('12');
  await tap('下一步');
  await expect(page.getByText('村号是六位数，在老师手机的核对码下面。')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await village.fill(number);
  await tap('下一步');
  await expect(page.getByText('请看老师手机上写的哪一户、几点。属实吗？')).toBeVisible();
  await expect(page.getByText(household)).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  await tap('属实');
  await tap('村主任');
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();
  await expect(page.getByText('三天内和走访对上，就算核对过了。')).toBeVisible();
  expect(await barriers(page)).toEqual([]);

  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads(/村里已核对：属实 · 村主任 .*凭码，未登录/);

  // The village is remembered, and so is the answer.
  await page.goto('about:blank');
  await page.goto(`${ownServer.url}/q`);
  await tap('没法扫？输核对码');
  await expect(village).toBeHidden();
  await code.fill(digits);
  await tap('下一步');
  await expect(page.getByText('已核对：属实')).toBeVisible();
});

test('a reminder opens what this phone has scanned, and on any other asks for the slip', async ({ teacher, phones }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const code = await teacher.scanned();
  const reminder = await teacher.reminder();
  expect(reminder).not.toContain('#');
  expect(reminder).not.toContain(household);
  const link = /https?:\/\/\S+\/v\/\d{6}$/.exec(reminder)![0];

  const { page: stranger } = await phones();
  await stranger.goto(link);
  await expect(stranger.getByText('请打开敲门，用村里的激活条登录')).toBeVisible();
  await expect(stranger.getByText(household)).toHaveCount(0);
  await expect(stranger.getByRole('button', { name: '属实' })).toHaveCount(0);
  expect(await barriers(stranger)).toEqual([]);

  const { page } = await phones();
  await page.goto(code);
  await expect(page.getByRole('button', { name: '属实' })).toBeVisible();
  await page.goto(link);
  await expect(page.getByText('等您核对 1 户')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  // Another village's reminder shows nothing of this one.
  await page.goto(link.replace(/\d{6}$/, '999999'));
  await expect(page.getByText(household)).toHaveCount(0);
  await page.goto(link);
  await page.getByRole('link', { name: household }).tap();
  await page.getByRole('button', { name: '属实' }).tap();
  await page.getByRole('button', { name: '村支书' }).tap();
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();
  await page.goto(link);
  await expect(page.getByText(household)).toHaveCount(0);
});

test('a village’s number that no village has is typed again, and the answer goes where it belongs', async ({ ownServer, teacher, phones }) => {
  await teacher.knock(missing);
  const { digits } = await teacher.showCode();
  const number = /\d{6}/.exec(await teacher.page.getByText('村号').innerText())![0];
  const { page } = await phones();
  const answer = async () => {
    await page.getByRole('button', { name: '下一步' }).tap();
    await page.getByRole('button', { name: '属实' }).tap();
  };
  await page.goto(`${ownServer.url}/q`);
  await page.getByRole('button', { name: '没法扫？输核对码' }).tap();
  await page.getByLabel('核对码（八位数）').fill(digits);
  await page.getByLabel(/^村号/).fill('001299');
  await answer();
  await page.getByRole('button', { name: '村支书' }).tap();
  await expect(page.getByText('没有这个村号，这一个没有收。请再看看老师的手机。')).toBeVisible();
  await expect(page.getByText('已核对：属实')).toBeHidden();
  await expect(page.getByRole('button', { name: '点错了，改一下' })).toBeHidden();
  expect(await barriers(page)).toEqual([]);

  await page.getByRole('button', { name: '再输一次' }).tap();
  await expect(page.getByLabel('核对码（八位数）')).toHaveValue(digits);
  await page.getByLabel(/^村号/).fill(number);
  await answer();
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads(/村里已核对：属实 · 村支书/);
});
