// The main screens, and how somebody gets to each: what is looked at, measured and photographed.
import { expect } from '@playwright/test';
import type { Cadre } from './cadre.ts';
import { CODE, missing } from './people.ts';
import type { Teacher } from './teacher.ts';

export interface Shown {
  name: string;
  /** The fixed button at the bottom, where the screen has one. */
  primary?: string;
}

/** The screens before anybody sits at the phone: 登录, 设一个解锁码, and once it is locked 解锁. */
export async function doorScreens(teacher: Teacher, look: (shown: Shown) => Promise<void>): Promise<void> {
  const { page } = teacher;
  await page.goto('/');
  await expect(teacher.touchable('登录')).toBeVisible();
  await look({ name: 'sign-in', primary: '登录' });
  await teacher.typePassword('not-the-password');
  await expect(page.getByRole('alert')).toBeVisible();
  await look({ name: 'sign-in-wrong', primary: '登录' });
  await teacher.typePassword();
  await expect(page.getByLabel('解锁码')).toBeVisible();
  await look({ name: 'unlock-code', primary: '设好了' });
  await page.getByLabel('解锁码').fill(CODE);
  await page.getByLabel('再输一次').fill(CODE);
  await teacher.tap('设好了');
  await teacher.settled();
  await page.goto('/me');
  await teacher.tap('锁上');
  await expect(teacher.touchable('1')).toBeVisible();
  await look({ name: 'unlock' });
}

/** The teacher's screens in the order of an evening; `look` is called on each as it stands. */
export async function teachersScreens(teacher: Teacher, look: (shown: Shown) => Promise<void>): Promise<void> {
  const { page } = teacher;
  const at = async (address: string, name: string, primary?: string) => {
    await page.goto(address);
    await expect(page.locator('h1').first()).toBeVisible();
    await look({ name, primary });
  };
  await page.goto('/');
  await expect(teacher.touchable(new RegExp(`^去敲门 ${missing}$`))).toBeVisible();
  await look({ name: 'today' });

  await teacher.setOut(missing);
  await look({ name: 'k1-who', primary: '下一步' });
  await teacher.next();
  await teacher.tap(/奶奶/);
  await teacher.tap(/孩子本人/);
  await look({ name: 'k2-met', primary: '下一步' });
  await teacher.tap('没见到人');
  await teacher.tap('家里没人');
  await look({ name: 'k2-nobody', primary: '存到手机' });
  await page.goBack();
  await teacher.tap(/奶奶/);
  await teacher.tap(/孩子本人/);
  await teacher.next();
  await teacher.tap('不想上学');
  await look({ name: 'k3-situation', primary: '下一步' });
  await teacher.next();
  await teacher.tap('支持');
  await look({ name: 'k4-promises', primary: '存到手机' });
  await teacher.save();
  await look({ name: 'k5-saved', primary: '请村干部核对' });
  await teacher.showCode();
  await look({ name: 'k6-confirm', primary: '输入回执码' });

  await page.goBack();
  await teacher.tap('晚上补几句');
  await expect(page.getByLabel('家长意见')).toBeVisible();
  await look({ name: 'supplement', primary: '存到手机' });
  await page.goBack();
  await teacher.tap('更多');
  await look({ name: 'k5-more' });
  await teacher.tap('单独上报');
  await expect(page.getByLabel('什么事')).toBeVisible();
  await look({ name: 'report', primary: '存到手机' });

  await at('/students', 'students');
  await teacher.page.getByRole('link', { name: missing }).first().tap();
  await expect(page.locator('h1', { hasText: missing })).toBeVisible();
  await look({ name: 'file' });
  await at('/classes', 'classes');
  await at('/sync', 'sync', '现在送');
  await at('/me', 'me');
  await at('/ready', 'ready');
}

/** The village's screens. */
export async function villagesScreens(villager: Cadre, look: (shown: Shown) => Promise<void>): Promise<void> {
  const { page } = villager;
  await page.goto('/');
  await expect(villager.touchable('扫一扫')).toBeVisible();
  await look({ name: 'cadre-home', primary: '扫一扫' });
  for (const [address, name] of [
    ['/cadre/answered', 'cadre-answered'],
    ['/cadre/in-my-name', 'cadre-in-my-name'],
    ['/scan', 'cadre-scan'],
  ]) {
    await page.goto(address);
    await expect(page.locator('h1').first()).toBeVisible();
    await look({ name });
  }
  await villager.tap('没法扫？输核对码');
  await look({ name: 'cadre-keys' });
}
