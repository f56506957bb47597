import { test } from '../fixtures.ts';
import { Caller } from '../caller.ts';
import { classTeacher } from '../people.ts';
for (let n = 0; n < 8; n++) test('z' + n, async ({ ownServer }) => { const c = await Caller.signIn(ownServer.url, classTeacher); const { text } = await c.ask('/api/v1/sync', { protocol: 1, writer: crypto.randomUUID(), entries: [], cursor: null }); const p = JSON.parse(text).page; console.log(text.length, p.files?.length, p.cursor, p.more); 
if (!p.files) console.log(await ownServer.query("select count(*) from access; "), await ownServer.query("select count(*), min(xid), max(xid) from access"), await ownServer.query("select count(*), min(xid), max(xid), pg_snapshot_xmin(pg_current_snapshot()) from student group by 4"), await ownServer.query("select count(*) from kind_reader"));
});
