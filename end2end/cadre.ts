// Somebody of the village who is asked whether the teacher came.
import { type Locator, expect } from '@playwright/test';
import { Holder } from './holder.ts';

export class Cadre extends Holder {
  /** The house on the list of the first screen. */
  house(household: string): Locator {
    return this.page.locator('section.house', { hasText: household });
  }

  /** 属实, for a house on that list; and that it is sent. */
  async confirm(household: string): Promise<void> {
    const house = this.house(household);
    await house.getByRole('button', { name: /^属实/ }).tap();
    await expect(house).toContainText('已核对：属实');
    await this.settled();
  }

  /** 不是我, until it is written down. */
  async disown(): Promise<void> {
    await this.tap('不是我');
    await expect(this.touchable('不是我')).toHaveCount(0);
  }

  /** 扫一扫, with the camera on the teacher's glass, until the question stands. */
  async scan(): Promise<void> {
    await this.tap('扫一扫');
    await expect(this.page.getByRole('button', { name: '属实' })).toBeVisible();
  }

  /** 没法扫？输核对码 */
  async typeCode(code: string): Promise<void> {
    await this.tap('扫一扫');
    await this.tap('没法扫？输核对码');
    await this.type(code);
  }

  /** Digits on the app's own keys. */
  async type(digits: string): Promise<void> {
    for (const digit of digits) await this.tap(digit);
  }

  /** The four digits to read out. */
  async receipt(): Promise<string> {
    const text = await this.page.locator('.receipt .digits').innerText();
    return text.replace(/\D/g, '');
  }
}
