import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { packets } from './vici.ts';

/** What is asked of charon: a command or a registration, without its message. */
interface Question {
  readonly type: number;
  readonly name: string;
}

/** The answer to a question, framed; undefined: silence. */
export type Answer = (question: Question, socket: Socket) => string | undefined;

/** Somebody at a Unix socket who speaks as charon does, or not. */
export class FakeCharon implements AsyncDisposable {
  readonly path: string;
  readonly questions: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  static async listen(path: string, answer: Answer): Promise<FakeCharon> {
    const charon = new FakeCharon(path, answer);
    await once(charon.#server.listen(path), 'listening');
    return charon;
  }

  private constructor(path: string, answer: Answer) {
    this.path = path;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      let pending = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('data', (chunk) => {
        pending = Buffer.concat([pending, chunk]);
        while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
          const packet = pending.subarray(4, 4 + pending.readUInt32BE(0));
          pending = pending.subarray(4 + packet.length);
          const name = packet.toString('latin1', 2, 2 + (packet[1] ?? 0));
          this.questions.push(name);
          const said = answer({ type: packet[0] ?? 0, name }, socket);
          if (said !== undefined) socket.write(said, 'latin1');
        }
      });
    });
  }

  /** Says something of its own accord to everybody. */
  say(bytes: string): void {
    for (const socket of this.sockets) socket.write(bytes, 'latin1');
  }

  /** Ends at once, as a process that dies; the socket goes with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Knows every event, and answers commands with these packets and an empty message. */
export function answering(items: Readonly<Record<string, string>> = {}): Answer {
  return ({ type, name }) => {
    if (type === 3) return packets.confirmed;
    if (name === 'version') return packets.response({ version: '5.9.8' });
    return (items[name] ?? '') + packets.response();
  };
}
