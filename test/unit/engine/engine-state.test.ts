import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
import { feed, pair, second, short, states, up } from '../../helpers/engine-run.ts';
import { loadedConnection, logged, noon } from '../../helpers/events.ts';

test('goes on from what was saved, and saves only what has changed', () => {
  const first = startEngine(pair);
  feed(first, links(noon, { wan1: [true], wan2: [true] }), up(noon, 'A'));
  const saved: SavedState = JSON.parse(JSON.stringify(first.takeDirty()));
  assert.deepEqual(saved.tunnels.map((tunnel) => tunnel.spec.name).toSorted(), ['A', 'B']);
  const unchanged = first.takeDirty();
  assert.deepEqual(
    [unchanged.tunnels, unchanged.groups, unchanged.host, unchanged.loaded],
    [[], [], undefined, undefined],
  );

  const again = startEngine(pair, saved, noon + 10 * second);
  assert.deepEqual(states(again), { A: 'up', B: 'standby' });
  assert.deepEqual(feed(again, up(noon + 11 * second, 'A')), []);
  assert.equal(again.groups.get('G')?.lastActive, 'A');
  assert.equal(again.host.links.get('wan1')?.up, true);
  assert.deepEqual(again.takeDirty().tunnels, [], 'the same SAs again are not worth a write');
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
  assert.deepEqual([...engine.groups.keys()], []);
  assert.deepEqual(engine.takeDirty().forgotten, { tunnels: [], groups: ['G'] });
});

describe('a tunnel that nothing names any more', () => {
  const without = engineConfig({ tunnels: [tunnelConfig('B')] });
  const graceMs = 600 * second;

  test('stays for a while, switched off, and then goes, but for its history', () => {
    const engine = startEngine(pair);
    feed(engine, up(noon, 'A'));
    const moved = engine.configure(without, noon + second).map((change) => short(change));
    assert.deepEqual(moved, ['A: up > disabled (configuration)', 'B: standby > down (group)']);
    assert.equal(engine.tunnels.get('A')?.spec.removedAt, noon + second);
    // It is still followed: its SAs go when charon has unloaded it.
    feed(engine, listing(noon + 2 * second));
    assert.deepEqual(engine.tunnels.get('A')?.sas.childSas, []);
    engine.configure(without, noon + 100 * second);
    assert.equal(engine.wakeAt, noon + second + graceMs);
    engine.takeDirty();
    assert.deepEqual(feed(engine, { kind: 'tick', at: noon + graceMs }), []);
    assert.deepEqual([...engine.tunnels.keys()].toSorted(), ['A', 'B']);
    assert.deepEqual(feed(engine, { kind: 'tick', at: noon + second + graceMs }), []);
    assert.deepEqual([...engine.tunnels.keys()], ['B']);
    assert.deepEqual(engine.takeDirty().forgotten.tunnels, ['A']);
    assert.equal(engine.wakeAt, undefined);
  });

  test('goes on where it was when it comes back in time', () => {
    const engine = startEngine(pair);
    feed(engine, up(noon, 'A'));
    engine.configure(without, noon + second);
    const moved = engine.configure(pair, noon + 60 * second).map((change) => short(change));
    assert.ok(moved.includes('A: disabled > up (configuration)'), moved.join());
    const { spec, counters } = engine.tunnels.get('A')!;
    assert.equal(spec.removedAt, undefined);
    assert.deepEqual(counters.transitions, { up: 2, disabled: 1 });
    assert.equal(engine.wakeAt, undefined);
  });

  test('a restart in the middle does not lengthen its time; one while nobody ran begins it', () => {
    const before = startEngine(pair);
    feed(before, up(noon, 'A'));
    const saved: SavedState = JSON.parse(JSON.stringify(before.takeDirty()));
    before.configure(without, noon + second);
    const dirty = before.takeDirty();
    const later = { ...saved, tunnels: [...saved.tunnels.slice(1), ...dirty.tunnels] };
    const again = startEngine(without, JSON.parse(JSON.stringify(later)), noon + 300 * second);
    assert.equal(again.wakeAt, noon + second + graceMs);
    assert.equal(again.tunnels.get('A')?.state, 'disabled');
    const late = startEngine(without, JSON.parse(JSON.stringify(later)), noon + 900 * second);
    assert.deepEqual([...late.tunnels.keys()], ['B']);
    const unaware = startEngine(without, saved, noon + 900 * second);
    assert.equal(unaware.wakeAt, noon + 900 * second + graceMs);
  });

  test('is gone at once where another one has taken its name, or where charon alone knew of it', () => {
    const engine = startEngine(pair);
    const renamed = { ...without, tunnels: [tunnelConfig('a'), tunnelConfig('B')] };
    engine.configure(renamed, noon);
    assert.deepEqual([...engine.tunnels.keys()].toSorted(), ['B', 'a']);
    const discovered = startEngine(engineConfig());
    const connections = [loadedConnection('gw', ['net'])];
    feed(discovered, listing(noon, { connections }));
    discovered.configure(engineConfig({ discover: false }), noon + second);
    assert.deepEqual([...discovered.tunnels.keys()], []);
  });
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
