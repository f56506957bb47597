// A class changes hands while its teacher is without signal: her work arrives, the children leave her phone.
import { expect, test } from '../fixtures.ts';
import { classTeacher, missing, routine } from '../people.ts';

const taken = `UPDATE user_scope SET gone_xid = pg_current_xact_id()
  WHERE user_id = (SELECT id FROM account WHERE phone = '${classTeacher.phone}') AND role = 'CLASS_TEACHER'
    AND gone_xid IS NULL`;

test('what she wrote while the class was hers is sent, and then the children leave', async ({ ownServer, teacher }) => {
  const { page, phone } = teacher;
  await page.goto('/students');
  await expect(page.getByRole('link', { name: missing }).first()).toBeVisible();
  await phone.offline();
  await page.goto('/');
  await teacher.knock(missing);
  await page.goto('/');
  await teacher.setOut(routine);
  await teacher.next();
  await teacher.tap(/孩子本人/);
  await teacher.kept();
  await ownServer.query(taken);

  await phone.offline(false);
  await page.goto('/');
  await teacher.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  expect(await ownServer.query('SELECT id FROM quarantine')).toEqual([]);
  for (const address of ['/students', '/classes']) {
    await page.goto(address);
    await expect(page.locator('h1').first()).toBeVisible();
    const words = await page.locator('body').innerText();
    for (const gone of [missing, routine]) expect(words, address).not.toContain(gone);
  }

  // Her form is still hers. What comes of it the office decides: by now the phone knows.
  await page.goto('/');
  await teacher.tap(/没写完.*袁家|袁家/);
  await expect(teacher.touchable(/孩子本人/)).toHaveAttribute('aria-pressed', 'true');
  while (!(await teacher.step('约定').isVisible())) await teacher.next();
  await teacher.save();
  await page.goto('/sync');
  await teacher.reads('教导处先留着');
  await teacher.reads(/这个孩子不归您了，教导处看了再定。/);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
  const [[kept]] = await ownServer.query("SELECT count(*) FROM quarantine WHERE kind = 'VISIT'");
  expect(kept).toBe('1');
});

test('a teacher without a class reads whom to ask, and not that the roster has yet to come', async ({ ownServer, teacher }) => {
  const { page } = teacher;
  const account = `(SELECT id FROM account WHERE phone = '${classTeacher.phone}')`;
  await ownServer.query(
    `UPDATE user_scope SET gone_xid = pg_current_xact_id() WHERE user_id = ${account} AND gone_xid IS NULL`,
  );
  for (const address of ['/students', '/classes']) {
    await page.goto(address);
    await teacher.settled();
    await teacher.reads(/还没有给您分班.*请找教导处/);
  }
});
