// Words that wound, threaten or speak of machines; no screen has them.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

// The words, and what a page says when something in it went wrong.
const forbidden: string[] = [
  ...JSON.parse(readFileSync(new URL('../app/tests/forbidden.json', import.meta.url), 'utf8')),
  ...['undefined', 'NaN', '{', '}'],
];

/** Which of them the page says. */
export async function forbiddenWords(page: Page): Promise<string[]> {
  const words = await page.locator('body').innerText();
  return forbidden.filter((word) => words.includes(word)).map((word) => `says ${word}`);
}
