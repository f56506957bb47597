// 单独上报: that it exists changes no byte that those who may not see it receive.
import { Caller } from '../caller.ts';
import { expect, test } from '../fixtures.ts';
import * as people from '../people.ts';

const blind = [people.cadre, people.gradeHead, people.office, people.counsellor, people.township, people.county,
  people.subjectTeacher, people.primaryTeacher, people.admin];

test('a report says in passing that it is kept, and then stands nowhere', async ({ teacher }) => {
  await teacher.knock(people.missing);
  await teacher.tap('更多');
  await teacher.tap('单独上报');
  await teacher.page.getByLabel('什么事').fill('脸上有新伤，不肯说怎么来的。');
  await teacher.tap('存到手机');
  await expect(teacher.page.locator('.passing')).toHaveText('已存在手机');
  await expect(teacher.page).toHaveURL(/\/saved\//);
  await expect(teacher.page.locator('.passing p')).toHaveCount(0);
  await expect(teacher.page.getByText('单独上报')).toHaveCount(0);
});

/** All that a person's phone would have, without the moment of asking and the place in the server's order. */
async function received(url: string, person: people.Person): Promise<string> {
  const heard = await (await Caller.signIn(url, person)).everything();
  return heard.replace(/"server_time":"[^"]*"/g, '').replace(/"cursor":\{[^}]*\}/g, '');
}

test('a report changes no byte that others receive', async ({ ownServer }) => {
  const before = await Promise.all(blind.map((person) => received(ownServer.url, person)));
  const [[child]] = await ownServer.query(`SELECT id FROM student WHERE name = '${people.missing}'`);
  const teacher = await Caller.signIn(ownServer.url, people.classTeacher);
  const [receipt] = await teacher.say({
    subject: { student: child },
    kind: 'SAFEGUARDING_REPORT',
    body: { what: '脸上有新伤，不肯说怎么来的。', noticed_at: '2026-11-20T09:38:00Z' },
  });
  expect(receipt.answer).toBe('accepted');

  const after = await Promise.all(blind.map((person) => received(ownServer.url, person)));
  blind.forEach((person, n) => expect(after[n] === before[n], person.name).toBe(true));
  const principal = await received(ownServer.url, people.principal);
  expect(principal.includes('不肯说怎么来的')).toBe(true);

  // Nor does what was done about it: her who wrote the report it tells nothing either.
  const unknowing = [...blind, people.classTeacher];
  const reported = await Promise.all(unknowing.map((person) => received(ownServer.url, person)));
  const head = await Caller.signIn(ownServer.url, people.principal);
  const [done] = await head.say({
    subject: { student: child },
    kind: 'SAFEGUARDING_HANDLED',
    body: { of: receipt.id, done: '派出所来过，孩子先住奶奶家。', on: '2026-11-20', reported_to: ['POLICE'] },
  });
  expect(done.answer).toBe('accepted');
  const handled = await Promise.all(unknowing.map((person) => received(ownServer.url, person)));
  unknowing.forEach((person, n) => expect(handled[n] === reported[n], person.name).toBe(true));
  expect((await received(ownServer.url, people.principal)).includes('派出所来过')).toBe(true);
});

test('a phone that is up to date hears nothing of it either', async ({ ownServer }) => {
  const phones = await Promise.all(blind.map((person) => Caller.signIn(ownServer.url, person)));
  await Promise.all(phones.map((phone) => phone.everything()));
  const [[child]] = await ownServer.query(`SELECT id FROM student WHERE name = '${people.missing}'`);
  const teacher = await Caller.signIn(ownServer.url, people.classTeacher);
  const body = { what: '脸上有新伤，不肯说怎么来的。', noticed_at: '2026-11-20T09:38:00Z' };
  await teacher.say({ subject: { student: child }, kind: 'SAFEGUARDING_REPORT', body });
  for (const [n, phone] of phones.entries()) {
    const { page } = JSON.parse(await phone.everything());
    const { cursor, directory_fingerprint, directory, ...news } = page;
    expect(news, blind[n].name).toEqual({});
  }
});
