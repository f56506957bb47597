// The whole thing as people meet it: the built server, a real Postgres, a real Chromium.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  globalSetup: './seed.ts',
  workers: 1,
  retries: 0,
  // So that a machine that does three things at once does not make a story fail.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [['list', { printSteps: false }]],
});
