// Seeds one data folder for all tests; each server works on a copy of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seed } from './server.ts';

export default async function seedOnce(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'qiaomen-seed-'));
  await seed(folder);
  process.env.QIAOMEN_SEED = folder;
  return () => rm(folder, { recursive: true, force: true });
}
