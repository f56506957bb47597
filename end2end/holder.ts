// Somebody with the app in their hand: signs in, touches what the screen names, reads what it says.
import { type Locator, expect } from '@playwright/test';
import { CODE, PASSWORD, type Person } from './people.ts';
import { type Phone, keptForOffline } from './phone.ts';

type Name = string | RegExp;

export class Holder {
  constructor(
    readonly phone: Phone,
    readonly who: Person,
  ) {}

  get page() {
    return this.phone.page;
  }

  /** Signs in on an empty phone and waits until the app would open without network. */
  async signIn(password = PASSWORD): Promise<void> {
    await this.page.goto('/');
    await this.typePassword(password);
    const code = this.page.getByLabel('解锁码');
    const arrived = this.page.locator('header.top');
    await code.or(arrived).first().waitFor();
    if (await code.isVisible()) {
      await code.fill(CODE);
      await this.page.getByLabel('再输一次').fill(CODE);
      await this.tap('设好了');
    }
    await arrived.waitFor();
    await this.settled();
    await keptForOffline(this.page);
  }

  async typePassword(password = PASSWORD): Promise<void> {
    await this.page.getByLabel('手机号').fill(this.who.phone);
    await this.page.getByLabel('密码').fill(password);
    await this.tap('登录');
  }

  /** Unlocks with the app's own keys, as after the browser was ended. */
  async unlock(): Promise<void> {
    for (const digit of CODE) await this.tap(digit);
  }

  /** One touch on a button, a tab, a link or a tick. */
  async tap(name: Name): Promise<void> {
    await this.touchable(name).tap();
  }

  /** What can be touched under this name; of several that fit a pattern the first. */
  touchable(name: Name): Locator {
    const exact = typeof name === 'string';
    const roles = ['button', 'link', 'checkbox'] as const;
    const [button, link, tick] = roles.map((role) => this.page.getByRole(role, { name, exact }));
    const all = button.or(link).or(tick);
    return exact ? all : all.first();
  }

  /** What the screen says somewhere. */
  async reads(text: Name): Promise<void> {
    await expect(this.page.getByText(text).first()).toBeVisible();
  }

  /** Waits until all that was changed on this page is written on this phone. */
  async written(): Promise<void> {
    await this.page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        const turn = name!.replace(/^qiaomen-/, 'qiaomen-write-');
        // Who asks after the app has the turn after it; what changed while the app was writing asks again.
        for (let n = 0; n < 2; n++) await navigator.locks.request(turn, () => {});
      }
    });
  }

  /** After the browser was ended at once: it may have forgotten that it was signed in; never what was
   * written. */
  async settledOrSignedInAgain(): Promise<void> {
    const sync = this.page.locator('a.sync');
    await expect(sync).toHaveText(/都送到了|登录过期/);
    if (/登录过期/.test(await sync.innerText())) {
      await sync.tap();
      await this.tap('登录');
      await this.typePassword();
    }
    await this.settled();
  }

  /** Waits until nothing is left to send or fetch. */
  async settled(): Promise<void> {
    await expect(this.page.locator('a.sync')).toHaveText(/都送到了/);
  }
}
