import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInventory } from '../../../src/engine/inventory.ts';
import { engineConfig, tunnelConfig } from '../../helpers/engine.ts';
import { loadedConnection } from '../../helpers/events.ts';

test('a connection of SFOS belongs to the configured tunnel, with all its children', () => {
  const config = engineConfig({ tunnels: [tunnelConfig('Osaka', { role: 'initiator' })] });
  const { specs } = buildInventory(config, [loadedConnection('Osaka-1', ['Osaka-1', 'Osaka-2'])]);
  assert.deepEqual([...specs.keys()], ['Osaka']);
  assert.deepEqual(specs.get('Osaka'), {
    name: 'Osaka',
    enabled: true,
    role: 'initiator',
    group: undefined,
    interface: undefined,
    local: '192.0.2.1',
    remote: '198.51.100.1',
    localId: 'hq',
    remoteId: 'branch',
    version: 2,
    profile: undefined,
    children: ['Osaka-1', 'Osaka-2'],
  });
});

test('what the operator configured wins over what charon has loaded', () => {
  const own = {
    children: ['Osaka-1'],
    local: '203.0.113.1',
    remote: '203.0.113.2',
    interface: 'Port2',
  };
  const config = engineConfig({
    tunnels: [tunnelConfig('Osaka', own), tunnelConfig('Kyoto')],
    groups: [{ name: 'Kansai', enabled: true, members: ['Osaka', 'Kyoto'] }],
  });
  const { specs } = buildInventory(config, [loadedConnection('Osaka-1', ['Osaka-1', 'Osaka-2'])]);
  const { children, local, remote, interface: link, group } = specs.get('Osaka') ?? {};
  assert.deepEqual({ children, local, remote, interface: link }, own);
  assert.equal(group, 'Kansai');
  assert.deepEqual(specs.get('Kyoto')?.children, []);
});

test('a connection that nobody configured becomes a tunnel, unless that is not wanted', () => {
  const loaded = [loadedConnection('gw', ['net', 'dmz'])];
  assert.deepEqual(buildInventory(engineConfig(), loaded).specs.get('gw')?.children, [
    'net',
    'dmz',
  ]);
  assert.equal(buildInventory(engineConfig({ discover: false }), loaded).specs.size, 0);
});

test('a connection without a child makes no tunnel', () => {
  assert.equal(buildInventory(engineConfig(), [loadedConnection('empty', [])]).specs.size, 0);
});

const anywhere = [
  ['%any'],
  ['0.0.0.0'],
  ['::'],
  ['198.51.100.0/24'],
  ['a.example', 'b.example'],
  [],
];
for (const remote of anywhere) {
  test(`a connection that expects ${JSON.stringify(remote)} can only respond`, () => {
    const { specs } = buildInventory(engineConfig(), [loadedConnection('rw', ['rw'], { remote })]);
    assert.deepEqual([specs.get('rw')?.role, specs.get('rw')?.remote], ['responder', undefined]);
  });
}

test('tunnels whose connections charon has merged share the IKE_SA of the first', () => {
  const config = engineConfig({ tunnels: [tunnelConfig('A'), tunnelConfig('B')] });
  const { specs, sharers } = buildInventory(config, [loadedConnection('A', ['A', 'B'])]);
  assert.deepEqual([...(sharers.get('a') ?? [])], ['A', 'B']);
  assert.deepEqual(specs.get('B')?.children, ['B']);
});
