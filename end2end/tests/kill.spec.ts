// The battery ends in mid-form. What was kept is there, also half filled, on the screen the thumb was on.
import { expect, test } from '../fixtures.ts';
import { household, missing } from '../people.ts';

test('a form goes on after the browser was killed, without network', async ({ ownServer, teacher }) => {
  await teacher.phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.kept();
  await teacher.phone.kill();

  await teacher.phone.switchOn();
  await teacher.phone.offline();
  await teacher.page.goto('/');
  await teacher.reads('没写完');
  await teacher.tap(new RegExp(household));
  await expect(teacher.step('见到')).toBeVisible();
  await expect(teacher.touchable(/奶奶/)).toHaveAttribute('aria-pressed', 'true');

  await teacher.next();
  await teacher.tap('不想上学');
  await teacher.next();
  await teacher.tap('支持');
  await teacher.save();
  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settledOrSignedInAgain();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('what the screen calls kept is there after kill -9, at once', async ({ ownServer, teacher }) => {
  await teacher.phone.offline();
  await teacher.knock(missing);
  await teacher.phone.kill();

  await teacher.phone.switchOn();
  await teacher.page.goto('/');
  await teacher.settledOrSignedInAgain();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});
