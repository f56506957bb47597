// Another language: chosen once, spoken from then on, without network too, and given up as easily.
import { expect, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { classTeacher } from '../people.ts';

test('the app speaks English once asked to, also without network, and Chinese again', async ({ phone }) => {
  const holder = new Holder(phone, classTeacher);
  const tabs = phone.page.getByRole('navigation').last();
  await holder.signIn();
  await phone.page.goto('/me');
  await holder.tap('English');
  await expect(tabs).toContainText('Today');
  await expect(phone.page.locator('html')).toHaveAttribute('lang', 'en');

  await phone.offline();
  await phone.page.goto('/students');
  await expect(tabs).toContainText('Students');
  await expect(phone.page.locator('#boot-failed')).toBeHidden();

  await phone.page.goto('/me');
  await holder.tap('中文');
  await expect(tabs).toContainText('今日');
});
