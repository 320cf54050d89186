import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Clock, Timer } from '../platform/clock.ts';
import { eventBody } from './rest-views.ts';
import type { View } from './view.ts';

const mostClients = 64;
const pageSize = 200;
const heartbeatMs = 15_000;

/** A client that does not read is cut off when this much waits for it. */
const mostQueuedBytes = 1_048_576;

interface Client {
  readonly response: ServerResponse;
  lastId: number;
  /** The socket is full; `drain` goes on. */
  waiting: boolean;
}

/**
 * Server-sent events (WHATWG HTML, section 9.2). Each client has a place in the stored history
 * and is fed from there: what it missed and what happens now come the same way, once each.
 */
export class EventStream {
  readonly #view: View;
  readonly #clients = new Set<Client>();
  readonly #unsubscribe: () => void;
  readonly #clock: Clock;
  readonly #heartbeat: Timer;
  #cutClients = 0;

  constructor(view: View, clock: Clock) {
    this.#view = view;
    this.#clock = clock;
    this.#unsubscribe = view.subscribe(() => this.#feedAll());
    this.#heartbeat = clock.every(heartbeatMs, () => this.#beat());
  }

  get clients(): number {
    return this.#clients.size;
  }

  get cutClients(): number {
    return this.#cutClients;
  }

  /** Takes the connection over; false when there are too many already. */
  open(reply: FastifyReply, lastEventId: number | undefined): boolean {
    if (this.#clients.size >= mostClients) return false;
    const response = reply.hijack().raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const client = { response, lastId: lastEventId ?? this.#newestId(), waiting: false };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.write('retry: 2000\n\n');
    this.#feed(client);
    return true;
  }

  close(): void {
    this.#unsubscribe();
    this.#heartbeat.cancel();
    for (const { response } of this.#clients) response.end();
  }

  #newestId(): number {
    const kinds = ['tunnel', 'group', 'interface', 'gateway', 'daemon', 'event'] as const;
    const query = { kinds, subject: undefined, since: undefined, before: undefined, limit: 1 };
    return this.#view.history.read(query)[0]?.id ?? 0;
  }

  #feedAll(): void {
    for (const client of this.#clients) this.#feed(client);
  }

  #feed(client: Client): void {
    const { response } = client;
    if (client.waiting || response.destroyed) return;
    const changes = this.#view.history.after(client.lastId, pageSize);
    for (const change of changes) {
      client.lastId = change.id;
      const data = JSON.stringify(eventBody(change));
      response.write(`id: ${change.id}\nevent: ${change.kind}\ndata: ${data}\n\n`);
    }
    if (response.writableNeedDrain) {
      client.waiting = true;
      response.once('drain', () => {
        client.waiting = false;
        this.#feed(client);
      });
    } else if (changes.length === pageSize) {
      this.#clock.after(0, () => this.#feed(client));
    }
  }

  #beat(): void {
    for (const { response } of this.#clients) {
      if (response.writableLength > mostQueuedBytes) {
        this.#cutClients += 1;
        response.destroy();
      } else {
        response.write(': \n\n');
      }
    }
  }
}
