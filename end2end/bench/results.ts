// Where figures go: one list, [{name, value, unit, note}], written anew by each `make bench`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { target } from '../server.ts';

const path = join(target, 'bench', 'results.json');

interface Figure {
  name: string;
  value: number;
  unit: string;
  note: string;
}

/** Adds one figure: the median of its runs, their spread in the note. */
export async function record(name: string, runs: number[], unit: string, note = ''): Promise<void> {
  const sorted = [...runs].sort((a, b) => a - b);
  const round = (value: number) => Math.round(value * 10) / 10;
  const spread = runs.length > 1 ? `${runs.length} runs, ${round(sorted[0])} to ${round(sorted.at(-1)!)}` : '';
  const figures: Figure[] = JSON.parse(await readFile(path, 'utf8'));
  figures.push({
    name,
    value: round(sorted[Math.floor(sorted.length / 2)]),
    unit,
    note: [note, spread].filter(Boolean).join('; '),
  });
  await writeFile(path, `${JSON.stringify(figures, null, 2)}\n`);
}

/** The value that this part of all values does not exceed. */
export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
}

/** Empties the list before, prints it after. */
export default async function begin(): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '[]\n');
  return async () => console.table(JSON.parse(await readFile(path, 'utf8')));
}
