// What the village confirmed is what the village saw: a change of that shows, any other does not.
import { film } from '../film.ts';
import { barriers, expect, test as base } from '../fixtures.ts';
import { household, missing } from '../people.ts';

const test = base.extend<{ confirmed: void }>({
  /** A visit that the village has confirmed, on K5. */
  confirmed: [
    async ({ teacher, villager, camera }, use) => {
      await teacher.knock(missing);
      const saved = teacher.page.url();
      await film(camera, (await teacher.showCode()).glass);
      await villager.scan();
      await villager.tap('属实');
      await villager.reads('已核对：属实');
      await villager.tap('回村里');
      await villager.settled();
      await teacher.page.goto(saved);
      await teacher.reads(/村里已核对：属实/);
      await use();
    },
    { auto: true },
  ],
});

test('a change outside what was shown leaves the confirmation', async ({ ownServer, teacher, villager }) => {
  await teacher.tap(/改一下/);
  for (let n = 0; n < 3; n++) await teacher.next();
  await teacher.page.getByLabel('一句话').fill('奶奶说周末去接父亲的电话。');
  await teacher.save();
  await teacher.reads(/村里已核对：属实/);
  await teacher.page.goto('/');
  await teacher.settled();
  await villager.page.goto('/');
  await villager.settled();
  await expect(villager.page.getByText('核对以后改过')).toHaveCount(0);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 2 });
});

test('a change inside it asks the village again, and says what', async ({ teacher, villager, camera }) => {
  await teacher.tap(/改一下/);
  await teacher.next();
  await teacher.tap('其他家人');
  await teacher.next();
  await teacher.next();
  await teacher.save();
  const changed = '核对以后改过：见到 爷爷/奶奶、孩子 → 爷爷/奶奶、其他家人、孩子';
  await teacher.reads(new RegExp(changed));
  const saved = teacher.page.url();
  await teacher.page.goto('/');
  await teacher.settled();
  await villager.page.goto('/');
  const house = villager.house(household);
  await expect(house).toContainText(changed);
  await expect(house.getByRole('button', { name: /^属实/ })).toBeVisible();
  expect(await barriers(villager.page)).toEqual([]);

  // At the door again, the code says the same.
  await teacher.page.goto(saved);
  await film(camera, (await teacher.showCode()).glass);
  await villager.scan();
  await villager.reads(changed);
  await villager.tap('属实');
  await villager.tap('回村里');
  await villager.settled();
  await expect(villager.page.getByText('核对以后改过')).toHaveCount(0);
  await teacher.page.goto(saved);
  await teacher.reads(/村里已核对：属实/);
});

test('another time is told as it was and as it is', async ({ ownServer, teacher, villager }) => {
  const [[before]] = await ownServer.query(
    `SELECT to_char(v.started_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM visit v JOIN student s ON s.id = v.student
     WHERE s.name = '${missing}' ORDER BY v.received_at DESC LIMIT 1`,
  );
  await teacher.tap(/改一下/);
  await teacher.tap(/今天 \d\d:\d\d/);
  await teacher.tap('今天早些时候');
  await teacher.page.getByLabel('几点').fill('00:01');
  await teacher.tap('好了');
  for (let n = 0; n < 3; n++) await teacher.next();
  await teacher.save();
  await teacher.page.goto('/');
  await teacher.settled();
  await villager.page.goto('/');
  await expect(villager.house(household)).toContainText(`核对以后改过：时间 ${before} → 00:01`);
});
