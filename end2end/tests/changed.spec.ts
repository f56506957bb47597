// What the village confirmed is what the village saw: a change of that shows, any other does not.
import { film } from '../film.ts';
import { expect, test as base } from '../fixtures.ts';
import { missing } from '../people.ts';

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

test('a change inside it asks the village again', async ({ teacher, villager }) => {
  await teacher.tap(/改一下/);
  await teacher.next();
  await teacher.tap('其他家人');
  await teacher.next();
  await teacher.next();
  await teacher.save();
  await teacher.reads(/核对以后改过/);
  await teacher.page.goto('/');
  await teacher.settled();
  await villager.page.goto('/');
  await villager.reads('核对以后改过，请再看看。');
  await expect(villager.page.getByRole('button', { name: /^属实/ }).first()).toBeVisible();
});
