// The form at the door: what the last house already said, and where the next question is.
import { Phone, expect, test } from '../fixtures.ts';
import { classTeacher, missing, routine } from '../people.ts';
import { Teacher } from '../teacher.ts';

test('the people of the last house are one chip, and all of them behind it', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(routine);
  await teacher.tap(/古丽娜尔老师/);
  await teacher.tap(/村支书/);
  await teacher.nobodyThere();
  await page.goto('/');
  await teacher.setOut(missing);
  const team = teacher.touchable(/^还是上次的：古丽娜尔老师、村支书 吐尔逊/);
  await expect(team).toBeVisible();
  await expect(teacher.touchable(/^古丽娜尔老师/)).toHaveCount(0);
  await team.tap();
  await expect(team).toHaveCount(0);
  await expect(teacher.touchable(/^古丽娜尔老师/)).toHaveAttribute('aria-pressed', 'true');
  await teacher.tap(/^村支书/);
  await expect(teacher.touchable(/^村支书/)).toHaveAttribute('aria-pressed', 'false');
});

test('whether the child wants to come back is asked where it is seen', async ({ ownServer }) => {
  const phone = await Phone.buy(ownServer.url, { viewport: { width: 320, height: 568 } });
  const teacher = new Teacher(phone, classTeacher);
  await teacher.signIn();
  await teacher.largeType();
  await teacher.page.goto('/');
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/孩子本人/);
  await teacher.next();
  const willing = teacher.touchable('愿意');
  await expect(willing).toBeVisible();
  const seen = () =>
    willing.evaluate((button) => {
      const { left, bottom, width } = button.getBoundingClientRect();
      return document.elementFromPoint(left + width / 2, bottom - 2)?.closest('button') === button;
    });
  expect(await seen()).toBe(false);
  await teacher.tap('不想上学');
  await expect.poll(seen).toBe(true);
  await phone.discard();
});
