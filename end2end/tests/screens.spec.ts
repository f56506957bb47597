// Every main screen: axe finds nothing, no forbidden word, the primary button in sight, targets for
// thumbs, no sideways scrolling; and a picture of each.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Cadre } from '../cadre.ts';
import { Phone, barriers, expect, test as base } from '../fixtures.ts';
import { forbiddenWords } from '../forbidden.ts';
import type { Holder } from '../holder.ts';
import { cadre, classTeacher } from '../people.ts';
import { type Shown, doorScreens, teachersScreens, villagesScreens } from '../screens.ts';
import { Teacher } from '../teacher.ts';

const test = base;
const pictures = join(import.meta.dirname, '..', 'screenshots');

const lights = [
  { name: 'light', colorScheme: 'light', height: 740, large: false },
  { name: 'dark', colorScheme: 'dark', height: 740, large: false },
  { name: 'large', colorScheme: 'light', height: 740, large: true },
] as const;

for (const light of lights) {
  test(`the teacher’s screens, ${light.name}`, async ({ ownServer }) => {
    const phone = await Phone.buy(ownServer.url, {
      colorScheme: light.colorScheme,
      viewport: { width: 360, height: light.height },
    });
    const teacher = new Teacher(phone, classTeacher);
    await teacher.signIn();
    if (light.large) await teacher.largeType();
    const found: string[] = [];
    await teachersScreens(teacher, async (shown) => {
      found.push(...(await wrong(teacher.page, shown, light.name, 44)));
    });
    await phone.discard();
    expect(found).toEqual([]);
  });

  test(`the screens before the work, ${light.name}`, async ({ ownServer }) => {
    const phone = await Phone.buy(ownServer.url, { colorScheme: light.colorScheme });
    const teacher = new Teacher(phone, classTeacher);
    if (light.large) {
      await phone.context.addInitScript(() =>
        addEventListener('DOMContentLoaded', () => (document.documentElement.dataset.type = 'large')),
      );
    }
    const found: string[] = [];
    await doorScreens(teacher, async (shown) => {
      found.push(...(await wrong(teacher.page, shown, light.name, 44)));
    });
    await phone.discard();
    expect(found).toEqual([]);
  });

  test(`the village’s screens, ${light.name}`, async ({ ownServer }) => {
    const phone = await Phone.buy(ownServer.url, { colorScheme: light.colorScheme });
    const villager = new Cadre(phone, cadre);
    await villager.signIn();
    const found: string[] = [];
    await villagesScreens(villager, async (shown) => {
      found.push(...(await wrong(villager.page, shown, light.name, 56)));
    });
    await phone.discard();
    expect(found).toEqual([]);
  });
}

test('the primary button is in sight on a small screen', async ({ ownServer }) => {
  const phone = await Phone.buy(ownServer.url, { viewport: { width: 360, height: 640 } });
  const teacher = new Teacher(phone, classTeacher);
  await teacher.signIn();
  await teachersScreens(teacher, async ({ name, primary }) => {
    if (primary) await expect(teacher.touchable(primary), name).toBeInViewport({ ratio: 1 });
  });
  await phone.discard();
});

/** Letters twice as large, as the phone's own settings make them. */
const twiceAsLarge = (phone: Phone) =>
  phone.context.addInitScript(() =>
    addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = '200%')),
  );

for (const letters of ['大字', '200 %']) {
  test(`with letters of ${letters} nothing goes sideways, and the main thing can be touched`, async ({ ownServer }) => {
    const found: string[] = [];
    const look = (holder: Holder) => async ({ name, primary }: Shown) => {
      await holder.page.screenshot({ path: join(pictures, `${name}.${letters === '大字' ? 'large' : 'twice'}.png`), scale: 'css' });
      const { wide } = await holder.page.evaluate(measure, 0);
      if (wide) found.push(`${name}: scrolls sideways`);
      const main = primary ?? (name === 'file' ? /^去(家访|敲门)/ : undefined);
      const touched = main && holder.touchable(main).tap({ trial: true, timeout: 5_000 });
      await touched?.catch(() => found.push(`${name}: ${main} is out of reach`));
    };
    const phones = [await Phone.buy(ownServer.url), await Phone.buy(ownServer.url)];
    const [teacher, villager] = [new Teacher(phones[0], classTeacher), new Cadre(phones[1], cadre)];
    for (const holder of [teacher, villager]) {
      await holder.signIn();
      if (letters !== '大字') await twiceAsLarge(holder.phone);
    }
    if (letters === '大字') await teacher.largeType();
    await teachersScreens(teacher, look(teacher));
    await villagesScreens(villager, look(villager));
    for (const phone of phones) await phone.discard();
    expect(found).toEqual([]);
  });
}

test('written from right to left, nothing goes sideways either', async ({ ownServer }) => {
  const phones = [await Phone.buy(ownServer.url), await Phone.buy(ownServer.url)];
  const [teacher, villager] = [new Teacher(phones[0], classTeacher), new Cadre(phones[1], cadre)];
  const found: string[] = [];
  const look = (holder: Holder) => async ({ name }: Shown) => {
    const { wide } = await holder.page.evaluate(measure, 0);
    const turned = await holder.page.evaluate(() => getComputedStyle(document.body).direction === 'rtl');
    await holder.page.screenshot({ path: join(pictures, `${name}.rtl.png`), scale: 'css' });
    if (wide || !turned) found.push(`${name}: ${turned ? 'scrolls sideways' : 'runs from the left'}`);
  };
  for (const holder of [teacher, villager]) {
    await holder.signIn();
    await holder.phone.context.addInitScript(() =>
      addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl')),
    );
  }
  await teachersScreens(teacher, look(teacher));
  await villagesScreens(villager, look(villager));
  for (const phone of phones) await phone.discard();
  expect(found).toEqual([]);
});

/** What is wrong with the screen as it stands; takes its picture. */
async function wrong(page: Page, { name }: Shown, light: string, smallest: number): Promise<string[]> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.${light}.png`), scale: 'css' });
  const { small, wide } = await page.evaluate(measure, smallest);
  const sideways = wide ? ['scrolls sideways'] : [];
  return [...(await forbiddenWords(page)), ...small, ...sideways, ...(await barriers(page))].map((what) => `${name}: ${what}`);
}

/** Targets that are too small for a thumb, and whether the page is wider than the glass: what a phone
 * shows of a wide page it makes smaller, so that its own width tells nothing. */
function measure(smallest: number): { small: string[]; wide: boolean } {
  const small: string[] = [];
  for (const target of document.querySelectorAll('button, a[href], input, select, textarea, summary')) {
    // A tick and a choice of a file are touched by their line.
    const touched = target.matches('[type=checkbox], [type=radio], [type=file]') ? target.closest('label') ?? target : target;
    const { width, height } = touched.getBoundingClientRect();
    if (width === 0 || (target as HTMLElement).closest('dialog:not([open])')) continue;
    const least = target.closest('header, nav') ? 44 : smallest;
    if (Math.min(width, height) < least - 0.5) {
      const what = target.getAttribute('aria-label') ?? (target.textContent || `${target.tagName} ${target.className}`);
      small.push(`${Math.round(width)}×${Math.round(height)} ${what}`);
    }
  }
  return { small, wide: document.documentElement.scrollWidth > screen.width };
}
