// The main job: a class teacher in a doorway without signal, the village's word on the spot, and one
// confirmed line in the child's file, stored once.
import { film } from '../film.ts';
import { expect, test } from '../fixtures.ts';
import { household, missing } from '../people.ts';
import type { Teacher } from '../teacher.ts';

async function confirmedInTheFile(teacher: Teacher): Promise<void> {
  await teacher.page.goto('/students');
  await teacher.tap(new RegExp(missing));
  await teacher.reads(/村里已核对：属实/);
}

test('both phones offline; the visit arrives first', async ({ ownServer, teacher, villager, camera }) => {
  await teacher.phone.offline();
  await villager.phone.offline();

  await teacher.knock(missing);
  await teacher.reads('已存在手机');
  const code = await teacher.showCode();

  await film(camera, code.glass);
  await villager.scan();
  await villager.reads(new RegExp(household));
  await villager.tap('属实');
  await villager.reads('已核对：属实');
  await teacher.hear(await villager.receipt());
  await teacher.reads(/村里已核对：属实（回执码）/);

  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();
  await villager.phone.offline(false);
  await villager.tap('回村里');
  await villager.settled();

  await confirmedInTheFile(teacher);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('both phones offline; the answer arrives first', async ({ ownServer, teacher, villager, camera }) => {
  await teacher.phone.offline();
  await villager.phone.offline();
  await teacher.knock(missing);
  await film(camera, (await teacher.showCode()).glass);
  await villager.scan();
  await villager.tap('属实');
  await villager.reads('已核对：属实');

  await villager.phone.offline(false);
  await villager.tap('回村里');
  await villager.settled();
  await teacher.phone.offline(false);
  await teacher.page.goto('/');
  await teacher.settled();

  await confirmedInTheFile(teacher);
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});
