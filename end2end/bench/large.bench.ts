// Many children: into the browser, and found again by a few letters.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Phone, Server, expect, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { target } from '../server.ts';
import { record } from './results.ts';

const run = promisify(execFile);
const load = join(target, process.env.QIAOMEN_PROFILE ?? 'release', 'examples', 'load');
const principal = { name: '示例0', phone: '14400009000' };

/** A server with a school of so many children. */
async function school<T>(children: number, story: (server: Server) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'qiaomen-school-'));
  await chmod(folder, 0o755);
  await run(load, ['fill', join(folder, 'data'), '--children', String(children)], { env: { ...process.env, QIAOMEN_LOG: 'warn' } });
  const server = await Server.on(folder);
  try {
    return await story(server);
  } finally {
    await server.discard();
    await rm(folder, { recursive: true, force: true });
  }
}

async function slow(phone: Phone, times: number): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: times });
}

test('what phones push', async ({}) => {
  await school(10_000, async (server) => {
    const { stdout } = await run(load, ['push', new URL(server.url).host], { env: process.env });
    const rounds = JSON.parse(stdout);
    const how = '16 phones at once, 20 visits a request with the pull that answers it, through rules, row level security and chain, fsync on; 10,000 children';
    await record('push_entries_per_s', rounds.push_entries_per_s, 'entries/s', how);
    await record('push_p99_ms', rounds.push_p99_ms, 'ms', how);
    await record('sync_noop_ms_p50', rounds.sync_noop_ms_p50, 'ms', 'nothing to send, nothing new; 100 requests of one phone');
  });
});

test('ten thousand children into the browser', async ({}) => {
  await school(10_000, async (server) => {
    const runs: number[] = [];
    for (let n = 0; n < 3; n++) {
      const phone = await Phone.buy(server.url);
      const holder = new Holder(phone, principal);
      await holder.page.goto('/');
      await holder.typePassword();
      await phone.page.getByLabel('解锁码').fill('246802');
      await phone.page.getByLabel('再输一次').fill('246802');
      await slow(phone, 4);
      // From the first request for children to the transaction that holds the last of them.
      const first = phone.page.waitForRequest('**/api/v1/sync', { timeout: 60_000 }).then(() => performance.now());
      await holder.tap('设好了');
      const begun = await first;
      await expect(phone.page.locator('a.sync')).toHaveText(/都送到了/, { timeout: 120_000 });
      runs.push(performance.now() - begun);
      await phone.discard();
    }
    await record('pull_10000_ms_cpu4', runs, 'ms', '10,000 children with their enrolment entry, from the first request to all of them sealed and stored');
  });
});

test('search among 1,500', async ({}) => {
  await school(1_500, async (server) => {
    const phone = await Phone.buy(server.url);
    const holder = new Holder(phone, principal);
    await holder.signIn();
    await holder.page.goto('/students');
    const field = phone.page.getByRole('searchbox').or(phone.page.getByLabel('找学生'));
    await field.first().waitFor();
    await slow(phone, 4);
    const times: number[] = [];
    for (const word of ['阿', 'ay', '五村', '袁', 'yxj', '买买提', '1', 'gl']) {
      for (let n = 1; n <= word.length; n++) {
        const typed = word.slice(0, n);
        times.push(await field.first().evaluate(searched, typed));
      }
    }
    times.sort((a, b) => a - b);
    const p95 = times[Math.ceil(times.length * 0.95) - 1];
    await record('search_1500_ms_p95_cpu4', [p95], 'ms', `${times.length} searches, p50 ${Math.round(times[times.length >> 1])} ms; from the letter to the painted list`);
    await phone.discard();
  });
});

/** Types into the field and waits for the frame that shows what was found. */
async function searched(field: Element, typed: string): Promise<number> {
  const begun = performance.now();
  (field as HTMLInputElement).value = typed;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 0)));
  return performance.now() - begun;
}
