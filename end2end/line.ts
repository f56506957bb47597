// A line to the server that breaks in the middle of a word: everything passes until a sync begins,
// then so many bytes of the request or of the answer, and then nothing until it is mended.
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';

export interface Break {
  /** Which way the bytes go that are counted. */
  in: 'request' | 'answer';
  /** How many of them still pass. */
  after: number;
}

export class Line {
  /** Counts the syncs that this line cut. */
  cuts = 0;
  private planned?: Break;
  private begins?: () => void;
  private broken = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly listener: Server,
    readonly url: string,
  ) {}

  /** A line to that server, whole. */
  static async to(server: string): Promise<Line> {
    const { hostname, port } = new URL(server);
    const listener = createServer({ noDelay: true });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const line = new Line(listener, `http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
    listener.on('connection', (phone) => line.join(phone, connect(Number(port), hostname)));
    return line;
  }

  /** The next sync breaks there. */
  breakNextSync(where: Break): void {
    this.planned = where;
  }

  /** Resolves when the next sync has gone to the server, whole or in part. */
  nextSync(): Promise<void> {
    return new Promise((resolve) => (this.begins = resolve));
  }

  /** Bytes pass again. */
  mend(): void {
    this.planned = undefined;
    this.broken = false;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(phone: Socket, server: Socket): void {
    const both = [phone, server];
    const end = () => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
    if (this.broken) return end();
    let counting: Break | undefined;
    let passed = 0;
    /** Passes on what still may pass, and ends both sides when that is all. */
    const pass = (way: Break['in'], bytes: Buffer, to: Socket) => {
      if (counting?.in !== way) return to.write(bytes);
      const rest = counting.after - passed;
      passed += bytes.length;
      if (passed < counting.after) return to.write(bytes);
      this.broken = true;
      this.cuts++;
      to.write(bytes.subarray(0, Math.max(0, rest)), end);
    };
    phone.on('data', (bytes) => {
      if (this.planned && bytes.includes('POST /api/v1/sync')) {
        counting = this.planned;
        this.planned = undefined;
      }
      pass('request', bytes, server);
      if (bytes.includes('POST /api/v1/sync')) this.begins?.();
    });
    server.on('data', (bytes) => pass('answer', bytes, phone));
  }
}
