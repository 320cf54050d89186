import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Clock, Timer } from '../platform/clock.ts';
import { eventKinds } from './rest-schemas.ts';
import { eventBody } from './rest-views.ts';
import { securityHeaders } from './security-headers.ts';
import type { View } from './view.ts';

const mostClients = 64;
const pageSize = 200;
const heartbeatMs = 15_000;

/** So many heartbeats a client may miss on end; at the next one it is cut off. */
const mostMissedBeats = 2;

const headers = {
  ...securityHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx keeps answers back until they are large, unless told otherwise.
  'x-accel-buffering': 'no',
} as const;

interface Client {
  readonly response: ServerResponse;
  lastId: number;
  /** What was written has not been read yet; `drain` goes on. */
  waiting: boolean;
  missedBeats: number;
}

/** A part of the stored history as the stream's text. */
interface Page {
  readonly text: string;
  readonly lastId: number;
  readonly isFull: boolean;
}

export interface StreamStatus {
  readonly clients: number;
  readonly refused: number;
  readonly cut: number;
}

/**
 * Server-sent events (WHATWG HTML, section 9.2). Each client has a place in the stored history
 * and is fed from there: what it missed and what happens now come the same way, once each.
 */
export class EventStream {
  readonly #view: View;
  readonly #clock: Clock;
  readonly #clients = new Set<Client>();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: Timer;
  #again: Timer | undefined;
  #newestId: number;
  #refused = 0;
  #cut = 0;

  constructor(view: View, clock: Clock) {
    this.#view = view;
    this.#clock = clock;
    this.#newestId = newestId(view);
    this.#unsubscribe = view.subscribe((changes) => {
      for (const { id } of changes) this.#newestId = id;
      this.#feedAll();
    });
    this.#heartbeat = clock.every(heartbeatMs, () => this.#beat());
  }

  get status(): StreamStatus {
    return { clients: this.#clients.size, refused: this.#refused, cut: this.#cut };
  }

  /** Takes the connection over; false when there are too many already. */
  open(reply: FastifyReply, lastEventId: number | undefined): boolean {
    if (this.#clients.size >= mostClients) {
      this.#refused += 1;
      return false;
    }
    const response = reply.hijack().raw;
    response.writeHead(200, headers);
    if (reply.request.method === 'HEAD') {
      response.end();
      return true;
    }
    const client = { response, lastId: this.#start(lastEventId), waiting: false, missedBeats: 0 };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.on('drain', () => {
      client.waiting = false;
      client.missedBeats = 0;
      this.#feed(client, new Map());
    });
    response.write('retry: 2000\n\n');
    this.#feed(client, new Map());
    return true;
  }

  close(): void {
    this.#unsubscribe();
    this.#heartbeat.cancel();
    this.#again?.cancel();
    for (const { response } of this.#clients) response.end();
  }

  /**
   * Where a client's stream begins: after what it has, or with what comes next. An id that was
   * never given is that of another history, of a database since set aside: all of this one is new.
   */
  #start(lastEventId: number | undefined): number {
    if (lastEventId === undefined) return this.#newestId;
    return lastEventId > this.#newestId ? 0 : lastEventId;
  }

  /** Feeds each client a page. Those at the same place in the history share one reading of it. */
  #feedAll(): void {
    const pages = new Map<number, Page>();
    for (const client of this.#clients) this.#feed(client, pages);
  }

  #feed(client: Client, pages: Map<number, Page>): void {
    const { response, lastId } = client;
    // A socket that was full may still drain while the daemon ends.
    if (client.waiting || response.writableEnded) return;
    const page = pages.get(lastId) ?? this.#read(lastId);
    pages.set(lastId, page);
    client.lastId = page.lastId;
    if (page.text === '') return;
    client.waiting = !response.write(page.text);
    if (page.isFull) this.#feedSoon();
  }

  #feedSoon(): void {
    this.#again ??= this.#clock.after(0, () => {
      this.#again = undefined;
      this.#feedAll();
    });
  }

  #read(lastId: number): Page {
    const changes = this.#view.history.after(lastId, pageSize);
    const text = changes
      .map((change) => {
        const data = JSON.stringify(eventBody(change));
        return `id: ${change.id}\nevent: ${change.kind}\ndata: ${data}\n\n`;
      })
      .join('');
    return { text, lastId: changes.at(-1)?.id ?? lastId, isFull: changes.length === pageSize };
  }

  #beat(): void {
    for (const client of this.#clients) {
      if (!client.waiting) {
        client.response.write(': \n\n');
        continue;
      }
      client.missedBeats += 1;
      if (client.missedBeats <= mostMissedBeats) continue;
      this.#cut += 1;
      client.response.destroy();
    }
  }
}

function newestId(view: View): number {
  const query = { subject: undefined, since: undefined, before: undefined, limit: 1 };
  return view.history.read({ kinds: eventKinds, ...query })[0]?.id ?? 0;
}
