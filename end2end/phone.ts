// A phone in somebody's hand: one Chromium with a profile that outlives it, so that a test can
// kill the browser and open it again.
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Page, chromium } from '@playwright/test';

/** How every Chromium of these stories is started. */
export const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Choices {
  /** A .y4m film that the camera shows. */
  camera?: string;
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
}

export class Phone {
  context!: BrowserContext;
  page!: Page;

  private constructor(
    private readonly profile: string,
    private readonly baseURL: string,
    private readonly choices: Choices,
  ) {}

  static async buy(baseURL: string, choices: Choices = {}): Promise<Phone> {
    const phone = new Phone(await mkdtemp(join(tmpdir(), 'qiaomen-phone-')), baseURL, choices);
    await phone.switchOn();
    return phone;
  }

  /** Starts the browser on the same profile, with one empty page. */
  async switchOn(): Promise<void> {
    const { camera, colorScheme = 'light', viewport = { width: 360, height: 740 } } = this.choices;
    const film = camera
      ? [
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          `--use-file-for-fake-video-capture=${camera}`,
        ]
      : [];
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: [...flags, ...film],
      baseURL: this.baseURL,
      viewport,
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      colorScheme,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
    });
    this.context.setDefaultTimeout(30_000);
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
  }

  /** No bar of signal, for pages and the service worker; or signal again. */
  async offline(on = true): Promise<void> {
    await this.context.setOffline(on);
  }

  /** Ends the browser as an empty battery would, all its processes at once. */
  async kill(): Promise<void> {
    const closed = this.context.waitForEvent('close');
    for (const pid of await this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended with its parent already.
      }
    }
    await closed;
  }

  private async processes(): Promise<number[]> {
    const found: number[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      if (command.includes(this.profile)) found.push(Number(name));
    }
    return found;
  }

  async discard(): Promise<void> {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits until the service worker serves this page: from now on it opens without network. */
export async function keptForOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    }
  });
}
