// Each role asks for what it may not have. Not a byte of it comes back.
import { Caller } from '../caller.ts';
import { expect, test } from '../fixtures.ts';
import * as people from '../people.ts';

/** Words of entries in the demo county, by what they tell. */
const told = {
  report: '手臂上有几处旧伤',
  supplement: '家里安静，有张小桌子写作业',
  cause: 'SCHOOL_WEARY',
  attitude: 'guardian_attitude',
  promise: 'commitments',
  review: '请写一下是谁翻译的',
  guardians: 'guardians',
  birth: 'birth_date',
  whereabouts: 'whereabouts',
};

const never: [string, people.Person, string[]][] = [
  ['the village', people.cadre, Object.values(told)],
  ['the system’s keeper', people.admin, [...Object.values(told), people.missing, people.routine]],
  ['the subject teacher', people.subjectTeacher, [told.review, told.supplement]],
  ['the class teacher', people.classTeacher, [told.report]],
  ['the head of the grade', people.gradeHead, [told.report]],
  ['the office', people.office, [told.report]],
  ['the counsellor', people.counsellor, [told.report, told.supplement, told.review]],
  ['the township', people.township, [told.report, told.supplement, told.review, people.routine]],
  ['the county', people.county, [told.report, told.supplement, told.review, people.routine]],
  ['the teacher of another school', people.primaryTeacher, [told.report, told.review, people.missing, people.routine]],
  ['whom reports are for', people.designated, [told.supplement, told.review, told.cause, people.routine]],
];

test('a pull holds what the role may read and nothing else', async ({ server }) => {
  for (const [role, person, secrets] of never) {
    const caller = await Caller.signIn(server.url, person);
    const heard = await caller.everything();
    const leaked = secrets.filter((secret) => heard.includes(secret));
    expect(leaked, role).toEqual([]);
  }
});

test('the words that must not leak are there for those who may read them', async ({ server }) => {
  const readers: [people.Person, string[]][] = [
    [people.principal, [told.report]],
    [people.office, [told.review, told.supplement]],
    [people.classTeacher, [told.cause, told.attitude, told.promise, told.guardians, told.birth, people.missing]],
    [people.township, [people.missing]],
  ];
  for (const [person, words] of readers) {
    const heard = await (await Caller.signIn(server.url, person)).everything();
    expect(words.filter((word) => !heard.includes(word)), person.name).toEqual([]);
  }
});

test('nobody gets an id number, and without a session nobody gets anything', async ({ server }) => {
  const numbers = (await server.query('SELECT id_no_last4 FROM student WHERE id_no_last4 IS NOT NULL LIMIT 3')).flat();
  const heard = await (await Caller.signIn(server.url, people.principal)).everything();
  expect(/\b990101\d{11}[\dX]\b/.test(heard)).toBe(false);
  expect(heard.includes('id_no')).toBe(false);
  expect(numbers.every((number) => !heard.includes(`"${number}"`))).toBe(true);

  const nobody = Caller.nobody(server.url);
  for (const path of ['/api/v1/sync', '/api/v1/devices', '/api/v1/session', '/api/v1/vault']) {
    const { status, text } = await nobody.ask(path, path.endsWith('sync') ? {} : undefined);
    expect([401, 400, 422], path).toContain(status);
    expect(text).not.toContain(people.missing);
  }
});

test('what a role may not write is not taken', async ({ ownServer }) => {
  const [[child]] = await ownServer.query(`SELECT id FROM student WHERE name = '${people.routine}'`);
  const writers: [string, people.Person][] = [
    ['the village', people.cadre],
    ['the township', people.township],
    ['the county', people.county],
    ['the principal', people.principal],
    ['the teacher of another school', people.primaryTeacher],
    ['the system’s keeper', people.admin],
  ];
  for (const [role, person] of writers) {
    const caller = await Caller.signIn(ownServer.url, person);
    const [receipt] = await caller.say({
      subject: { student: child },
      kind: 'ABSENCE',
      body: { first_absent_on: '2026-09-07' },
    });
    expect(receipt.answer, role).not.toBe('accepted');
  }
  const [[open]] = await ownServer.query(`SELECT open FROM student WHERE id = '${child}'`);
  expect(open).toBe('f');
});
