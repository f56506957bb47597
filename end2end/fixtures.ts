// What every test stands on: `server` (shared by a file's tests that leave it running), `phone`
// (new for each test), and `phones` to take more of them.
import { createRequire } from 'node:module';
import { expect, test as base, type Page } from '@playwright/test';
import { tmpdir } from 'node:os';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Cadre } from './cadre.ts';
import { Desk } from './desk.ts';
import { filmNothing } from './film.ts';
import { type Choices, Phone } from './phone.ts';
import { cadre, classTeacher, office } from './people.ts';
import { Server } from './server.ts';
import { Teacher } from './teacher.ts';

export { expect } from '@playwright/test';
export { Phone, keptForOffline } from './phone.ts';
export { Server } from './server.ts';
export { Line } from './line.ts';

interface PerTest {
  /** One phone, empty. */
  phone: Phone;
  /** As many more as the story has people. */
  phones: (choices?: Choices) => Promise<Phone>;
  /** A server that only this test uses: it may write to it, kill it, look into its database. */
  ownServer: Server;
  /** 李老师 with her phone, signed in at `ownServer`. */
  teacher: Teacher;
  /** 吐尔逊书记 of 五村 with his, signed in at `ownServer`; his camera shows `film`. */
  villager: Cadre;
  /** What `villager`'s camera shows: a wall, until a story films something else. */
  camera: string;
  /** The office of the middle school at its desk, signed in at `ownServer`. */
  desk: Desk;
}

interface PerWorker {
  server: Server;
}

export const test = base.extend<PerTest, PerWorker>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.discard();
    },
    { scope: 'worker' },
  ],
  ownServer: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.discard();
  },
  teacher: async ({ ownServer }, use) => {
    const phone = await Phone.buy(ownServer.url);
    const teacher = new Teacher(phone, classTeacher);
    await teacher.signIn();
    await use(teacher);
    await phone.discard();
  },
  camera: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'qiaomen-film-'));
    const path = join(folder, 'camera.y4m');
    await filmNothing(path);
    await use(path);
    await rm(folder, { recursive: true });
  },
  villager: async ({ ownServer, camera }, use) => {
    const phone = await Phone.buy(ownServer.url, { camera });
    const villager = new Cadre(phone, cadre);
    await villager.signIn();
    await use(villager);
    await phone.discard();
  },
  desk: async ({ ownServer }, use) => {
    const desk = await Desk.at(ownServer.url, office);
    await desk.signIn();
    await use(desk);
    await desk.discard();
    expect(desk.faults).toEqual([]);
  },
  phone: async ({ server }, use) => {
    const phone = await Phone.buy(server.url);
    await use(phone);
    await phone.discard();
  },
  phones: async ({ server }, use) => {
    const bought: Phone[] = [];
    await use(async (choices) => {
      const phone = await Phone.buy(server.url, choices);
      bought.push(phone);
      return phone;
    });
    await Promise.all(bought.map((phone) => phone.discard()));
  },
});

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds wrong on the page as it is now: one line a finding, none when all is well. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  return page.evaluate(async () => {
    const { violations } = await (window as any).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // Measured by ourselves, larger; axe takes what has scrolled half below a fixed bar for small.
      rules: { 'target-size': { enabled: false } },
    });
    return violations.flatMap((rule: any) =>
      rule.nodes.map((node: any) => `${rule.id}: ${node.target.join(' ')}`),
    );
  });
}
