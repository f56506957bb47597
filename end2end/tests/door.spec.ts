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

test('a visit of another day has its own people: the last house’s go, and all can be chosen', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(routine);
  await teacher.tap(/古丽娜尔老师/);
  await teacher.nobodyThere();
  await page.goto('/');
  await teacher.setOut(missing);
  await expect(teacher.touchable(/^还是上次的/)).toBeVisible();
  await teacher.tap(/^时间/);
  await teacher.tap('昨天');
  await page.getByLabel('几点').fill('18:20');
  await teacher.tap('好了');
  await expect(teacher.touchable(/^还是上次的/)).toHaveCount(0);
  await expect(teacher.touchable(/^古丽娜尔老师/)).toHaveAttribute('aria-pressed', 'false');
});

test('where nobody was met the way leads to why, also on the second walk through the form', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap('没见到人');
  await page.goBack();
  await expect(teacher.step('见到')).toBeVisible();
  await expect(page.getByText('说什么话？')).toHaveCount(0);
  await teacher.next();
  await teacher.tap('家里没人');
  await teacher.save();
});

test('a text that nearly fills its place says how much more fits', async ({ teacher }) => {
  const { page } = teacher;
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap('没见到人');
  await teacher.tap('家里没人');
  const words = page.getByLabel('一句话');
  await words.fill('孩子在县城。'.repeat(332));
  await expect(page.getByText('还能写 8 个字')).toBeVisible();
  await words.press('End');
  await page.keyboard.insertText('奶奶说下周就回来，请老师放心。');
  await expect(page.getByText('还能写 0 个字')).toBeVisible();
  await expect(words).toHaveValue(/请老师放$|回来$/);
  await teacher.save();
});
