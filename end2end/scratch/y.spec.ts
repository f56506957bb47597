import { test } from '../fixtures.ts';
test('y', async ({ teacher }) => {
  await teacher.page.screenshot({ path: '/tmp/e2etry/today.png' });
  console.log(await teacher.page.locator('main').innerText());
});
