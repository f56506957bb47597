// What the village says without being asked: the teacher has it before she goes.
import { expect, test } from '../fixtures.ts';
import { cadre, missing } from '../people.ts';

test('a word of the village stands on her row of today and in the file', async ({ teacher, villager }) => {
  const coming = villager.page.locator('.coming', { hasText: missing });
  await coming.getByRole('button', { name: '说一句' }).tap();
  await villager.tap('全家外出');
  await villager.page.getByLabel('想说一句').fill('去浙江了');
  await villager.tap('交给老师');
  await villager.reads('说过了，谢谢您。');
  await villager.settled();

  await teacher.page.goto('/');
  await teacher.reads(`村里 ${cadre.name} 今天说：全家外出、去浙江了`);
  await expect(teacher.touchable(new RegExp(`^去敲门 ${missing}$`))).toBeVisible();
  await teacher.page.goto('/students');
  await teacher.page.getByRole('link', { name: missing }).first().tap();
  await teacher.reads('村里说：全家外出、去浙江了');
});
