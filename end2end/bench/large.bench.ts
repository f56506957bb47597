// Many children: into the browser, and found again by a few letters.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Phone, Server, expect, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { target } from '../server.ts';
import { quantile, record } from './results.ts';

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
      // Asked inside the page: from outside one is told up to a second later.
      const settled = phone.page.evaluate(pulled);
      await holder.tap('设好了');
      runs.push(await settled);
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
    const [runs, all]: number[][] = [[], []];
    for (let n = 0; n < 5; n++) {
      // A new page each time: its first searches are slower than those after them.
      await holder.page.goto('/students');
      const field = phone.page.getByRole('searchbox');
      await field.waitFor();
      await slow(phone, 4);
      const times: number[] = [];
      for (const word of ['阿', 'ay', '五村', '袁', 'yxj', '买买提', '1', 'gl', '阿依古丽', '七年级']) {
        for (let letters = 1; letters <= word.length; letters++) {
          times.push(await field.evaluate(searched, word.slice(0, letters)));
        }
      }
      runs.push(quantile(times, 0.95));
      all.push(...times);
    }
    await record('search_1500_ms_p95_cpu4', runs, 'ms', `${all.length} searches, p50 ${Math.round(quantile(all, 0.5))} ms; from the letter to the painted list`);
    await phone.discard();
  });
});

/** How long from the first request for children until the transaction that holds the last of them is done. */
function pulled(): Promise<number> {
  return new Promise((resolve) => {
    const looking = new MutationObserver(() => {
      if (!document.querySelector('a.sync')?.textContent?.includes('都送到了')) return;
      looking.disconnect();
      const first = performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('/api/v1/sync'));
      resolve(performance.now() - first!.startTime);
    });
    looking.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

/** Types into the field and waits for the frame that shows what was found. */
async function searched(field: Element, typed: string): Promise<number> {
  const begun = performance.now();
  (field as HTMLInputElement).value = typed;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 0)));
  return performance.now() - begun;
}
