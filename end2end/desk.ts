// Somebody at a wide screen: the desk in a browser of its own, with a mouse and a keyboard.
import { type Browser, type BrowserContext, type Locator, type Page, chromium, expect } from '@playwright/test';
import { PASSWORD, type Person } from './people.ts';
import { flags } from './phone.ts';

type Name = string | RegExp;

export class Desk {
  private constructor(
    readonly who: Person,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.faults.push(error.message));
  }

  /** What went wrong in the page without a word: none when all is well. */
  readonly faults: string[] = [];

  /** A browser at the address of the desk, not signed in. */
  static async at(url: string, who: Person, colorScheme: 'light' | 'dark' = 'light'): Promise<Desk> {
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, headless: true, args: flags });
    const context = await browser.newContext({
      baseURL: url,
      viewport: { width: 1280, height: 800 },
      colorScheme,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      acceptDownloads: true,
    });
    context.setDefaultTimeout(30_000);
    return new Desk(who, browser, context, await context.newPage());
  }

  async signIn(address = '/desk'): Promise<void> {
    await this.page.goto(address);
    await this.page.getByLabel('手机号').fill(this.who.phone);
    await this.page.getByLabel('密码').fill(PASSWORD);
    await this.click('登录');
    await expect(this.page.locator('header.bar')).toContainText(this.who.name);
  }

  /** One click on a button or a link. */
  async click(name: Name): Promise<void> {
    await this.clickable(name).click();
  }

  clickable(name: Name): Locator {
    const exact = typeof name === 'string';
    return this.page.getByRole('button', { name, exact }).or(this.page.getByRole('link', { name, exact })).first();
  }

  /** One of the four lists, by its name on top. */
  async open(list: string): Promise<void> {
    await this.page.getByRole('banner').getByRole('link', { name: list, exact: true }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: list, exact: true })).toBeVisible();
  }

  /** A filter with several answers. */
  async choose(filter: string, answer: string): Promise<void> {
    await this.page.locator('.filters').getByLabel(filter).selectOption({ label: answer });
  }

  /** Rows of the list as it stands. */
  get rows(): Locator {
    return this.page.locator('main tbody tr');
  }

  /** The row of a child. */
  row(child: string): Locator {
    return this.rows.filter({ has: this.page.getByRole('rowheader', { name: child, exact: true }) });
  }

  /** What is opened at the right. */
  get drawer(): Locator {
    return this.page.locator('aside.drawer');
  }

  /** Waits until the list says so many. */
  async counts(words: Name): Promise<void> {
    await expect(this.page.locator('header.title .aside')).toContainText(words);
  }

  async discard(): Promise<void> {
    await this.context.close();
    await this.browser.close();
  }
}
