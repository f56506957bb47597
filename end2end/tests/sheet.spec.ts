// Sheets and the phone's own back: it closes the sheet and leaves the screen where it is.
import { expect, test } from '../fixtures.ts';
import { missing, routine } from '../people.ts';

test('back closes the sheet, and a sheet closed otherwise leaves nothing behind in the history', async ({ teacher }) => {
  await teacher.setOut(routine);
  await teacher.nobodyThere();
  const { page } = teacher;
  const sheet = page.getByRole('dialog', { name: '更多' });
  await teacher.tap('更多');
  await expect(sheet).toBeVisible();
  await page.goBack();
  await expect(sheet).toBeHidden();
  await expect(page).toHaveURL(/\/saved\//);
  await teacher.reads(/已存在手机|学校已收到/);

  await teacher.tap('更多');
  await sheet.getByRole('button', { name: '关上' }).tap();
  await expect(sheet).toBeHidden();
  await teacher.tap('更多');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect.poll(() => page.evaluate(() => history.state)).not.toBe('sheet');
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
});

test('a page that is gone to from a sheet has the screen behind it, not the sheet', async ({ teacher }) => {
  const { page } = teacher;
  await page.locator('li.duty', { hasText: missing }).first().locator('.duty-body').tap();
  const sheet = page.getByRole('dialog', { name: '为什么有这一条' });
  await sheet.getByRole('link', { name: '看档案' }).tap();
  await expect(page).toHaveURL(/\/students\//);
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
  await expect(sheet).toBeHidden();
  await teacher.tap(/^去敲门/);
  await expect(teacher.step('谁')).toBeVisible();
});
