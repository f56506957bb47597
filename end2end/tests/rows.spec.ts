// What is written with a tap from a row of 今日 or of a file, where no form is: kept or said not to be, and
// once however often it is tapped.
import { expect, test } from '../fixtures.ts';
import { missing } from '../people.ts';

test('x', async ({ teacher, ownServer }) => {
  const { page } = teacher;
  console.log(await page.locator('main').innerText());
  await page.screenshot({ path: '/tmp/keeping-today.png', fullPage: true });
});
