// How many touches each kind of visit takes (the counts that keep a creeping tenth tap visible).
import { expect, test } from '../fixtures.ts';
import { missing, routine } from '../people.ts';

test('a routine visit takes 9', async ({ teacher }) => {
  const taps = await teacher.countTaps();
  await teacher.setOut(routine);
  await teacher.tap(/古丽娜尔老师/);
  await teacher.next();
  await teacher.tap(/母亲/);
  await teacher.tap(/孩子本人/);
  await teacher.next();
  await teacher.tap('支持');
  await teacher.tap('每周通电话');
  await teacher.save();
  expect(await taps()).toBe(9);
});

test('a door-knock with the team of the evening takes 11', async ({ teacher }) => {
  await teacher.setOut(routine);
  await teacher.tap(/古丽娜尔老师/);
  await teacher.tap(/村支书/);
  await teacher.nobodyThere();
  await teacher.page.goto('/');
  await expect(teacher.touchable(new RegExp(`^去敲门 ${missing}$`))).toBeVisible();
  const taps = await teacher.countTaps();
  await teacher.knock(missing);
  expect(await taps()).toBe(11);
});

test('nobody home takes 5', async ({ teacher }) => {
  const taps = await teacher.countTaps();
  await teacher.setOut(missing);
  await teacher.nobodyThere();
  expect(await taps()).toBe(5);
});
