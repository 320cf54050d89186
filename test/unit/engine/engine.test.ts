import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../../src/events/change.ts';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { SavedState } from '../../../src/engine/engine-state.ts';
import { takeSnapshot } from '../../../src/engine/snapshot.ts';
import {
  engineConfig,
  links,
  listing,
  nothingSaved,
  startEngine,
  tunnelConfig,
} from '../../helpers/engine.ts';
import {
  childUp,
  evidence,
  listedChild,
  listedIke,
  loadedConnection,
  logged,
  noon,
} from '../../helpers/events.ts';

const second = 1000;
const pair = engineConfig({
  tunnels: [
    tunnelConfig('A', { interface: 'wan1', role: 'initiator', children: ['A-1'] }),
    tunnelConfig('B', { interface: 'wan2', role: 'initiator', children: ['B-1'] }),
  ],
  groups: [{ name: 'G', enabled: true, members: ['A', 'B'] }],
});

function ike(name: string, id: number) {
  return listedIke(id, { connection: `${name}-1` });
}

function child(name: string, id: number, more = {}) {
  return listedChild(`${name}-1`, id, { connection: `${name}-1`, ikeId: id, ...more });
}

/** A listing in which these tunnels are up. */
function up(at: number, ...names: readonly string[]): TunnelEvent {
  return listing(at, {
    ikeSas: names.map((name, i) => ike(name, i + 1)),
    childSas: names.map((name, i) => child(name, i + 1)),
  });
}

function feed(engine: Engine, ...events: readonly TunnelEvent[]): readonly string[] {
  return events.flatMap((event) => engine.apply(event)).map((change) => short(change));
}

function short(change: Change): string {
  switch (change.kind) {
    case 'tunnel':
      return `${change.tunnel}: ${change.from} > ${change.to} (${change.cause})`;
    case 'group':
      return `${change.group}: ${change.from} > ${change.to}${change.switched === undefined ? '' : ` (${change.switched})`}`;
    default:
      return change.kind;
  }
}

function states(engine: Engine): Record<string, string> {
  return Object.fromEntries(
    [...engine.tunnels.values()].map(({ spec, state }) => [spec.name, state]),
  );
}

test('a failover and a failback, seen by polls and by the link', () => {
  const engine = startEngine(pair);
  const wans = links(noon, { wan1: [true], wan2: [true] });
  assert.deepEqual(feed(engine, wans, up(noon, 'A')), [
    'daemon',
    'A: unknown > up (observed)',
    'B: unknown > down (observed)',
    'G: unknown > primary',
    'B: down > standby (group)',
  ]);
  const off = {
    kind: 'interface-changed',
    at: noon + second,
    interface: 'wan1',
    up: false,
    evidence,
  } as const;
  assert.deepEqual(feed(engine, off), [
    'interface',
    'A: up > down (interface-down)',
    'G: primary > switching',
    'B: standby > down (group)',
  ]);
  assert.deepEqual(feed(engine, up(noon + 3 * second, 'B')), [
    'B: down > up (observed)',
    'G: switching > failed_over (failover)',
    'A: down > standby (group)',
  ]);
  feed(engine, { ...off, at: noon + 60 * second, up: true });
  assert.deepEqual(feed(engine, up(noon + 61 * second, 'A', 'B')), ['A: standby > up (observed)']);
  assert.deepEqual(feed(engine, up(noon + 65 * second, 'A')), []);
  assert.deepEqual(feed(engine, { kind: 'tick', at: engine.wakeAt! }), [
    'B: up > standby (unknown)',
    'G: failed_over > primary (failback)',
  ]);
  const group = engine.groups.get('G');
  assert.deepEqual([group?.failovers, group?.failbacks], [{ 'interface-down': 1 }, 1]);
});

test('wakes for the holds of groups as well as of tunnels', () => {
  const engine = startEngine(pair);
  feed(engine, up(noon, 'A'), { kind: 'daemon-absent', at: noon + second, evidence });
  assert.equal(engine.wakeAt, noon + 61 * second);
  assert.deepEqual(feed(engine, { kind: 'tick', at: noon + 61 * second }), ['G: switching > down']);
  assert.equal(engine.wakeAt, undefined);
});

test('connections that charon has loaded become tunnels; those that vanish are forgotten later', () => {
  const engine = startEngine(engineConfig());
  const connections = [loadedConnection('gw', ['net'])];
  feed(engine, listing(noon, { connections }));
  assert.deepEqual(states(engine), { gw: 'down' });
  feed(engine, listing(noon + second));
  assert.deepEqual(states(engine), { gw: 'down' }, 'it may only be reloading');
  feed(engine, listing(noon + 2 * second, { connections }), listing(noon + 500 * second));
  assert.deepEqual(states(engine), { gw: 'down' });
  feed(engine, listing(noon + 1200 * second));
  assert.deepEqual(states(engine), {});
});

test('a connection without a child is no tunnel, whatever is logged of it', () => {
  const engine = startEngine(engineConfig());
  feed(engine, { kind: 'connections', at: noon, connections: [loadedConnection('gw', [])] });
  const from = { connection: 'gw', ikeId: 1 };
  assert.deepEqual(feed(engine, logged({ kind: 'retransmit', attempt: 1 }, noon, from)), []);
});

test('the counters of the kernel change no tunnel', () => {
  const engine = startEngine(pair);
  assert.deepEqual(
    feed(engine, { kind: 'xfrm-errors', at: noon, counters: { XfrmInError: 1 } }),
    [],
  );
});

test('names can be learned before anything is known of SAs', () => {
  const engine = startEngine(engineConfig());
  feed(engine, { kind: 'connections', at: noon, connections: [loadedConnection('gw', ['gw'])] });
  assert.deepEqual(states(engine), { gw: 'unknown' });
});

test('a child that a log shows on a foreign IKE_SA shares its fate', () => {
  const config = engineConfig({ polled: false, tunnels: [tunnelConfig('A'), tunnelConfig('B')] });
  const engine = startEngine(config);
  feed(
    engine,
    logged(childUp('B-1', 2), noon, { connection: 'A-1', ikeId: 7 }),
    logged(childUp('B-2', 3), noon, { connection: undefined, ikeId: undefined }),
    logged(childUp('nobody', 4), noon, { connection: 'nobody', ikeId: 9 }),
  );
  assert.deepEqual(states(engine), { A: 'down', B: 'up' });
  feed(engine, logged({ kind: 'gave-up' }, noon + second, { connection: 'A-1', ikeId: 7 }));
  assert.equal(engine.tunnels.get('B')?.sas.childSas.length, 1);
});

test('strangers are counted by the code of the message, chatter without a tunnel is not', () => {
  const engine = startEngine(pair);
  const stranger = { connection: undefined, ikeId: 3 };
  feed(
    engine,
    logged({ kind: 'ike-peer-initiating', peer: '203.0.113.9', version: 2 }, noon, stranger),
    logged({ kind: 'ike-peer-initiating', peer: '203.0.113.9', version: 2 }, noon, stranger),
    logged({ kind: 'note', fields: {} }, noon, stranger),
  );
  assert.deepEqual(engine.host.unattributed, { 'ike-peer-initiating': 2 });
});

test('the kernel and charon count the same bytes once', () => {
  const engine = startEngine(pair);
  const counted = { bytesIn: 100, bytesOut: 200, packetsIn: 1, packetsOut: 2 };
  feed(engine, listing(noon, { ikeSas: [ike('A', 1)], childSas: [child('A', 1, counted)] }));
  const state = {
    ...kernelState,
    src: '198.51.100.1',
    dst: '192.0.2.1',
    spi: 'c0000001',
    bytes: 150,
    packets: 3,
  };
  feed(engine, { kind: 'xfrm-states', at: noon + second, states: [state] });
  const { bytesIn, bytesOut, packetsIn } = engine.tunnels.get('A')!.traffic;
  assert.deepEqual([bytesIn, bytesOut, packetsIn], [150, 200, 3]);
});

const kernelState = {
  protocol: 'esp',
  reqid: 1,
  mode: 'tunnel',
  ifId: undefined,
  mark: undefined,
  encryption: undefined,
  integrity: undefined,
  udpEncapsulation: false,
  sequenceIn: undefined,
  sequenceOut: undefined,
  replayWindowErrors: undefined,
  replayErrors: undefined,
  integrityErrors: undefined,
  addedAt: undefined,
};

test('a lost source of SAs makes the tunnels unknown, another source does not', () => {
  const engine = startEngine(pair);
  feed(engine, up(noon, 'A'));
  const lost = (source: string) =>
    ({ kind: 'source-lost', at: noon + second, source, detail: '' }) as const;
  assert.deepEqual(
    feed(engine, lost('xfrm-state'), { kind: 'source-answered', at: noon, source: 'x' }),
    [],
  );
  assert.deepEqual(feed(engine, lost('statusall')), [
    'A: up > unknown (source-lost)',
    'B: standby > unknown (source-lost)',
    'G: primary > unknown',
  ]);
});

test('an interface is found by the address of the tunnel, and missed with it', () => {
  const config = engineConfig({
    tunnels: [tunnelConfig('A', { local: '192.0.2.1', role: 'initiator' })],
  });
  const engine = startEngine(config);
  feed(engine, up(noon, 'A'), links(noon, { wan1: [true, '192.0.2.1'], lan: [true] }));
  assert.deepEqual(
    [engine.tunnels.get('A')?.interface, engine.isWatched('wan1'), engine.isWatched('lan')],
    ['wan1', true, false],
  );
  assert.deepEqual(feed(engine, links(noon + second, { wan1: [true], lan: [true] })), [
    'A: up > down (interface-down)',
  ]);
  assert.deepEqual(feed(engine, links(noon + 2 * second, { wan1: [true, '192.0.2.1'] })), [
    'A: down > up (interface-up)',
  ]);
  assert.deepEqual(feed(engine, links(noon + 3 * second, {})), [
    'interface',
    'A: up > down (interface-down)',
  ]);
});

test('an interface is found by the address of the IKE_SA where none is configured', () => {
  const engine = startEngine(engineConfig({ tunnels: [tunnelConfig('A'), tunnelConfig('B')] }));
  feed(engine, up(noon, 'A'), links(noon, { wan1: [true, '192.0.2.1'] }));
  assert.deepEqual(
    [...engine.tunnels.values()].map((tunnel) => tunnel.interface),
    ['wan1', undefined],
  );
});

test('while the source of interfaces is lost, nobody knows', () => {
  const engine = startEngine(pair);
  feed(engine, links(noon, { wan1: [false], wan2: [true] }), up(noon, 'A'));
  assert.equal(states(engine)['A'], 'down');
  feed(engine, { kind: 'source-lost', at: noon + second, source: 'interfaces', detail: '' });
  assert.deepEqual([states(engine)['A'], engine.tunnels.get('A')?.interfaceUp], ['up', undefined]);
});

test('a dead gateway explains the loss of the tunnels on its interface, and of no others', () => {
  const gateways = [
    { name: 'ISP1', interface: 'wan1' },
    { name: 'ISP2', interface: undefined },
  ];
  const engine = startEngine({ ...pair, gateways });
  feed(
    engine,
    links(noon, { wan1: [true], wan2: [true] }),
    up(noon, 'A'),
    logged({ kind: 'gateway-logged', gateway: 'ISP1', up: false }, noon + second),
    logged({ kind: 'gateway-logged', gateway: 'ISP2', up: false }, noon + second),
    logged({ kind: 'gateway-logged', gateway: 'ISP3', up: false }, noon + second),
    up(noon + 2 * second),
  );
  assert.deepEqual(feed(engine, { kind: 'tick', at: noon + 5 * second }).slice(0, 2), [
    'A: up > down (gateway-down)',
    'G: primary > switching',
  ]);
  assert.equal(engine.isWatched('wan1'), true);
  assert.equal(engine.tunnels.get('B')?.hint, undefined);
});

test('configured interfaces and xfrm interfaces are watched', () => {
  const engine = startEngine(engineConfig({ interfaces: ['lan'] }));
  feed(engine, links(noon, { lan: [true], xfrm1: [true], veth7: [true] }));
  assert.deepEqual(
    takeSnapshot(engine, noon).interfaces.map(({ name }) => name),
    ['lan', 'xfrm1'],
  );
});

test('goes on from what was saved, and saves only what has changed', () => {
  const first = startEngine(pair);
  feed(first, links(noon, { wan1: [true], wan2: [true] }), up(noon, 'A'));
  const saved: SavedState = JSON.parse(JSON.stringify(first.takeDirty()));
  assert.deepEqual(saved.tunnels.map((tunnel) => tunnel.spec.name).toSorted(), ['A', 'B']);
  const again = first.takeDirty();
  assert.deepEqual(
    [again.tunnels, again.groups, again.host, again.loaded],
    [[], [], undefined, undefined],
  );

  const second_ = startEngine(pair, saved, noon + 10 * second);
  assert.deepEqual(states(second_), { A: 'up', B: 'standby' });
  assert.deepEqual(feed(second_, up(noon + 11 * second, 'A')), []);
  assert.equal(second_.groups.get('G')?.lastActive, 'A');
  assert.equal(second_.host.links.get('wan1')?.up, true);
  assert.deepEqual(second_.takeDirty().tunnels, [], 'the same SAs again are not worth a write');
});

test('a hold that ran out while nobody looked waits for the first look', () => {
  const first = startEngine(pair);
  feed(first, up(noon, 'A'), up(noon + second));
  const saved: SavedState = JSON.parse(JSON.stringify(first.takeDirty()));
  const again = startEngine(pair, saved, noon + 100 * second);
  assert.equal(again.wakeAt, noon + 103 * second);
  assert.deepEqual(feed(again, up(noon + 101 * second, 'A')), []);
  assert.equal(again.wakeAt, undefined);
});

test('loaded connections are saved when they change', () => {
  const engine = startEngine(engineConfig());
  feed(engine, listing(noon, { connections: [loadedConnection('gw', ['net'])] }));
  const saved: SavedState = JSON.parse(JSON.stringify(engine.takeDirty()));
  const again = startEngine(engineConfig(), saved);
  assert.deepEqual(states(again), { gw: 'down' });
  assert.deepEqual(states(startEngine(engineConfig(), { ...nothingSaved, loaded: saved.loaded })), {
    gw: 'unknown',
  });
});

test('a new configuration drops what it no longer names and derives the groups anew', () => {
  const engine = startEngine(pair);
  feed(engine, up(noon, 'B'));
  assert.equal(engine.groups.get('G')?.state, 'failed_over');
  const turned = { ...pair, groups: [{ name: 'G', enabled: true, members: ['B', 'A'] }] };
  assert.deepEqual(
    engine.configure(turned, noon + second).map((change) => short(change)),
    ['G: failed_over > primary'],
  );
  engine.configure(engineConfig({ tunnels: [tunnelConfig('B')] }), noon + 2 * second);
  assert.deepEqual([[...engine.tunnels.keys()], [...engine.groups.keys()]], [['B'], []]);
});

test('a group may name a tunnel that is not there', () => {
  const engine = startEngine({ ...pair, tunnels: pair.tunnels.slice(0, 1) });
  feed(engine, up(noon, 'A'));
  assert.equal(engine.groups.get('G')?.state, 'primary');
});

test('the snapshot shows everything, sorted by name', () => {
  const gateways = [{ name: 'ISP1', interface: 'wan1' }];
  const engine = startEngine({ ...pair, gateways });
  feed(
    engine,
    links(noon, { wan2: [true], wan1: [true] }),
    up(noon, 'A'),
    logged({ kind: 'gateway-logged', gateway: 'ISP1', up: true }, noon),
    logged({ kind: 'gateway-logged', gateway: 'ISP0', up: true }, noon),
  );
  const snapshot = takeSnapshot(engine, noon);
  assert.deepEqual(
    snapshot.tunnels.map(({ name, up: isUp, flapping }) => [name, isUp, flapping]),
    [
      ['A', true, false],
      ['B', false, false],
    ],
  );
  assert.deepEqual(
    snapshot.groups.map(({ name, members }) => [name, members]),
    [['G', ['A', 'B']]],
  );
  assert.deepEqual(
    snapshot.interfaces.map(({ name }) => name),
    ['wan1', 'wan2'],
  );
  assert.deepEqual(
    snapshot.gateways.map(({ name, interface: link }) => [name, link]),
    [
      ['ISP0', undefined],
      ['ISP1', 'wan1'],
    ],
  );
  assert.equal(snapshot.tunnels[0]?.establishedAt, noon - 10 * second);
});
