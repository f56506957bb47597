// One `qiaomen serve` with a data folder of its own, which a test may kill and start again.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const target = resolve(import.meta.dirname, '..', process.env.CARGO_TARGET_DIR ?? 'target');
const binary = process.env.QIAOMEN_BIN ?? join(target, process.env.QIAOMEN_PROFILE ?? 'debug', 'qiaomen');
export const builtSite = process.env.QIAOMEN_SITE ?? join(target, 'site');

/** The environment without what would lead the server elsewhere. */
function environment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['DATABASE_URL', 'QIAOMEN_ADDR', 'QIAOMEN_DATA', 'QIAOMEN_SITE']) delete env[name];
  return { QIAOMEN_LOG: 'warn', ...env };
}

/** Fills an empty folder with the demo: a village school, or the whole county of it. */
export async function seed(folder: string, size: 'village' | 'school' = 'village'): Promise<void> {
  // Postgres runs as its own user and must reach the folder.
  await chmod(folder, 0o755);
  await run(binary, ['demo', '--size', size, '--data', join(folder, 'data')], { env: environment() });
}

export class Server {
  url = '';
  private process?: ChildProcess;

  private constructor(
    private readonly folder: string,
    private readonly site: string,
  ) {}

  /** A server of its own: on a copy of the seeded village, or on a school seeded for it. */
  static async start(site = builtSite, size: 'village' | 'school' = 'village'): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'qiaomen-test-'));
    await chmod(folder, 0o755);
    const seeded = process.env.QIAOMEN_SEED;
    if (size === 'school') await seed(folder, size);
    else if (seeded) await run('cp', ['-a', join(seeded, 'data'), folder]);
    else throw new Error('seed.ts has not run');
    return Server.on(folder, site);
  }

  /** On the data folder `data` in this folder, which goes when it goes. */
  static async on(folder: string, site = builtSite): Promise<Server> {
    const server = new Server(folder, site);
    await server.up();
    return server;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** Starts it, after `down` or `kill` on the same address and data. */
  async up(): Promise<void> {
    const address = this.url ? new URL(this.url).host : '127.0.0.1:0';
    const process = spawn(binary, ['serve', '--addr', address, '--site', this.site, '--data', this.data], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = process;
    for await (const line of createInterface({ input: process.stdout })) {
      const ready = /listening on (http:\S+)/.exec(line);
      if (ready) {
        this.url = ready[1].replace(/\/$/, '');
        break;
      }
    }
    if (!this.url || process.exitCode !== null) throw new Error('the server ended before it was ready');
    process.stdout.resume();
    const health = await fetch(`${this.url}/healthz`);
    if (!health.ok) throw new Error(`/healthz: ${health.status}`);
  }

  /** Ends it as an operator would. */
  async down(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it as a power cut would: it has no say. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const process = this.process;
    this.process = undefined;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill(signal);
    await ended;
  }

  /** Does something beside the running server, as its keeper would; what that says. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await run(binary, [...args, '--data', this.data], { env: environment() });
    return stdout;
  }

  /** Asks Postgres itself, beside the server: rows of text columns. */
  async query(sql: string): Promise<string[][]> {
    const { directory, port } = await this.socket();
    const { stdout } = await run('psql', [
      '--host', directory, '--port', port, '--username', 'postgres', '--dbname', 'qiaomen',
      '--no-psqlrc', '--tuples-only', '--no-align', '--field-separator', '\t', '--command', sql,
    ]);
    return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
  }

  /** The visits of these minutes in Postgres: each child, and how often. */
  async newVisits(): Promise<Record<string, number>> {
    const rows = await this.query(
      `SELECT s.name, count(*) FROM entry e JOIN student s ON s.county = e.county AND s.id = e.student
       WHERE e.kind = 'VISIT' AND e.received_at > now() - interval '10 minutes' GROUP BY 1 ORDER BY 1`,
    );
    return Object.fromEntries(rows.map(([name, count]) => [name, Number(count)]));
  }

  private async socket(): Promise<{ directory: string; port: string }> {
    for (const entry of await readdir(this.data, { recursive: true, withFileTypes: true })) {
      const name = /^\.s\.PGSQL\.(\d+)$/.exec(entry.name);
      if (name) return { directory: entry.parentPath, port: name[1] };
    }
    throw new Error(`no Postgres socket below ${this.data}`);
  }

  /** Ends it and throws its data away. */
  async discard(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }
}
