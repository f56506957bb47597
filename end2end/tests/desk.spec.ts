// The office at its desk: visits looked through and answered, the village's open words, one child's file,
// what waits for a decision; and every screen of it, light and dark.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Caller } from '../caller.ts';
import { Desk } from '../desk.ts';
import { barriers, expect, test } from '../fixtures.ts';
import { forbiddenWords } from '../forbidden.ts';
import { classTeacher, designated, missing, office, principal, primaryTeacher, routine, subjectTeacher } from '../people.ts';
import { texts } from '../workbook.ts';

/** Whose door-knock waits for the village, in the demo county. */
const waiting = '玉素甫·热合曼丙';
/** A child for whom roster and teacher say different telephones. */
const twoValues = '阿依努尔·艾合买提丙';
/** A child whom no roster knows. */
const unknown = '努尔';

test('visits are filtered, the address keeps the filter, and 看过 takes one off the list', async ({ desk }) => {
  await desk.open('走访');
  await desk.counts(/数据到/);
  await desk.click('全部');
  await desk.choose('村里', '等村里');
  await expect(desk.rows).toHaveCount(1);
  await expect(desk.row(waiting)).toContainText('等村里');
  await desk.choose('类型', '家访');
  await expect(desk.page.getByText('这样筛没有走访，换个条件看看。')).toBeVisible();
  await desk.choose('类型', '敲门行动');
  await desk.choose('谁写的', classTeacher.name);
  await desk.choose('班级', '七年级3班');
  await desk.click('等看过');
  await expect(desk.rows).toHaveCount(1);
  await desk.page.reload();
  await expect(desk.rows).toHaveCount(1);
  await desk.counts('1 次等看过');

  await desk.row(waiting).click();
  await expect(desk.drawer).toContainText('父母在外无人照管');
  await desk.drawer.getByRole('button', { name: '看过' }).click();
  await expect(desk.page.getByText('没有等您看的走访。')).toBeVisible();
  await desk.page.keyboard.press('Escape');
  await expect(desk.drawer).toHaveCount(0);
  await desk.page.goto('/desk/visits?standing=WAITING');
  await expect(desk.row(waiting)).toContainText('看过');
});

test('the desk opens on what waits for the person', async ({ desk, ownServer }) => {
  await expect(desk.page).toHaveURL(/\/desk\/visits\?look=WAITING$/);
  await desk.counts(/^[1-9]\d* 次等看过/);

  const reader = await Desk.at(ownServer.url, designated);
  await reader.signIn();
  await expect(reader.page.getByRole('heading', { level: 1, name: '单独上报' })).toBeVisible();
  const call = reader.page.getByRole('link', { name: `打给${subjectTeacher.name} ${subjectTeacher.phone}` });
  await expect(call).toHaveAttribute('href', `tel:${subjectTeacher.phone}`);
  await reader.discard();

  const head = await Desk.at(ownServer.url, principal);
  await head.signIn();
  await expect(head.page.getByRole('heading', { level: 1, name: '要办的' })).toBeVisible();
  await head.discard();
});

test('what was done about a report is written from its row, and neither of the two owes it any more', async ({ ownServer }) => {
  const head = await Desk.at(ownServer.url, principal);
  await head.signIn();
  const owed = head.rows.filter({ hasText: '单独上报' });
  await owed.getByRole('link').click();
  await head.drawer.getByLabel('做了什么').fill('派出所来过，孩子先住奶奶家。');
  await head.drawer.getByRole('button', { name: '公安' }).click();
  await head.click('记为已处理');
  await expect(head.drawer).toHaveCount(0);
  await expect(head.page.locator('.report')).toContainText(/已处理.*派出所来过，孩子先住奶奶家。.*公安/);
  await head.open('要办的');
  await expect(owed).toHaveCount(0);
  expect(head.faults).toEqual([]);
  await head.discard();

  const reader = await Desk.at(ownServer.url, designated);
  await reader.signIn();
  await expect(reader.page.locator('.report')).toContainText('派出所来过，孩子先住奶奶家。');
  await reader.open('要办的');
  await expect(reader.rows.filter({ hasText: '单独上报' })).toHaveCount(0);
  await reader.discard();
});

test('what the office asks for stands on the teacher’s phone, and her answer before the office', async ({ desk, teacher }) => {
  await desk.page.goto('/desk/visits?standing=WAITING');
  await desk.row(waiting).click();
  await desk.click('请您补一点');
  await desk.click('交给老师');
  await expect(desk.drawer).toContainText('写一句要补什么');
  await desk.page.getByLabel('请补什么').fill('父亲什么时候再出去？');
  await desk.click('交给老师');
  await expect(desk.row(waiting)).toContainText('请补');
  await expect(desk.drawer).toContainText('父亲什么时候再出去？');

  await teacher.page.goto('/');
  await teacher.settled();
  await teacher.reads(/父亲什么时候再出去？/);

  const row = teacher.page.locator('li.duty', { hasText: '父亲什么时候再出去？' });
  await row.getByRole('link', { name: '去补' }).tap();
  await teacher.page.getByLabel(/父亲什么时候再出去？/).fill('腊月二十回来，正月再走。');
  await teacher.tap('存到手机');
  await expect(row).toHaveCount(0);
  await teacher.settled();
  await desk.page.reload();
  await desk.row(waiting).click();
  await expect(desk.drawer.getByText('回教导处').locator('..')).toContainText('腊月二十回来，正月再走。');
});

test('what the village has not answered is asked for without a child’s name', async ({ desk }) => {
  await desk.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await desk.open('等村里核对');
  await desk.counts('1 户等村里核对');
  await expect(desk.page.locator('section.village').first()).toContainText('五村');
  await desk.click('复制提醒');
  await expect(desk.clickable('复制好了')).toBeVisible();
  const reminder = await desk.page.evaluate(() => navigator.clipboard.readText());
  expect(reminder).toMatch(/五村有 1 户走访等您核对.*\/v\/\d{6}$/);
  expect(reminder).not.toContain(waiting);
  await desk.click(waiting);
  await expect(desk.drawer).toContainText('等村里');
});

test('a child is found by initials, and the file says it all', async ({ desk }) => {
  await desk.open('学生');
  await desk.page.getByRole('searchbox').fill('aygl');
  await desk.row(missing).getByRole('link').click();
  await expect(desk.page.getByRole('heading', { level: 1, name: missing })).toBeVisible();
  await expect(desk.page.locator('section.basics')).toContainText('七年级3班');
  await expect(desk.page.locator('section.basics')).toContainText(/没到校第\d+天/);
  await expect(desk.page.locator('section.timeline li')).not.toHaveCount(0);
});

test('of two values one is decided', async ({ desk }) => {
  await desk.open('要办的');
  await desk.row(twoValues).getByRole('link', { name: twoValues }).click();
  const proposals = desk.page.locator('section.proposals');
  await expect(proposals).toContainText('两个说法，用哪个');
  await proposals.getByRole('button', { name: '用这个' }).first().click();
  await expect(proposals).toHaveCount(0);
  await desk.open('要办的');
  await expect(desk.rows).not.toHaveCount(0);
  await expect(desk.row(twoValues)).toHaveCount(0);
});

test('a child found in a house is settled', async ({ ownServer, desk }) => {
  await desk.open('要办的');
  await desk.row(unknown).getByRole('link', { name: '核实：家里还有孩子' }).click();
  await expect(desk.drawer).toContainText('大约七岁');
  await expect(desk.drawer).toContainText(classTeacher.name);
  await desk.page.getByLabel('写一句').fill('明年上一年级');
  await desk.click('不到上学年龄');
  await expect(desk.drawer).toHaveCount(0);
  await expect(desk.rows).not.toHaveCount(0);
  await expect(desk.row(unknown)).toHaveCount(0);
  const said = await ownServer.query("SELECT raw::jsonb -> 'body' ->> 'words' FROM entry WHERE kind = 'SETTLEMENT'");
  expect(said).toEqual([['明年上一年级']]);
});

test('what is settled while the drawer closes is settled, and the list shows it', async ({ desk }) => {
  await desk.open('要办的');
  await desk.row(unknown).getByRole('link', { name: '核实' }).click();
  let send = () => {};
  const closed = new Promise<void>((resolve) => (send = resolve));
  await desk.page.route('**/api/v1/desk/settle', async (route) => {
    await closed;
    await route.continue();
  });
  await desk.drawer.getByRole('button', { name: '已搬走' }).click();
  await desk.page.keyboard.press('Escape');
  await expect(desk.drawer).toHaveCount(0);
  send();
  await expect(desk.row(unknown)).toHaveCount(0);
});

test('what was kept is read, and taken into the file', async ({ ownServer, desk }) => {
  const [[child]] = await ownServer.query(`SELECT id FROM student WHERE name = '${routine}'`);
  const stranger = await Caller.signIn(ownServer.url, primaryTeacher);
  const body = { first_absent_on: '2026-11-20' };
  const [receipt] = await stranger.say({ subject: { student: child }, kind: 'ABSENCE', body });
  expect(receipt.answer).toBe('quarantined');

  await desk.open('要办的');
  await desk.row(routine).getByRole('link', { name: '留着等您看' }).click();
  await expect(desk.drawer).toContainText('2026-11-20');
  await expect(desk.drawer).toContainText(primaryTeacher.name);
  await desk.click('不收');
  await expect(desk.drawer).toContainText('写一句再点。');
  await desk.click('收下');
  await expect(desk.drawer).toHaveCount(0);
  await expect(desk.row(routine).filter({ hasText: '留着等您看' })).toHaveCount(0);
  await desk.page.goto(`/desk/students/${child}`);
  await expect(desk.page.locator('section.timeline')).toContainText(primaryTeacher.name);
  await expect(desk.page.locator('section.basics')).toContainText(/没到校第\d+天/);
});

test('the workbook holds what the list shows', async ({ desk }) => {
  await desk.page.goto('/desk/visits?kind=DOOR_KNOCK&standing=WAITING');
  await expect(desk.rows).toHaveCount(1);
  const [download] = await Promise.all([desk.page.waitForEvent('download'), desk.click('导出表格')]);
  expect(download.suggestedFilename()).toMatch(/^visits-\d{4}-\d\d-\d\d\.xlsx$/);
  const cells = texts(await readFile(await download.path()));
  expect(cells).toEqual(expect.arrayContaining([waiting, '七年级3班', '敲门行动', '五村', '等村里']));
  expect(cells.some((cell) => cell.startsWith('1 次走访 · 数据到 '))).toBe(true);
  expect(cells).not.toContain(routine);
});

test('who signs out leaves nothing on the screen', async ({ desk }) => {
  await desk.page.goto('/desk/students?q=aygl');
  await expect(desk.row(missing)).toBeVisible();
  await desk.click('退出');
  await expect(desk.page.getByLabel('密码')).toBeVisible();
  expect(await desk.page.locator('body').innerText()).not.toContain(missing);
  await desk.page.goBack();
  expect(await desk.page.locator('body').innerText()).not.toContain(missing);
});

const pictures = join(import.meta.dirname, '..', 'screenshots');

for (const light of ['light', 'dark'] as const) {
  test(`the desk’s screens, ${light}`, async ({ ownServer }) => {
    await mkdir(pictures, { recursive: true });
    const desk = await Desk.at(ownServer.url, principal, light);
    const found: string[] = [];
    const look = async (name: string) => {
      await expect(desk.page.locator('[aria-busy=true]')).toHaveCount(0);
      await desk.page.screenshot({ path: join(pictures, `desk-${name}.${light}.png`), scale: 'css' });
      const wide = await desk.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      const wrong = [...(await forbiddenWords(desk.page)), ...(await barriers(desk.page))];
      found.push(...wrong.concat(wide ? ['scrolls sideways'] : []).map((what) => `${name}: ${what}`));
    };
    await desk.page.goto('/desk');
    await expect(desk.page.getByLabel('密码')).toBeVisible();
    await look('sign-in');
    await desk.signIn('/desk/visits');
    await expect(desk.rows).not.toHaveCount(0);
    await look('visits');
    await desk.page.goto('/desk/visits?standing=WAITING');
    await desk.row(waiting).click();
    await expect(desk.drawer).toContainText('父母在外无人照管');
    await look('visit');
    await desk.click('打印走访记录表');
    await expect(desk.page.locator('main.paper')).toContainText(waiting);
    await look('paper');
    for (const [address, name] of [['village', 'village'], ['students', 'students'], ['duties', 'duties'], ['reports', 'reports']]) {
      await desk.page.goto(`/desk/${address}`);
      await expect(desk.page.locator('.answered')).not.toBeEmpty();
      await look(name);
    }
    await desk.page.goto('/desk/students?q=aygl');
    await desk.row(missing).getByRole('link').click();
    await expect(desk.page.locator('section.timeline li')).not.toHaveCount(0);
    await look('file');
    await desk.discard();

    const clerk = await Desk.at(ownServer.url, office, light);
    await clerk.signIn('/desk/duties');
    await clerk.row(unknown).getByRole('link', { name: '核实' }).click();
    await expect(clerk.drawer).toContainText('大约七岁');
    await clerk.page.screenshot({ path: join(pictures, `desk-found.${light}.png`), scale: 'css' });
    found.push(...(await barriers(clerk.page)));
    await clerk.discard();
    expect(found).toEqual([]);
  });
}
