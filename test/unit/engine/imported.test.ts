import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withImported } from '../../../src/engine/imported.ts';
import { buildInventory } from '../../../src/engine/inventory.ts';
import { engineConfig, tunnelConfig } from '../../helpers/engine.ts';
import { loadedConnection } from '../../helpers/events.ts';
import { inventoryFile, inventoryTunnel } from '../../helpers/inventory.ts';

const sendai = inventoryTunnel('Sendai', {
  role: 'initiator',
  interface: 'Port2',
  remote: '198.51.100.7',
  localId: 'here.example',
  remoteId: 'there.example',
  version: 1,
  profile: 'Branches',
  children: ['Sendai-1', 'Sendai-2'],
});
const group = (name: string, ...members: readonly string[]) => {
  return { name, origin: 'Entities.xml', members, automaticFailback: undefined };
};

test('a tunnel of a file is there although nobody configured or loaded it', () => {
  const config = withImported(engineConfig(), [inventoryFile({ tunnels: [sendai] })]);
  assert.deepEqual(buildInventory(config, []).specs.get('Sendai'), {
    name: 'Sendai',
    enabled: true,
    role: 'initiator',
    group: undefined,
    interface: 'Port2',
    local: undefined,
    remote: '198.51.100.7',
    localId: 'here.example',
    remoteId: 'there.example',
    version: 1,
    profile: 'Branches',
    children: ['Sendai-1', 'Sendai-2'],
  });
});

test('the configuration wins key by key, and the first of two files', () => {
  const own = { role: 'responder', children: ['net'], connections: ['gw'] } as const;
  const config = withImported(engineConfig({ tunnels: [tunnelConfig('SENDAI', own)] }), [
    inventoryFile({ tunnels: [{ ...sendai, connections: ['other'] }] }),
    inventoryFile({ tunnels: [{ ...sendai, remote: '203.0.113.9', local: '192.0.2.1' }] }),
  ]);
  const [tunnel, ...others] = config.tunnels;
  assert.deepEqual(others, []);
  const { name, role, connections, children, remote, local } = tunnel ?? {};
  assert.deepEqual(
    { name, role, connections, children, remote, local },
    { name: 'SENDAI', ...own, remote: '198.51.100.7', local: '192.0.2.1' },
  );
});

test('how many children there are charon knows better than an export', () => {
  const config = withImported(engineConfig(), [inventoryFile({ tunnels: [sendai] })]);
  const { specs } = buildInventory(config, [loadedConnection('Sendai-1', ['Sendai-1'])]);
  assert.deepEqual(specs.get('Sendai')?.children, ['Sendai-1']);
  assert.equal(specs.get('Sendai')?.localId, 'here.example');
});

describe('groups of files', () => {
  const tunnels = ['A', 'B', 'C'].map((name) => inventoryTunnel(name));
  const groupsOf = (
    config: Parameters<typeof engineConfig>[0],
    ...groups: readonly ReturnType<typeof group>[]
  ) =>
    withImported(engineConfig(config), [inventoryFile({ tunnels, groups })]).groups.map(
      ({ name, members }) => [name, ...members],
    );

  test('with the names of the tunnels', () => {
    assert.deepEqual(groupsOf({}, group('G', 'a', 'B')), [['G', 'A', 'B']]);
  });
  test('the configuration’s group of that name, and its members, stay as they are', () => {
    const configured = {
      tunnels: [tunnelConfig('A'), tunnelConfig('C')],
      groups: [{ name: 'g', enabled: true, members: ['A', 'C'] }],
    };
    assert.deepEqual(groupsOf(configured, group('G', 'A', 'B'), group('H', 'A', 'B')), [
      ['g', 'A', 'C'],
    ]);
  });
  test('one that is too small, or shares a member, does no harm', () => {
    assert.deepEqual(
      groupsOf({}, group('G', 'A'), group('H', 'A', 'nobody'), group('I', 'A', 'B')),
      [['I', 'A', 'B']],
    );
    assert.deepEqual(groupsOf({}, group('G', 'A', 'B'), group('H', 'B', 'C')), [['G', 'A', 'B']]);
  });
});

describe('connections of strongSwan', () => {
  const pair = (name: string) => inventoryTunnel(name, { children: [name], remote: '192.0.2.9' });
  const namesOf = (...names: readonly string[]) =>
    withImported(engineConfig({ tunnels: [tunnelConfig('Osaka')] }), [
      inventoryFile({ tunnels: names.map(pair) }),
    ]).tunnels.map(({ name, remote }) => [name, remote]);

  test('X-1 belongs to a tunnel X that is known', () => {
    assert.deepEqual(namesOf('osaka-1', 'osaka-2'), [['Osaka', '192.0.2.9']]);
    assert.deepEqual(namesOf('Kobe-1'), [
      ['Osaka', undefined],
      ['Kobe-1', '192.0.2.9'],
    ]);
  });

  test('but not where it is a tunnel of its own', () => {
    const own = engineConfig({ tunnels: [tunnelConfig('Osaka'), tunnelConfig('Osaka-1')] });
    const file = inventoryFile({ tunnels: [pair('Osaka-1')] });
    assert.deepEqual(
      withImported(own, [file]).tunnels.map(({ remote }) => remote),
      [undefined, '192.0.2.9'],
    );
    const exported = inventoryFile({ tunnels: [inventoryTunnel('Osaka-1')] });
    assert.equal(
      withImported(engineConfig({ tunnels: [tunnelConfig('Osaka')] }), [exported]).tunnels.length,
      2,
    );
  });
});
