// Each role asks every function of the desk for what is not theirs: it answers as if there were nothing.
import { randomUUID } from 'node:crypto';
import { Caller, type Heard } from '../caller.ts';
import { expect, test } from '../fixtures.ts';
import * as people from '../people.ts';

/** What somebody may ask about: a child of a school, and what was written there. */
interface Asked {
  student: string;
  name: string;
  place: string;
  visit: string;
  found: string;
  kept: string;
}

const nothing = (): Asked => ({
  student: randomUUID(),
  name: '没有这个人',
  place: randomUUID(),
  visit: randomUUID(),
  found: randomUUID(),
  kept: randomUUID(),
});

/** Every question that names something. */
const questions = ({ student, name, place, visit, found, kept }: Asked): [string, object][] => [
  ['visit', { entry: visit }],
  ['review', { entry: visit, verdict: 'SEEN', words: null }],
  ['student', { id: student }],
  ['decide', { student, field: 'phone', value: '14400000066' }],
  ['unlisted', { student, is: 'TRANSFERRED_OUT' }],
  ['kept', { entry: kept }],
  ['settle', { entry: kept, how: 'TAKEN', words: null }],
  ['settle', { entry: kept, how: 'RETURNED', words: '不收' }],
  ['settle', { entry: found, how: 'MOVED', words: null }],
  ['visits', { asked: { place } }],
  ['students', { asked: { place } }],
  ['students', { asked: { words: name } }],
];

/** Every question that names nothing. */
const lists: [string, object][] = [
  ['begin', {}],
  ['visits', { asked: {} }],
  ['villages', {}],
  ['students', { asked: {} }],
  ['duties', { page: 0 }],
  ['reports', { page: 0 }],
];

/** What was heard, but for its number and its moment. */
const said = ({ status, text }: Heard) =>
  `${status} ${text.replace(/,?"(request_id|as_of)":"[^"]*"/g, '')}`;

test('what is not theirs answers like what does not exist', async ({ ownServer }) => {
  /** A child about whom nothing is open, with a routine visit. */
  const quiet = async (kind: 'JUNIOR' | 'PRIMARY') => {
    const [[student, name, place, visit]] = await ownServer.query(
      `SELECT s.id, s.name, s.class, v.entry FROM visit v
       JOIN student s ON s.county = v.county AND s.id = v.student JOIN school o ON o.county = s.county AND o.id = s.school
       WHERE NOT s.open AND v.facet = 'VISIT' AND v.superseded_by IS NULL AND NOT v.withdrawn AND o.kind = '${kind}'
       ORDER BY v.entry LIMIT 1`,
    );
    return { student, name, place, visit };
  };
  const [junior, pupil] = [await quiet('JUNIOR'), await quiet('PRIMARY')];
  const teacher = await Caller.signIn(ownServer.url, people.classTeacher);
  const primary = await Caller.signIn(ownServer.url, people.primaryTeacher);
  const body = { first_absent_on: '2026-11-20' };
  const [here] = await primary.say({ subject: { student: junior.student }, kind: 'ABSENCE', body });
  const [there] = await teacher.say({ subject: { student: pupil.student }, kind: 'ABSENCE', body });
  expect([here.answer, there.answer]).toEqual(['quarantined', 'quarantined']);
  const [[found]] = await ownServer.query("SELECT id FROM entry WHERE kind = 'FOUND_CHILD' LIMIT 1");
  const middle: Asked = { ...junior, found, kept: here.id };
  const small: Asked = { ...pupil, found: randomUUID(), kept: there.id };

  const outside: [people.Person, Asked][] = [
    [people.classTeacher, small],
    [people.subjectTeacher, small],
    [people.gradeHead, small],
    [people.office, small],
    [people.principal, small],
    [people.counsellor, small],
    [people.designated, small],
    [people.cadre, middle],
    [people.cadre, small],
    [people.township, small],
    [people.county, small],
    [people.admin, middle],
    [people.admin, small],
    [people.primaryTeacher, middle],
  ];
  for (const [person, asked] of outside) {
    const caller = await Caller.sitDown(ownServer.url, person);
    const pairs = questions(asked).map((question, n) => [question, questions(nothing())[n]] as const);
    for (const [[path, named], [, unknown]] of pairs) {
      const heard = await caller.ask(`/api/v1/desk/${path}`, named);
      expect(said(heard), `${person.name} ${path}`).toBe(said(await caller.ask(`/api/v1/desk/${path}`, unknown)));
      for (const secret of Object.values(asked)) expect(heard.text).not.toContain(secret);
    }
    for (const [path, body] of lists) {
      const { text } = await caller.ask(`/api/v1/desk/${path}`, body);
      const hidden = [asked.name, asked.student, asked.visit, asked.found, asked.kept];
      expect(hidden.filter((secret) => text.includes(secret)), `${person.name} ${path}`).toEqual([]);
    }
  }
  const written = await ownServer.query("SELECT kind FROM entry WHERE received_at > now() - interval '5 minutes'");
  expect(written).toEqual([]);
});
