// The village's other words: what somebody answered in my name, what I see differently, and a form signed
// on paper.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Cadre } from '../cadre.ts';
import { Phone, barriers, expect, test } from '../fixtures.ts';
import { forbiddenWords } from '../forbidden.ts';
import { cadre, household, missing } from '../people.ts';
import type { Teacher } from '../teacher.ts';

/** The head of the same village. */
const head = { name: '热合曼·依明丁', phone: '14400000213' };

/** The child's file on the teacher's phone, as it is at the school by now. */
async function file(teacher: Teacher): Promise<void> {
  await teacher.page.goto('/');
  await teacher.settled();
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
}

async function home(villager: Cadre): Promise<void> {
  await villager.page.goto('/');
  await villager.settled();
}

test('不是我: an answer in the secretary’s name counts until he says that it is not his', async ({ teacher, villager, phones, ownServer }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const { page } = await phones();
  await page.goto(await teacher.scanned());
  await page.getByRole('button', { name: '属实' }).tap();
  await page.getByRole('button', { name: '村支书' }).tap();
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();
  await file(teacher);
  await teacher.reads(/村里已核对：属实 · .*凭码，未登录/);

  await home(villager);
  await villager.tap(/^以您的名义核对过的 1 户/);
  await villager.reads(household);
  expect(await barriers(villager.page)).toEqual([]);
  await villager.disown();
  await home(villager);
  await expect(villager.house(household).getByRole('button', { name: /^属实/ })).toBeVisible();
  await file(teacher);
  await teacher.reads(/等村里核对/);
  expect(await ownServer.query("SELECT count(*) FROM entry WHERE kind = 'DISPUTE'")).toEqual([['1']]);

  // Now he answers himself, and it counts.
  await villager.confirm(household);
  await file(teacher);
  await teacher.reads(/村里已核对：属实 · .*登录核对/);
});

test('不是我, said without signal, is kept and sent', async ({ teacher, villager, phones, ownServer }) => {
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  const { page } = await phones();
  await page.goto(await teacher.scanned());
  await page.getByRole('button', { name: '属实' }).tap();
  await page.getByRole('button', { name: '村支书' }).tap();
  await expect(page.getByText('已送到学校，可以关掉这一页了。')).toBeVisible();
  await home(villager);
  await villager.phone.offline();
  await villager.page.goto('/cadre/in-my-name');
  await villager.disown();
  await villager.page.goto('/cadre/in-my-name');
  await villager.reads('没有人用您的名义核对过。');
  await villager.phone.offline(false);
  await home(villager);
  expect(await ownServer.query("SELECT count(*) FROM entry WHERE kind = 'DISPUTE'")).toEqual([['1']]);
});

test('我有不同看法: both answers of the village stay, side by side', async ({ teacher, villager, ownServer }) => {
  await teacher.knock(missing);
  await teacher.page.goto('/');
  await teacher.settled();
  const phone = await Phone.buy(ownServer.url);
  const second = new Cadre(phone, head);
  await second.signIn();
  await home(villager);
  await villager.confirm(household);

  await home(second);
  await second.tap(/^已核对 1 户/);
  await second.reads(/已由 村支书 .*核对：属实/);
  await second.tap('我有不同看法');
  await second.page.locator('section.house', { hasText: household }).getByRole('button', { name: /^有出入/ }).tap();
  await second.tap('交给老师');
  await second.reads('请点一样，或写一句。');
  await second.tap('孩子现在不在家');
  await second.tap('交给老师');
  await second.reads('已核对：有出入');
  await second.settled();
  await home(second);

  await file(teacher);
  await teacher.reads(/村里说有出入：孩子现在不在家/);
  const answers = await ownServer.query(
    "SELECT raw::jsonb -> 'body' ->> 'result' FROM entry WHERE kind = 'CONFIRMATION' AND received_at > now() - interval '5 minutes' ORDER BY ver",
  );
  expect(answers.flat().sort()).toEqual(['CONFIRMED', 'CORRECTED']);
  await phone.discard();
});

test('a form signed on paper is written down by the teacher, and says that it is paper', async ({ teacher, villager, ownServer }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  await teacher.tap('请村干部核对');
  await teacher.tap('纸上签过了');
  const sheet = teacher.page.getByRole('dialog', { name: '纸上签过了' });
  await sheet.getByRole('button', { name: '属实' }).tap();
  await expect(sheet).toContainText('请先点是谁。');
  await sheet.getByRole('button', { name: /吐尔逊/ }).tap();
  expect(await barriers(teacher.page)).toEqual([]);
  await sheet.getByRole('button', { name: '属实' }).tap();
  await expect(sheet).toBeHidden();
  await teacher.reads(/属实 · 村支书 .*纸上签字，老师记/);
  await teacher.phone.offline(false);
  await file(teacher);
  await teacher.reads(/纸上签字，老师记/);

  await home(villager);
  await villager.page.goto('/cadre/in-my-name');
  await villager.reads(household);
  await villager.reads(/已由 村支书 吐尔逊.*核对：属实/);
  await villager.disown();
  await home(villager);
  await file(teacher);
  await teacher.reads(/等村里核对/);
  const said = await ownServer.query("SELECT raw::jsonb -> 'body' -> 'proof' FROM entry WHERE kind = 'CONFIRMATION' AND received_at > now() - interval '5 minutes'");
  expect(said).toEqual([['"paper"']]);
});

test('有出入 comes before the teacher, who looks and says 知道了', async ({ teacher, villager, ownServer }) => {
  await teacher.knock(missing);
  await teacher.page.goto('/');
  await teacher.settled();
  await home(villager);
  await villager.house(household).getByRole('button', { name: /^有出入/ }).tap();
  await villager.tap('孩子现在不在家');
  await villager.tap('交给老师');
  await villager.reads('已核对：有出入');
  await villager.settled();

  await teacher.page.goto('/');
  await teacher.settled();
  const row = teacher.page.locator('li.duty', { hasText: /村支书 吐尔逊.* 说有出入：孩子现在不在家/ });
  await row.getByRole('link', { name: '看看' }).tap();
  await teacher.reads(/村里说有出入：孩子现在不在家 · 村支书 吐尔逊/);
  await expect(teacher.touchable('请村干部核对')).toHaveCount(0);
  await teacher.tap('知道了');
  await expect(teacher.touchable('知道了')).toHaveCount(0);
  await teacher.page.goto('/');
  await expect(row).toHaveCount(0);
  await teacher.settled();
  await expect(row).toHaveCount(0);
  expect(await ownServer.query("SELECT count(*) FROM duty WHERE reason_kind = 'DIFFERS' AND NOT gone")).toEqual([['0']]);
});

test('an answer folds the code away and leaves the keys to whoever is typing', async ({ teacher, villager }) => {
  await teacher.knock(missing);
  await teacher.showCode();
  await teacher.tap('输入回执码');
  const keys = teacher.page.getByRole('dialog', { name: '输入回执码' });
  for (const digit of ['1', '2']) await keys.getByRole('button', { name: digit, exact: true }).tap();
  await home(villager);
  await villager.confirm(household);

  // Nobody touches the teacher's phone: it asks by itself.
  await teacher.reads(/村里已核对：属实 · .*登录核对/);
  await expect(keys.locator('.digits')).toContainText('12');
  await keys.getByRole('button', { name: '关上' }).tap();
  await expect(keys).toBeHidden();
  await expect(teacher.page.getByRole('img', { name: '给村干部扫的二维码' })).toHaveCount(0);
  await expect(teacher.touchable('输入回执码')).toHaveCount(0);
  await expect(teacher.touchable(/^(下一家：|回今日)/)).toBeVisible();
  expect(await barriers(teacher.page)).toEqual([]);
  await teacher.tap('返回');
  await expect(teacher.page).toHaveURL(/\/saved\//);
  await expect(teacher.touchable('请村干部核对')).toHaveCount(0);
  await expect(teacher.touchable(/^回今日/)).toBeVisible();
});

test('the house of today comes first, earlier ones wait behind a line', async ({ teacher, villager }) => {
  await teacher.knock(missing);
  await teacher.page.goto('/');
  await teacher.settled();
  await home(villager);
  await expect(villager.page.locator('section.house').first()).toContainText(household);
  const older = villager.page.locator('details.older');
  await expect(older.locator('summary')).toHaveText(/^以前的 [1-9]\d* 户$/);
  await expect(older.locator('section.house').first()).toBeHidden();
  await older.locator('summary').tap();
  await expect(older.locator('section.house').first()).toBeVisible();
});

const pictures = join(import.meta.dirname, '..', 'screenshots');

test('what the village meets in the dark can be read by everybody', async ({ ownServer, teacher }) => {
  await mkdir(pictures, { recursive: true });
  await teacher.knock(missing);
  await teacher.page.goto('/');
  await teacher.settled();
  const phone = await Phone.buy(ownServer.url, { colorScheme: 'dark' });
  const villager = new Cadre(phone, cadre);
  await villager.signIn();
  const { page } = villager;
  const found: string[] = [];
  const look = async (name: string) => {
    await page.screenshot({ path: join(pictures, `village-${name}.dark.png`), scale: 'css', animations: 'disabled' });
    const wrong = [...(await forbiddenWords(page)), ...(await barriers(page))];
    found.push(...wrong.map((what) => `${name}: ${what}`));
  };
  const house = villager.house(household);
  await house.getByRole('button', { name: /^有出入/ }).tap();
  await villager.tap('交给老师');
  const why = page.getByText('请点一样，或写一句。').locator('visible=true');
  const onTop = await why.evaluate((line) => {
    const { x, y, width, height } = line.getBoundingClientRect();
    return line === document.elementFromPoint(x + width / 2, y + height / 2);
  });
  expect(onTop, 'the reason is in sight').toBe(true);
  await look('differs');
  await page.keyboard.press('Escape');
  await house.getByRole('button', { name: /^没参加，说不准/ }).tap();
  await expect(villager.touchable('我没参加')).toBeVisible();
  await look('unsure');
  await villager.tap('我没参加');
  await expect(house).toContainText('已核对：没参加');
  await look('answered-here');
  await villager.tap(/^说一句/);
  await villager.reads('这家现在怎么样？');
  await look('tell');
  await page.goto('/cadre/answered');
  await villager.reads(household);
  await look('answered');
  await phone.discard();
  expect(found).toEqual([]);
});
