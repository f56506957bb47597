// Another language: chosen once, spoken from then on, without network too, and given up as easily.
import { expect, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { classTeacher, missing } from '../people.ts';

test('the app speaks English once asked to, also without network, and Chinese again', async ({ phone }) => {
  const holder = new Holder(phone, classTeacher);
  const { page } = phone;
  const tabs = page.getByRole('navigation').last();
  await holder.signIn();
  await page.goto('/me');
  await holder.tap('English');
  await expect(tabs).toContainText('Today');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');

  // Words that one file of a language has stand beside those of the others.
  await holder.tap('Students');
  await page.getByRole('link', { name: missing }).first().tap();
  await holder.tap('Knock');
  await expect(page.getByText('Change').first()).toBeVisible();
  await holder.tap('Back');
  await expect(page.getByRole('heading', { level: 1, name: missing })).toBeVisible();

  await phone.offline();
  await page.goto('/students');
  await expect(tabs).toContainText('Students');
  await expect(page.locator('#boot-failed')).toBeHidden();

  await page.goto('/me');
  await holder.tap('中文');
  await expect(tabs).toContainText('今日');
});
