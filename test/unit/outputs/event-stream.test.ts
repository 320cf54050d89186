import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import Fastify from 'fastify';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { EventStream } from '../../../src/outputs/event-stream.ts';
import { securityHeaders } from '../../../src/outputs/security-headers.ts';
import { logged, noon } from '../../helpers/events.ts';
import { openEventSource } from '../../helpers/event-source.ts';
import type { EventSourceClient } from '../../helpers/event-source.ts';
import { parseExposition } from '../../helpers/exposition.ts';
import { seededHttp } from '../../helpers/seeded-http.ts';
import type { SeededHttp } from '../../helpers/seeded-http.ts';
import { seededView } from '../../helpers/seeded-view.ts';
import { until } from '../../helpers/until.ts';

interface Served extends SeededHttp {
  readonly open: (options?: Parameters<typeof openEventSource>[2]) => Promise<EventSourceClient>;
  readonly resume: (id: number | string) => Promise<EventSourceClient>;
}

/** The daemon's HTTP surface on a real port. */
async function serve(t: TestContext, more = {}): Promise<Served> {
  const seeded = seededHttp(t, undefined, more);
  const address = await seeded.app.listen({ host: '127.0.0.1', port: 0 });
  const open: Served['open'] = async (options) => openEventSource(t, address, options);
  return {
    ...seeded,
    open,
    resume: async (id) => open({ headers: { 'last-event-id': String(id) } }),
  };
}

/** So many events, one change each: a gateway that comes and goes. */
function gatewayEvents(count: number, text = 'a line', from = noon): readonly TunnelEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const event = logged({ kind: 'gateway-logged', gateway: 'ISP', up: i % 2 === 0 }, from + i);
    return { ...event, evidence: { ...event.evidence, text } };
  });
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

const ids = ({ events }: EventSourceClient) => events.map(({ id }) => id);

async function has(client: EventSourceClient, count: number): Promise<void> {
  await until(`${count} events, not ${client.events.length}`, () => client.events.length >= count);
}

/** The value of a metric without labels. */
async function metric({ get }: SeededHttp, name: string): Promise<number> {
  const all = parseExposition((await get('/metrics')).body);
  return Number(all.find((family) => family.name === name)?.samples[0]?.value);
}

describe('a stream', () => {
  test('is one, with the headers of every answer', async (t) => {
    const { open } = await serve(t);
    const client = await open();
    assert.equal(client.status, 200);
    assert.equal(client.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(client.headers['cache-control'], 'no-store');
    for (const [name, value] of Object.entries(securityHeaders)) {
      assert.equal(client.headers[name], value);
    }
    await until('the first block', () => client.blocks.length > 0);
    assert.deepEqual(client.blocks, ['retry: 2000']);
  });

  test('brings what happens from now on, in order, as the API would tell it', async (t) => {
    const { open, feed, get } = await serve(t);
    feed(...gatewayEvents(4));
    const client = await open();
    feed(...gatewayEvents(6).slice(4));
    feed(...gatewayEvents(9).slice(6));
    await has(client, 5);
    assert.deepEqual(ids(client), numbers(5, 9));
    const { items } = (await get('/api/v1/events?limit=5')).json<{ items: unknown[] }>();
    assert.deepEqual(client.events.map(({ data }) => data).toReversed(), items);
    assert.deepEqual(new Set(client.events.map(({ kind }) => kind)), new Set(['gateway']));
  });

  test('is not broken by what stands in an evidence', async (t) => {
    const { open, feed } = await serve(t);
    const client = await open();
    const text = 'x\n\nid: 99\nevent: tunnel\ndata: {"forged":true}\n\n\r\r: ';
    feed(...gatewayEvents(2, text));
    await has(client, 2);
    assert.deepEqual(ids(client), [1, 2]);
    const [first] = client.events;
    assert.deepEqual(Object(first?.data['evidence']).text, text);
  });

  test('beats while nothing happens', async (t) => {
    const { open, clock } = await serve(t);
    const client = await open();
    await clock.advance(14_999);
    assert.ok(!client.blocks.includes(': '));
    await clock.advance(30_001);
    await until('three heartbeats', () => client.blocks.filter((b) => b === ': ').length === 3);
  });

  test('ends when the daemon does', async (t) => {
    const { open, app, feed } = await serve(t);
    const clients = [await open(), await open()];
    await app.close();
    await until('the end of both', () => clients.every((client) => client.isOver()));
    feed(...gatewayEvents(1));
  });

  test('ends in the midst of a long history as well', async (t) => {
    const { resume, app, feed, clock } = await serve(t);
    feed(...gatewayEvents(450));
    const client = await resume(0);
    await has(client, 200);
    await app.close();
    await until('the end', () => client.isOver());
    await clock.advance(60_000);
    assert.deepEqual(ids(client), numbers(1, 200));
  });

  test('of a daemon with a history begins with what comes next', async (t) => {
    const before = seededView(t);
    before.feed(...gatewayEvents(5));
    const { open } = await serve(t, before.view);
    const client = await open();
    before.feed(...gatewayEvents(6).slice(5));
    await has(client, 1);
    assert.deepEqual(ids(client), [6]);
  });

  test('is of no consequence to others when a client goes', async (t) => {
    const served = await serve(t);
    const [gone, stays] = [await served.open(), await served.open()];
    gone.close();
    await until('the client is gone', () => gone.isOver());
    served.feed(...gatewayEvents(3));
    await served.clock.advance(60_000);
    await has(stays, 3);
    assert.equal(await metric(served, 'tunnelwarden_event_stream_clients'), 1);
    assert.equal(await metric(served, 'tunnelwarden_event_stream_cut_clients_total'), 0);
  });
});

describe('Last-Event-ID', () => {
  test('brings what was missed, once, and then what happens', async (t) => {
    const { open, resume, feed } = await serve(t);
    const first = await open();
    feed(...gatewayEvents(3));
    await has(first, 3);
    first.close();
    feed(...gatewayEvents(7).slice(3));
    const second = await resume(ids(first).at(-1)!);
    await has(second, 4);
    feed(...gatewayEvents(9).slice(7));
    await has(second, 6);
    assert.deepEqual([...ids(first), ...ids(second)], numbers(1, 9));
  });

  test('of long ago: everything, page after page, while more comes', async (t) => {
    const { resume, feed, clock } = await serve(t);
    feed(...gatewayEvents(450));
    const clients = [await resume(0), await resume(100)];
    feed(...gatewayEvents(451).slice(450));
    await clock.advance(0);
    await clock.advance(0);
    await has(clients[0]!, 451);
    await has(clients[1]!, 351);
    assert.deepEqual(ids(clients[0]!), numbers(1, 451));
    assert.deepEqual(ids(clients[1]!), numbers(101, 451));
  });

  test('that is the newest brings nothing old', async (t) => {
    const { resume, feed } = await serve(t);
    feed(...gatewayEvents(3));
    const client = await resume(3);
    feed(...gatewayEvents(4).slice(3));
    await has(client, 1);
    assert.deepEqual(ids(client), [4]);
  });

  test('of a history that was set aside: all of this one is new', async (t) => {
    const { resume, feed } = await serve(t);
    feed(...gatewayEvents(3));
    const client = await resume(5000);
    await has(client, 3);
    assert.deepEqual(ids(client), [1, 2, 3]);
  });
});

describe('many clients', () => {
  test('64 at most; then 503, until one goes', async (t) => {
    const served = await serve(t);
    const { open } = served;
    const clients = await Promise.all(Array.from({ length: 64 }, async () => open()));
    const refused = await open();
    assert.equal(refused.status, 503);
    assert.equal(refused.headers['content-type'], 'application/problem+json; charset=utf-8');
    const problem = (await served.get('/api/v1/events/stream')).json<{ code: string }>();
    assert.equal(problem.code, 'too-many-streams');
    assert.equal(await metric(served, 'tunnelwarden_event_stream_clients'), 64);
    assert.equal(await metric(served, 'tunnelwarden_event_stream_refused_clients_total'), 2);
    clients[0]?.close();
    let status = 0;
    while (status !== 200) ({ status } = await open());
  });

  test('HEAD is none of them', async (t) => {
    const served = await serve(t);
    const answer = await served.app.inject({ method: 'HEAD', url: '/api/v1/events/stream' });
    assert.equal(answer.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(await metric(served, 'tunnelwarden_event_stream_clients'), 0);
  });

  test('at the same place share one reading of the history', async (t) => {
    const seeded = seededView(t);
    const read: number[] = [];
    const { history } = seeded.view;
    const { open } = await serve(t, {
      history: {
        read: history.read.bind(history),
        after(id: number, limit: number) {
          read.push(id);
          return history.after(id, limit);
        },
      },
      subscribe: seeded.view.subscribe.bind(seeded.view),
    });
    const clients = await Promise.all(Array.from({ length: 10 }, async () => open()));
    read.length = 0;
    seeded.feed(...gatewayEvents(5));
    await Promise.all(clients.map(async (client) => has(client, 5)));
    assert.deepEqual(read, [0]);
  });
});

describe('a client that does not read', () => {
  /** More than the buffers of both ends hold. */
  const flood = (from = noon) => gatewayEvents(100, 'x'.repeat(200_000), from);

  test('is cut after two heartbeats, and counted; others are served', async (t) => {
    const served = await serve(t);
    const [deaf, other] = [await served.open({ reading: false }), await served.open()];
    served.feed(...flood());
    await has(other, 100);
    await served.clock.advance(30_000);
    assert.equal(await metric(served, 'tunnelwarden_event_stream_cut_clients_total'), 0);
    await served.clock.advance(15_000);
    assert.equal(await metric(served, 'tunnelwarden_event_stream_cut_clients_total'), 1);
    deaf.resume();
    await until('its connection is closed', () => deaf.isOver());
    served.feed(...gatewayEvents(101).slice(100));
    await has(other, 101);
    assert.equal(await metric(served, 'tunnelwarden_event_stream_clients'), 1);
  });

  test('and reads again only when the daemon ends gets no more', async (t) => {
    const { view, clock, feed } = seededView(t);
    const stream = new EventStream(view, clock);
    const failures: unknown[] = [];
    const responses: ServerResponse[] = [];
    const app = Fastify();
    app.get('/api/v1/events/stream', (_request, reply) => {
      responses.push(reply.raw.on('error', (error) => failures.push(error)));
      stream.open(reply, undefined);
    });
    t.after(() => app.close());
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const deaf = await openEventSource(t, address, { reading: false });
    feed(...flood().slice(0, 50));
    feed(...flood().slice(50));
    stream.close();
    for (const response of responses) response.emit('drain');
    deaf.resume();
    await until('the end', () => deaf.isOver());
    assert.deepEqual(failures, []);
    assert.deepEqual(ids(deaf), numbers(1, 50));
  });

  test('but reads again in time gets everything, once', async (t) => {
    const served = await serve(t);
    const slow = await served.open({ reading: false });
    for (let round = 0; round < 3; round += 1) {
      const all = flood(noon + round * 60_000);
      served.feed(...all.slice(0, 50));
      served.feed(...all.slice(50));
      await served.clock.advance(29_000);
      slow.resume();
      await has(slow, 100 * (round + 1));
      slow.pause();
    }
    assert.deepEqual(ids(slow), numbers(1, 300));
    assert.equal(await metric(served, 'tunnelwarden_event_stream_cut_clients_total'), 0);
  });
});
