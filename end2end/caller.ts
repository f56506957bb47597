// Somebody who talks to the server without the app: what comes back is looked at byte by byte.
import { randomUUID } from 'node:crypto';
import { PASSWORD, type Person } from './people.ts';

export interface Heard {
  status: number;
  text: string;
}

/** An entry as it is sent, but for writer and seq. */
export interface Said {
  subject: { student: string } | { village: string } | { school: string };
  kind: string;
  body: object;
  knock?: string;
  supersedes?: string;
}

export class Caller {
  private seq = 0;
  private cursor: unknown = null;
  private readonly writer = randomUUID();

  private constructor(
    private readonly url: string,
    private readonly cookie: string,
  ) {}

  static async signIn(url: string, who: Person, password = PASSWORD, at = '/api/v1/session'): Promise<Caller> {
    const body = JSON.stringify({ phone: who.phone, password, device: { id: randomUUID(), label: 'probe' } });
    const answer = await fetch(url + at, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${who.name}: ${answer.status} ${await answer.text()}`);
    return new Caller(url, answer.headers.getSetCookie()[0].split(';')[0]);
  }

  /** At a desk, whose session is not the phone's. */
  static async sitDown(url: string, who: Person): Promise<Caller> {
    return Caller.signIn(url, who, PASSWORD, '/api/v1/desk/session');
  }

  /** Nobody: without a session. */
  static nobody(url: string): Caller {
    return new Caller(url, '');
  }

  async ask(path: string, body?: unknown): Promise<Heard> {
    const answer = await fetch(this.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: this.cookie },
      redirect: 'manual',
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** Ends something: a device's session. */
  async end(path: string): Promise<void> {
    const answer = await fetch(this.url + path, { method: 'DELETE', headers: { cookie: this.cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  }

  /** Everything this person may have, as it comes over the wire. */
  async everything(): Promise<string> {
    const pages: string[] = [];
    for (let more = true; more; ) {
      const { status, text } = await this.ask('/api/v1/sync', this.request([]));
      if (status !== 200) throw new Error(`${status} ${text}`);
      const { page } = JSON.parse(text);
      this.cursor = page.cursor ?? this.cursor;
      more = page.more ?? false;
      pages.push(text);
    }
    return pages.join('\n');
  }

  /** Sends entries; what the server says to each. */
  async say(...said: Said[]): Promise<{ answer: string; id: string; problems?: { code: string }[] }[]> {
    const entries = said.map((one) => ({
      id: randomUUID(),
      recorded_at: new Date().toISOString(),
      writer: this.writer,
      seq: ++this.seq,
      v: 1,
      ...one,
    }));
    const { status, text } = await this.ask('/api/v1/sync', this.request(entries));
    if (status !== 200) throw new Error(`${status} ${text}`);
    const { receipts, page } = JSON.parse(text);
    this.cursor = page.cursor ?? this.cursor;
    return receipts;
  }

  private request(entries: object[]) {
    return { protocol: 1, writer: this.writer, entries, cursor: this.cursor, directory: null };
  }
}
