// What the school could not take comes back with its reason, and goes out when it is mended. Here the
// database cannot hold one sign.
import { expect, test } from '../fixtures.ts';
import { missing, routine } from '../people.ts';

test('a refused visit is mended and sent; the one beside it was never held up', async ({ ownServer, teacher }) => {
  await ownServer.query("ALTER TABLE entry ADD CONSTRAINT holds_no_bell CHECK (raw NOT LIKE '%☎%') NOT VALID");
  await teacher.phone.offline();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.next();
  await teacher.next();
  await teacher.page.getByLabel('一句话').fill('打了☎，奶奶说好的。');
  await teacher.save();
  await teacher.page.goto('/');
  await teacher.setOut(routine);
  await teacher.nobodyThere();

  await teacher.phone.offline(false);
  await teacher.page.goto('/sync');
  await teacher.tap('现在送');
  await teacher.reads('里面有存不下的字，删掉特别的符号再送');
  await teacher.reads('您写的还在。');
  expect(await ownServer.newVisits()).toEqual({ [routine]: 1 });

  await teacher.tap('改了再送');
  while (!(await teacher.step('约定').isVisible())) await teacher.next();
  await teacher.page.getByLabel('一句话').fill('打了电话，奶奶说好的。');
  await teacher.save();
  await teacher.page.goto('/sync');
  await expect(teacher.page.getByText('改了再送')).toHaveCount(0);
  await teacher.page.goto('/');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1, [routine]: 1 });
});
