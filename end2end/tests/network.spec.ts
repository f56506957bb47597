// The line breaks in the middle of a sync, and the server is killed in the middle of one. Afterwards
// every visit stands in Postgres exactly once.
import { expect, Line, Phone, test as base } from '../fixtures.ts';
import { classTeacher, missing, routine } from '../people.ts';
import { Teacher } from '../teacher.ts';

const test = base.extend<{ line: Line; caller: Teacher }>({
  line: async ({ ownServer }, use) => {
    const line = await Line.to(ownServer.url);
    await use(line);
    await line.close();
  },
  /** 李老师, on a line that can break. */
  caller: async ({ line }, use) => {
    const phone = await Phone.buy(line.url);
    const teacher = new Teacher(phone, classTeacher);
    await teacher.signIn();
    await use(teacher);
    await phone.discard();
  },
});

test('the network is cut after some bytes, in either direction', async ({ ownServer, line, caller }) => {
  const breaks = [
    { in: 'request', after: 1 },
    { in: 'request', after: 900 },
    { in: 'answer', after: 0 },
    { in: 'answer', after: 17 },
    { in: 'answer', after: 900 },
  ] as const;
  const expected: Record<string, number> = {};
  const children = await caller.classmates(breaks.length);
  for (const [n, where] of breaks.entries()) {
    const cuts = line.cuts;
    // The sync that carries the visit, not one that fetches what is new.
    await caller.nobodyHome(children[n], () => line.breakNextSync(where));
    await expect.poll(() => line.cuts, where.in + where.after).toBeGreaterThan(cuts);
    await caller.page.goto('/sync');
    await caller.reads(/等着送|都送到了/);
    line.mend();
    await caller.tap('现在送');
    await caller.settled();
    expected[children[n]] = 1;
    expect(await ownServer.newVisits(), `${where.in} ${where.after}`).toEqual(expected);
  }
});

test('the server is killed as a sync arrives', async ({ ownServer, line, caller }) => {
  const arrives = line.nextSync();
  await caller.knock(missing);
  await arrives;
  await ownServer.kill();
  await ownServer.up();
  await caller.page.goto('/sync');
  await caller.tap('现在送');
  await caller.settled();
  expect(await ownServer.newVisits()).toEqual({ [missing]: 1 });
});

test('the server is killed when it has stored a visit and not yet said so', async ({ ownServer, line, caller }) => {
  await caller.setOut(routine);
  await caller.nobodyThere(() => line.breakNextSync({ in: 'answer', after: 0 }));
  await expect.poll(() => line.cuts).toBe(1);
  await ownServer.kill();
  await ownServer.up();
  line.mend();
  await caller.page.goto('/sync');
  await caller.tap('现在送');
  await caller.settled();
  expect(await ownServer.newVisits()).toEqual({ [routine]: 1 });
});
