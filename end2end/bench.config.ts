// `make bench`: the figures, measured on the release build, into target/bench/results.json.
import { defineConfig } from '@playwright/test';

process.env.QIAOMEN_PROFILE ??= 'release';

export default defineConfig({
  testDir: 'bench',
  testMatch: '*.bench.ts',
  globalSetup: ['./seed.ts', './bench/results.ts'],
  workers: 1,
  retries: 0,
  timeout: 300_000,
  reporter: [['list', { printSteps: false }]],
});
