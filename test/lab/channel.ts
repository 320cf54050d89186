import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { exitOf, type Exit } from './command.ts';

export interface Start {
  readonly pid: number;
  /** The process group, which a time-out kills. */
  readonly group: number;
  readonly startedAt: number;
}

export interface Ticket {
  readonly id: string;
  readonly started: Promise<Start>;
  readonly exited: Promise<Exit>;
}

interface Pending {
  readonly started: PromiseWithResolvers<Start>;
  readonly exited: PromiseWithResolvers<Exit>;
}

/** Requests to the guest's command loops over its serial line, and their answers; the protocol stands in agent.sh. */
export class Channel {
  readonly #line: Duplex;
  readonly #pending = new Map<string, Pending>();
  #failure: Error | undefined;
  #lastId = 0;

  constructor(line: Duplex) {
    this.#line = line;
    line.on('error', () => {}); // whoever owns the kernel sees it end and calls fail
    createInterface({ input: line }).on('line', (text) => this.#answer(text));
  }

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  /** The answers to come for an id, whether or not it has been sent. */
  expect(id: string): Ticket {
    const pending = {
      started: Promise.withResolvers<Start>(),
      exited: Promise.withResolvers<Exit>(),
    };
    // A process that nobody waits for any more may fail with the guest.
    pending.started.promise.catch(() => {});
    pending.exited.promise.catch(() => {});
    this.#pending.set(id, pending);
    if (this.#failure !== undefined) this.fail(this.#failure);
    return { id, started: pending.started.promise, exited: pending.exited.promise };
  }

  send(host: string, id: string, verb: string, ...words: readonly (string | number)[]): Ticket {
    const ticket = this.expect(id);
    this.#line.write(`${[host, id, verb, ...words].join(' ')}\n`);
    return ticket;
  }

  async ask(host: string, verb: string, ...words: readonly (string | number)[]): Promise<Exit> {
    return this.send(host, this.nextId(), verb, ...words).exited;
  }

  /** The guest has ended: everything that waits for it fails, now and later. */
  fail(error: Error): void {
    this.#failure = error;
    for (const { started, exited } of this.#pending.values()) {
      started.reject(error);
      exited.reject(error);
    }
    this.#pending.clear();
  }

  #answer(text: string): void {
    const [verb, id = '', ...numbers] = text.split(' ');
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if (verb === 'start') {
      const [pid = 0, group = 0, seconds = 0] = numbers.map(Number);
      pending.started.resolve({ pid, group, startedAt: seconds * 1000 });
    }
    if (verb === 'exit') {
      const [status = 0, seconds = 0] = numbers.map(Number);
      pending.exited.resolve(exitOf(status, seconds * 1000));
      this.#pending.delete(id);
    }
  }
}
