import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoadedConnections } from '../../../src/engine/loaded.ts';
import { takeSnapshot } from '../../../src/engine/snapshot.ts';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import {
  engineConfig,
  links,
  nothingSaved,
  startEngine,
  tunnelConfig,
} from '../../helpers/engine.ts';
import {
  childUp,
  established,
  evidence,
  listedIke,
  loadedConnection,
  logged,
  noon,
} from '../../helpers/events.ts';

const config = engineConfig({
  tunnels: [tunnelConfig('T', { connections: ['T-1'], children: ['T-1'] })],
  discover: false,
});

function after(count: number, eventOf: (n: number) => TunnelEvent, first?: TunnelEvent) {
  const engine = startEngine(config);
  if (first !== undefined) engine.apply(first);
  for (let n = 1; n <= count; n += 1) engine.apply(eventOf(n));
  const { dropped } = takeSnapshot(engine, noon);
  return { engine, dropped };
}

test('log lines make up no more IKE_SAs of a tunnel than fit; the newest stay', () => {
  const { engine, dropped } = after(1100, (n) => logged(established(n), noon, { ikeId: n }));
  const ids = engine.tunnels.get('T')?.sas.ikeSas.map(({ ikeId }) => ikeId);
  assert.deepEqual([ids?.length, ids?.[0], ids?.at(-1)], [1024, 77, 1100]);
  assert.equal(dropped.sas, 76);
});

test('nor more CHILD_SAs', () => {
  const { engine, dropped } = after(1030, (n) => logged(childUp('T-1', n)));
  assert.equal(engine.tunnels.get('T')?.sas.childSas.length, 1024);
  assert.equal(dropped.sas, 6);
});

test('a listing may have more, and keeps them', () => {
  const ikeSas = Array.from({ length: 2000 }, (_, i) => listedIke(i + 1, { connection: 'T-1' }));
  const engine = startEngine(config);
  const at = noon;
  const listing = { kind: 'sa-list', source: 'statusall', childSas: [], connections: [] } as const;
  engine.apply({ ...listing, at, ikeSas, evidence });
  engine.apply(logged(established(3000), noon + 1, { ikeId: 3000 }));
  assert.equal(engine.tunnels.get('T')?.sas.ikeSas.length, 2000);
});

test('connections that are said to carry a child are learned up to a number', () => {
  const { engine, dropped } = after(16_400, (n) =>
    logged(childUp('T-1', n % 4), noon, { connection: `stranger-${n}` }),
  );
  assert.ok((dropped.sharers ?? 0) >= 16);
  const of = (name: string): readonly string[] =>
    engine.targetsOf(logged({ kind: 'ike-deleting', name, id: 1 }));
  assert.deepEqual([of('stranger-1'), of('stranger-16400')], [['T'], []]);
});

test('interfaces that a log names are kept up to a number', () => {
  const { engine, dropped } = after(5000, (n) => ({
    kind: 'interface-changed',
    at: noon,
    interface: `eth${n}`,
    up: true,
    evidence,
  }));
  assert.equal(engine.host.links.size, 4096);
  assert.equal(dropped.links, 904);
  engine.apply(links(noon + 1, { wan1: [true] }));
  assert.equal(engine.host.links.size, 1, 'a listing says which there are');
});

test('gateways that a log names, too, and the count outlives a restart', () => {
  const { engine, dropped } = after(70, (n) =>
    logged({ kind: 'gateway-logged', gateway: `gw${n}`, up: true }),
  );
  assert.equal(dropped.gateways, 6);
  const again = startEngine(config, { ...nothingSaved, host: engine.takeDirty().host });
  assert.equal(takeSnapshot(again, noon).dropped.gateways, 6);
});

test('connections that charon has loaded are known up to a number, and forgotten', () => {
  const loaded = new LoadedConnections();
  const many = Array.from({ length: 16_390 }, (_, i) => loadedConnection(`c${i}`, [`c${i}`]));
  const all = loaded.next([], many, noon);
  assert.deepEqual([all.loaded.length, all.dropped], [16_384, 6]);
  const one = loadedConnection('new', ['new']);
  const kept = loaded.next(all.loaded, [one], noon + 1000);
  assert.deepEqual([kept.loaded.length, kept.dropped], [16_384, 1]);
  const later = loaded.next(kept.loaded, [one], noon + 601_000);
  assert.deepEqual([later.loaded, later.dropped], [[one], 0]);
});
