// 账号条: a code on paper that signs its person in once, and lets them choose their own password.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cadre } from '../cadre.ts';
import { type Server, expect, test } from '../fixtures.ts';
import { cadre } from '../people.ts';

const own = '石榴树下有一只猫';

/** What the code on a new slip of this person opens. */
async function printed(server: Server): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qiaomen-slip-'));
  const file = join(folder, 'slip.html');
  const said = await server.command(
    'user', 'reset-password', cadre.phone, '--sign-out', '--slip', file, '--address', server.url,
  );
  const page = await readFile(file, 'utf8');
  await rm(folder, { recursive: true });
  expect(page).toContain(cadre.name);
  const [, link, password] = /href="(http[^"#]*#\d+\.(\w+))"/.exec(page)!;
  expect(said).not.toContain(password);
  return link;
}

test('a cadre opens the code on the slip, chooses a password, and has the village’s list', async ({ ownServer, phone: other, phones }) => {
  const villager = new Cadre(await phones(), cadre);
  const { page } = villager;
  const link = await printed(ownServer);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(link);
  await villager.reads('换成自己的密码');
  expect(new URL(page.url()).hash).toBe('');
  const secret = new URL(link).hash.slice(1);
  expect(asked.filter((url) => url.includes(secret.split('.')[1]) && !url.includes('#'))).toEqual([]);
  await page.getByLabel('新密码').fill(own);
  await villager.tap('换好了');
  await villager.settled();
  expect(new URL(page.url()).pathname).toBe('/');
  await expect(page.getByRole('heading', { name: '五村' })).toBeVisible();
  await expect(villager.touchable('扫一扫')).toBeVisible();

  // Once: whoever finds the slip later gets nowhere with it.
  await other.page.goto(link);
  await expect(other.page.getByRole('alert')).toContainText('这张账号条用过了');
  await expect(other.page.getByLabel('密码')).toHaveValue('');

  // A new slip makes the one before it worthless, and is over after its days.
  const lost = await printed(ownServer);
  const last = await printed(ownServer);
  await ownServer.query(`UPDATE account SET one_time_until = now() - interval '1 second' WHERE phone = '${cadre.phone}'`);
  for (const [slip, why] of [[lost, '这张账号条用过了'], [last, '一次性密码过期了']]) {
    await other.page.goto('/manifest.webmanifest');
    await other.page.goto(slip);
    await expect(other.page.getByRole('alert')).toContainText(why);
  }
});

test('in a chat’s own browser the code waits for a real one', async ({ ownServer, phone: { page } }) => {
  const link = await printed(ownServer);
  await page.addInitScript(() => {
    const agent = `${navigator.userAgent} MicroMessenger/8.0`;
    Object.defineProperty(navigator, 'userAgent', { get: () => agent });
  });
  await page.goto(link);
  await expect(page.getByText(/^微信里只能看，不能记。/)).toBeVisible();
  expect(page.url()).toBe(link);
  await expect(page.getByLabel('密码')).toHaveValue('');
});
