// 今日 and the file: a house is one row, what is done today is out of the way, one button is filled.
import { expect, test } from '../fixtures.ts';
import { brother, missing, routine } from '../people.ts';

test('all that is owed at a house is one row, with its reasons behind the tap', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.next();
  await teacher.next();
  await teacher.tap('给孩子补补课');
  await teacher.tap('帮问资助');
  await teacher.save();
  await page.goto('/');
  const row = page.locator('li.duty', { hasText: missing });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('还有 2 件');
  await expect(row.getByRole('button', { name: /^做到了/ })).toHaveCount(1);

  await row.locator('.duty-body').tap();
  const sheet = page.getByRole('dialog', { name: '为什么有这一条' });
  await expect(sheet.locator('.reason')).toHaveCount(3);
  await expect(sheet.getByRole('button', { name: /^去敲门/ })).toBeVisible();
  await sheet.getByRole('button', { name: /^做到了/ }).first().tap();
  await sheet.getByRole('button', { name: /^是，记下/ }).tap();
  await expect(sheet).toBeHidden();
  await expect(row).toContainText('还有：');
});

test('a house of today’s walk comes last', async ({ teacher }) => {
  const { page } = teacher;
  await expect(page.getByRole('heading', { name: '今天去过的' })).toHaveCount(0);
  await teacher.setOut(missing);
  await teacher.nobodyThere();
  await page.goto('/');
  const last = page.locator('section.group').last();
  await expect(last.getByRole('heading', { name: '今天去过的' })).toBeVisible();
  await expect(last.locator('li.duty')).toHaveText(new RegExp(missing));
  await page.goto('/?by=village');
  await expect(last.locator('li.duty')).toHaveText(new RegExp(missing));
});

test('the file has one filled button, and the household beside it', async ({ teacher }) => {
  const { page } = teacher;
  const filled = () =>
    page.locator('main button').evaluateAll((buttons) => {
      const brand = (button: Element) => getComputedStyle(button).backgroundColor === 'rgb(10, 122, 64)';
      return buttons.filter((button) => button.checkVisibility() && brand(button)).map((button) => button.textContent);
    });
  await page.goto('/students');
  await page.getByRole('link', { name: missing }).first().tap();
  await expect(page.getByRole('heading', { name: '一家人' })).toBeVisible();
  expect(await filled()).toEqual(['去敲门']);
  // Her brother is at another school: a name, and no file to open.
  await teacher.reads(new RegExp(brother.split('·')[0]));
  await expect(page.getByRole('link', { name: new RegExp(brother.split('·')[0]) })).toHaveCount(0);
  await page.goBack();
  await page.getByRole('link', { name: routine }).first().tap();
  await expect(page.locator('h1', { hasText: routine })).toBeVisible();
  expect(await filled()).toEqual(['去家访']);
});
