// A phone without network: how long until it is of use, and how long until a key is durable.
import { Caller } from '../caller.ts';
import { Phone, Server, expect, keptForOffline, test } from '../fixtures.ts';
import { Holder } from '../holder.ts';
import { classTeacher, missing, principal } from '../people.ts';
import { Teacher } from '../teacher.ts';
import { quantile, record } from './results.ts';

const STARTS = 5;
const KEYS = 100;

/** Slows the page down as a cheap phone would. */
async function slow(phone: Phone, times: number): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: times });
}

test('offline start with all children of a school', async ({}) => {
  const server = await Server.start(undefined, 'school');
  const phone = await Phone.buy(server.url);
  const holder = new Holder(phone, principal);
  await holder.signIn();
  const [[children]] = await server.query(`SELECT count(*) FROM student s JOIN school h ON h.county = s.county AND h.id = s.school WHERE h.name = '示例中学'`);
  await phone.page.goto('/');
  await holder.settled();
  await keptForOffline(phone.page);
  await server.down();
  for (const cpu of [1, 4, 6]) {
    const runs: number[] = [];
    for (let n = 0; n < STARTS; n++) {
      // A new browser process each time.
      await phone.context.close();
      await phone.switchOn();
      await slow(phone, cpu);
      await phone.context.addInitScript(tellWhenUsable);
      const usable = phone.page.waitForEvent('console', (message) => message.text() === 'usable');
      const begun = performance.now();
      await phone.page.goto('/', { waitUntil: 'commit' });
      await usable;
      runs.push(performance.now() - begun);
    }
    await record(`offline_start_ms_cpu${cpu}`, runs, 'ms', `new browser process, server stopped, ${children} children on the phone, to a usable 今日`);
  }
  await phone.discard();
  await server.discard();
});

test('from a key to a durable draft', async ({ server }) => {
  const phone = await Phone.buy(server.url);
  const teacher = new Teacher(phone, classTeacher);
  await phone.context.addInitScript(watchDurable);
  await teacher.signIn();
  await teacher.setOut(missing);
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.next();
  await teacher.next();
  await teacher.page.getByLabel('一句话').focus();
  await slow(phone, 4);
  const [runs, all]: number[][] = [[], []];
  for (let run = 0; run < 5; run++) {
    const durations: number[] = [];
    for (let n = 0; n < KEYS; n++) {
      await teacher.page.keyboard.press(n % 2 ? 'Backspace' : 'a');
      durations.push(await teacher.page.evaluate(() => (window as any).nextDurable()));
    }
    runs.push(quantile(durations, 0.99));
    all.push(...durations);
  }
  await record('key_to_durable_ms_p99_cpu4', runs, 'ms', `${all.length} keys, p50 ${Math.round(quantile(all, 0.5))} ms; from the key to the end of the strict transaction`);
  await phone.discard();
});

/** Says when 今日 is painted. Looking from outside would run a script of its own in the start it measures. */
function tellWhenUsable(): void {
  const looking = new MutationObserver(() => {
    if (!document.querySelector('.duty-body, .empty, .today-none')) return;
    looking.disconnect();
    requestAnimationFrame(() => setTimeout(() => console.debug('usable')));
  });
  looking.observe(document, { childList: true, subtree: true });
}

/** Knows when the strict transaction after the last key was complete. */
function watchDurable(): void {
  let pressed = 0;
  let done = 0;
  let waiting: (() => void) | undefined;
  addEventListener('keydown', () => {
    pressed = performance.now();
    done = 0;
  }, true);
  const open = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...asked: Parameters<typeof open>) {
    const begun = performance.now();
    const transaction = open.apply(this, asked);
    transaction.addEventListener('complete', () => {
      if (asked[2]?.durability !== 'strict' || begun < pressed || done) return;
      done = performance.now();
      waiting?.();
    });
    return transaction;
  };
  (window as any).nextDurable = async () => {
    if (!done) await new Promise<void>((resolve) => (waiting = resolve));
    return done - pressed;
  };
}
