import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tunnelStates } from '../../../src/events/change.ts';
import { engineConfig, links, listing, tunnelConfig } from '../../helpers/engine.ts';
import { child, ike, pair, second, up } from '../../helpers/engine-run.ts';
import { evidence, logged, noon } from '../../helpers/events.ts';
import { tunnelIn } from '../../helpers/every-state.ts';
import { assertMatches } from '../../helpers/json-schemas.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';
import type { SeededHttp } from '../../helpers/seeded-http.ts';

interface Event {
  readonly id: number;
  readonly time: string;
  readonly kind: string;
  readonly subject: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: string | null;
  readonly code: string | null;
  readonly active: string | null;
  readonly outageSeconds: number | null;
  readonly evidence: { readonly text: string } | null;
}

async function eventsAt({ get }: SeededHttp, url: string): Promise<readonly Event[]> {
  const { items } = (await get(url)).json<{ readonly items: readonly Event[] }>();
  return items;
}

function names(body: { readonly items: readonly { readonly name: string }[] }): readonly string[] {
  return body.items.map(({ name }) => name);
}

describe('every answer has the form of its schema', () => {
  const routes = [
    ['tunnels', '/api/v1/tunnels'],
    ['tunnel', '/api/v1/tunnels/Sapporo'],
    ['tunnel', '/api/v1/tunnels/Sendai'],
    ['events', '/api/v1/tunnels/Sapporo/events'],
    ['diagnosis', '/api/v1/tunnels/Kobe/diagnosis'],
    ['groups', '/api/v1/groups'],
    ['group', '/api/v1/groups/Osaka'],
    ['group', '/api/v1/groups/Kyoto'],
    ['interfaces', '/api/v1/interfaces'],
    ['gateways', '/api/v1/gateways'],
    ['ha', '/api/v1/ha'],
    ['events', '/api/v1/events'],
    ['sources', '/api/v1/sources'],
  ] as const;
  for (const [schema, url] of routes) {
    test(url, async (t) => {
      const { get } = everyStateHttp(t);
      const answer = await get(url);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
      assertMatches(schema, answer.json());
      const { items } = answer.json();
      if (Array.isArray(items)) assert.notEqual(items.length, 0, 'there is something in it');
    });
  }

  test('of a daemon that knows nothing yet', async (t) => {
    const { get } = seededHttp(t);
    for (const [schema, url] of routes.filter(([, path]) => path.split('/').length === 4)) {
      const answer = await get(url);
      assertMatches(schema, answer.json());
    }
  });
});

test('a tunnel with all that is known of it', async (t) => {
  const { get } = everyStateHttp(t);
  const body = (await get('/api/v1/tunnels/sapporo')).json();
  assert.deepEqual(
    { ...body, counters: undefined, ikeSas: undefined },
    {
      name: 'Sapporo',
      state: 'up',
      up: true,
      since: '2026-11-23T12:02:10.000Z',
      cause: 'observed',
      evidence: { source: 'charon.log', line: 7, time: '2026-11-23T12:00:00.000Z', text: 'a line' },
      flapping: true,
      removedAt: null,
      group: null,
      role: 'initiator',
      interface: 'PortB',
      interfaceUp: true,
      local: '192.0.2.1',
      remote: '198.51.100.1',
      localId: 'hq',
      remoteId: 'branch',
      ikeVersion: 2,
      profile: 'Branch office (IKEv2)',
      children: { installed: 1, expected: 1, names: [] },
      traffic: { bytesIn: 1500, bytesOut: 2500, packetsIn: 10, packetsOut: 20 },
      counters: undefined,
      ikeSas: undefined,
      childSas: body.childSas,
    },
  );
  assert.deepEqual(body.counters, {
    ikeRekeys: 1,
    childRekeys: 1,
    reauthentications: 0,
    retransmits: 1,
    dpdTimeouts: 2,
  });
  assert.deepEqual([body.ikeSas.length, body.ikeSas[0].establishedAt !== null], [1, true]);
});

describe('filters of tunnels', () => {
  for (const state of tunnelStates) {
    test(`state=${state}`, async (t) => {
      const { get } = everyStateHttp(t);
      assert.deepEqual(names((await get(`/api/v1/tunnels?state=${state}`)).json()), [
        tunnelIn[state],
      ]);
    });
  }
  test('group, without case; both together; a group that is not there', async (t) => {
    const { get } = everyStateHttp(t);
    const find = async (query: string) => names((await get(`/api/v1/tunnels?${query}`)).json());
    assert.deepEqual(await find('group=OSAKA'), ['Osaka-ISP1', 'Osaka-ISP2']);
    assert.deepEqual(await find('group=Osaka&state=standby'), ['Osaka-ISP1']);
    assert.deepEqual(await find('group=Tokyo'), []);
  });
});

test('groups: filter by state, members with their states', async (t) => {
  const { get } = everyStateHttp(t);
  const body = (await get('/api/v1/groups?state=failed_over')).json();
  assert.deepEqual(names(body), ['Osaka']);
  assert.deepEqual(body.items[0], {
    name: 'Osaka',
    state: 'failed_over',
    since: '2026-11-23T12:02:10.000Z',
    active: 'Osaka-ISP2',
    members: [
      { name: 'Osaka-ISP1', state: 'standby' },
      { name: 'Osaka-ISP2', state: 'partial' },
    ],
    failovers: { unknown: 1 },
    failbacks: 0,
  });
});

test('a member that is no tunnel yet has no state', async (t) => {
  const config = engineConfig({
    tunnels: [tunnelConfig('A')],
    groups: [{ name: 'G', enabled: true, members: ['A', 'B'] }],
  });
  const { get } = seededHttp(t, config);
  const body = (await get('/api/v1/groups/g')).json();
  assertMatches('group', body);
  assert.deepEqual(body.members[1], { name: 'B', state: null });
});

test('interfaces and gateways', async (t) => {
  const { get } = everyStateHttp(t);
  const [wan] = (await get('/api/v1/interfaces')).json().items;
  assert.deepEqual(wan, {
    name: 'PortB',
    up: true,
    since: '2026-11-23T12:00:00.000Z',
    addresses: ['192.0.2.1'],
    kind: null,
  });
  const [isp] = (await get('/api/v1/gateways')).json().items;
  assert.deepEqual(
    [isp.name, isp.up, isp.interface, isp.since],
    ['ISP 1', true, 'PortB', '2026-11-23T12:05:11.000Z'],
  );
});

test('sources: what has never answered has no time, what does has no problem', async (t) => {
  const { get } = everyStateHttp(t);
  const { sources, logs, store } = (await get('/api/v1/sources')).json();
  assert.deepEqual(sources[0], {
    name: 'statusall',
    up: true,
    required: true,
    standby: false,
    serving: true,
    lastSuccess: '2026-11-23T12:00:00.000Z',
    durationSeconds: 0.042,
    runs: 7,
    failures: 1,
    skipped: 2,
    problem: null,
  });
  assert.deepEqual(
    [sources[1].lastSuccess, sources[1].durationSeconds, sources[1].problem],
    [null, null, 'ip is not installed or not in the PATH'],
  );
  assert.deepEqual([logs[0].problem, logs[1].problem], [null, '/log/dgd.log does not exist']);
  assert.deepEqual([store.up, store.sizeBytes], [true, 4096]);
});

describe('events', () => {
  test('newest first, each kind as itself', async (t) => {
    const seeded = seededHttp(t, pair);
    seeded.feed(
      links(noon, { wan1: [true], wan2: [true] }),
      up(noon, 'A'),
      { kind: 'interface-changed', at: noon + second, interface: 'wan1', up: false, evidence },
      up(noon + 3 * second, 'B'),
      logged({ kind: 'gateway-logged', gateway: 'ISP', up: false }, noon + 4 * second),
      logged({ kind: 'gave-up' }, noon + 5 * second, { connection: 'B-1', ikeId: 1 }),
    );
    const items = await eventsAt(seeded, '/api/v1/events');
    assert.deepEqual(
      items.map(({ id }) => id),
      items.map((_, i) => items.length - i),
    );
    const first = (kind: string, subject: string) =>
      items.find((item) => item.kind === kind && item.subject === subject);
    assert.equal(first('gateway', 'ISP')?.time, '2026-11-23T12:00:04.000Z');
    assert.deepEqual([first('gateway', 'ISP')?.to, first('daemon', '')?.to], ['down', 'up']);
    assert.equal(first('interface', 'wan1')?.to, 'down');
    assert.equal(first('event', 'B')?.code, 'gave-up');
    const { from, to, active, cause, outageSeconds } = items.find((i) => i.code === 'failover')!;
    assert.deepEqual(
      [from, to, active, cause, outageSeconds],
      ['switching', 'failed_over', 'B', 'interface-down', 2],
    );
    const lost = items.find((item) => item.kind === 'tunnel' && item.cause === 'interface-down');
    assert.equal(lost?.evidence?.text, 'a line');
  });

  test('of one kind, since a time, of one tunnel without case', async (t) => {
    const seeded = everyStateHttp(t);
    const find = async (query: string) => eventsAt(seeded, `/api/v1/events?${query}`);
    const kinds = (items: readonly Event[]) => [...new Set(items.map(({ kind }) => kind))];
    assert.deepEqual(kinds(await find('kind=group')), ['group']);
    const late = await find('since=2026-11-23T12:05:10Z');
    assert.deepEqual(
      late.map(({ kind }) => kind),
      ['gateway', 'tunnel', 'interface'],
    );
    assert.deepEqual(await find('since=2026-11-23T13:05:10%2B01:00'), late);
    assert.deepEqual(kinds(await find('tunnel=sapporo')), ['event', 'tunnel']);
    assert.deepEqual(await find('tunnel=Nowhere'), []);
    assert.equal((await find('tunnel=Sapporo&kind=event')).length, 7);
    assert.deepEqual(await find('tunnel=Sapporo&kind=group'), []);
  });

  test('a tunnel is not taken for a group or an interface of its name', async (t) => {
    const config = engineConfig({
      tunnels: [tunnelConfig('X'), tunnelConfig('B')],
      groups: [{ name: 'X', enabled: true, members: ['X', 'B'] }],
      interfaces: ['X'],
    });
    const seeded = seededHttp(t, config);
    seeded.feed(links(noon, { X: [true] }), up(noon, 'X'), links(noon + second, { X: [false] }));
    const kinds = (await eventsAt(seeded, '/api/v1/events')).map(({ kind }) => kind);
    assert.ok(kinds.includes('group') && kinds.includes('interface'));
    for (const url of ['/api/v1/events?tunnel=x', '/api/v1/tunnels/x/events']) {
      const items = await eventsAt(seeded, url);
      assert.deepEqual(
        items.map(({ kind, to }) => `${kind} ${to}`),
        ['tunnel up'],
        url,
      );
    }
  });

  test('of a tunnel that has been forgotten', async (t) => {
    const seeded = seededHttp(t, pair);
    seeded.feed(up(noon, 'A'));
    seeded.configure(engineConfig());
    const { state, removedAt } = (await seeded.get('/api/v1/tunnels/A')).json();
    assert.deepEqual([state, removedAt], ['disabled', '2026-11-23T12:00:00.000Z']);
    const health = await seeded.get('/health/tunnels/A');
    assert.equal(health.statusCode, 200);
    assert.equal(health.body, 'A is disabled: it is no longer configured\n');
    assert.match((await seeded.get('/metrics')).body, /^ipsec_tunnel_up\{tunnel="A"\} 0$/m);
    // Ten minutes later it leaves everything but the history.
    seeded.feed({ kind: 'tick', at: noon + 600_000 });
    assert.equal((await seeded.get('/api/v1/tunnels/A')).statusCode, 404);
    assert.doesNotMatch((await seeded.get('/metrics')).body, /tunnel="A"/);
    assert.equal((await eventsAt(seeded, '/api/v1/events?tunnel=A')).length, 2);
  });
});

test('what only the SAs tell stands in for what is not configured', async (t) => {
  const { get, feed } = seededHttp(t, engineConfig({ tunnels: [tunnelConfig('T')] }));
  feed(listing(noon, { ikeSas: [ike('T', 1)], childSas: [child('T', 1)] }));
  const body = (await get('/api/v1/tunnels/T')).json();
  assert.deepEqual(
    [body.local, body.remote, body.localId, body.remoteId, body.ikeVersion],
    ['192.0.2.1', '198.51.100.1', 'hq', 'branch', 2],
  );
  assert.deepEqual([body.childSas[0].spiIn, body.childSas[0].ikeSa], ['c0000001', 1]);
});
