import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineConfig, links, listing, startEngine, tunnelConfig } from '../../helpers/engine.ts';
import { child, feed, ike, pair, second, states, up } from '../../helpers/engine-run.ts';
import { childUp, evidence, loadedConnection, logged, noon } from '../../helpers/events.ts';
import { messageCounts } from '../../helpers/every-state.ts';

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
  const config = engineConfig({ saSources: [], tunnels: [tunnelConfig('A'), tunnelConfig('B')] });
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

test('what charon counts goes to the tunnels of its connections, until VICI is lost', () => {
  const engine = startEngine(pair);
  const counts = new Map([
    ['', messageCounts(100)],
    ['A-1', messageCounts(10)],
    ['A-2', messageCounts(1)],
    ['stranger', messageCounts(5)],
  ]);
  feed(engine, { kind: 'charon-load', at: noon, load: undefined, counts });
  const found = engine.messageCounts();
  assert.deepEqual([...found.keys()], ['A']);
  assert.deepEqual([found.get('A')?.invalid, found.get('A')?.messages[3]?.requestsOut], [11, 15]);
  const lost = { kind: 'source-lost', at: noon + second, detail: '' } as const;
  feed(engine, { ...lost, source: 'xfrm-stat' });
  assert.equal(engine.messageCounts().size, 1);
  feed(engine, { ...lost, source: 'vici' });
  assert.equal(engine.messageCounts().size, 0);
});
