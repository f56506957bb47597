// A class teacher at a door: the screens K1 to K6 as the thumb goes through them.
import { expect } from '@playwright/test';
import { Holder } from './holder.ts';

export class Teacher extends Holder {
  /** Counts what is touched on this page from here on, whoever touches it. */
  async countTaps(): Promise<() => Promise<number>> {
    await this.page.evaluate(() => {
      (window as any).taps = 0;
      addEventListener('click', (event) => event.isTrusted && (window as any).taps++, true);
    });
    return () => this.page.evaluate(() => (window as any).taps);
  }

  /** 去敲门 or 去家访 from 今日. */
  async setOut(child: string): Promise<void> {
    await this.tap(new RegExp(`^去(敲门|家访) ${child}$`));
    await expect(this.step('谁')).toBeVisible();
  }

  /** The mark of the screen the form is on. */
  step(name: '谁' | '见到' | '情况' | '约定') {
    return this.page.locator('.steps [aria-current=step]', { hasText: name });
  }

  async next(): Promise<void> {
    await this.tap('下一步');
  }

  /** Waits until the form is kept as it stands: that it was kept is said from the first change on. */
  async kept(): Promise<void> {
    await this.reads(/草稿已留/);
    await this.written();
  }

  async save(): Promise<void> {
    await this.tap('存到手机');
    await expect(this.page).toHaveURL(/\/saved\//);
    await expect(this.page.locator('.saved-words')).toBeVisible();
  }

  /** The door-knock of ux 5.9, tap by tap: grandmother and child met, a day agreed. */
  async knock(child: string): Promise<void> {
    await this.setOut(child);
    await this.next();
    await this.tap(/奶奶/);
    await this.tap(/孩子本人/);
    await this.next();
    await this.tap('不想上学');
    await this.tap('愿意');
    await this.next();
    await this.tap('支持');
    await this.tap(/送到校$/);
    await this.save();
  }

  /** 大字 */
  async largeType(): Promise<void> {
    await this.page.goto('/me');
    await this.tap('大字');
    await expect(this.page.locator('html')).toHaveAttribute('data-type', 'large');
  }

  /** Names of children of the class, as the list has them. */
  async classmates(count: number): Promise<string[]> {
    await this.page.goto('/students');
    const names = this.page.locator('a.cell .cell-title');
    await expect(names.nth(count)).toBeVisible();
    return (await names.allInnerTexts()).slice(0, count);
  }

  /** Goes to a child's house from the file, and finds nobody; `before` happens right before it is written down. */
  async nobodyHome(child: string, before = () => {}): Promise<void> {
    await this.page.goto('/students');
    await this.page.getByRole('link', { name: child }).first().tap();
    await this.tap('去家访');
    await this.nobodyThere(before);
  }

  /** From K1 to 存到手机, with nobody at home. */
  async nobodyThere(before = () => {}): Promise<void> {
    await this.next();
    await this.tap('没见到人');
    await this.tap('家里没人');
    before();
    await this.save();
  }

  /** K6, with the code on the glass. */
  async showCode(): Promise<Code> {
    await this.tap('请村干部核对');
    const picture = this.page.getByRole('img', { name: '给村干部扫的二维码' });
    await expect(picture.locator('svg')).toBeVisible();
    const digits = await this.page.locator('.spoken .digits').innerText();
    return { glass: await picture.screenshot(), digits: digits.replace(/\D/g, '') };
  }

  /** The address that any scanner reads off the glass: what the picture shows, read as a camera would. */
  async scanned(): Promise<string> {
    const picture = this.page.getByRole('img', { name: '给村干部扫的二维码' });
    const svg = picture.locator('svg');
    await expect(svg).toBeVisible();
    const text = await svg.evaluate(async (drawn: SVGSVGElement) => {
      const zoom = 6;
      const side = drawn.viewBox.baseVal.width * zoom;
      const canvas = new OffscreenCanvas(side, side);
      const paint = canvas.getContext('2d')!;
      paint.scale(zoom, zoom);
      for (const path of drawn.querySelectorAll('path')) {
        paint.fillStyle = path.getAttribute('fill') ?? '#000';
        paint.fill(new Path2D(path.getAttribute('d')!));
      }
      const { read } = await (window as any).qiaomen.scan();
      return read(paint.getImageData(0, 0, side, side).data, side, side);
    });
    expect(text).toContain('/q#');
    return text;
  }

  /** What can be pasted into a chat. */
  async reminder(): Promise<string> {
    await this.tap('复制提醒');
    const text = await this.page.locator('.reminder').innerText();
    await this.page.keyboard.press('Escape');
    return text;
  }

  /** Types the receipt code that the cadre reads out. */
  async hear(receipt: string): Promise<void> {
    await this.tap('输入回执码');
    const keys = this.page.getByRole('dialog', { name: '输入回执码' });
    for (const digit of receipt) await keys.getByRole('button', { name: digit, exact: true }).tap();
  }
}

/** A code as it is shown: for a camera, and for fingers. */
export interface Code {
  glass: Buffer;
  digits: string;
}
