import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InventoryTunnel } from '../../../../src/events/inventory.ts';
import { SubnetPairs } from '../../../../src/parsers/inventory/subnet-pairs.ts';
import { inventoryTunnel } from '../../../helpers/inventory.ts';

function pair(name: string, remote: string, more = {}) {
  const selectors = [{ local: [name], remote: ['10.0.0.0/8'] }];
  return inventoryTunnel(name, { remote, children: [name], selectors, ...more });
}

function joined(tunnels: readonly InventoryTunnel[]) {
  const pairs = new SubnetPairs();
  for (const tunnel of tunnels) pairs.add(tunnel);
  return [...pairs.joined()];
}

const names = (tunnels: readonly InventoryTunnel[]) => joined(tunnels).map(({ name }) => name);

test('pairs with the same ends are one tunnel, in the place of the first', () => {
  const tunnels = joined([
    pair('Osaka-1', 'a', { enabled: false }),
    inventoryTunnel('Other'),
    pair('osaka-2', 'a', { role: 'initiator' }),
  ]);
  assert.deepEqual(
    tunnels.map(({ name }) => name),
    ['Osaka', 'Other'],
  );
  const [osaka] = tunnels;
  assert.deepEqual(osaka?.children, ['Osaka-1', 'osaka-2']);
  assert.deepEqual(
    osaka?.selectors.map(({ local }) => local),
    [['Osaka-1'], ['osaka-2']],
  );
  assert.deepEqual([osaka?.enabled, osaka?.role], [true, 'initiator']);
});

test('names alone prove nothing', () => {
  assert.deepEqual(names([pair('Branch-1', 'a'), pair('Branch-2', 'b')]), ['Branch-1', 'Branch-2']);
  assert.deepEqual(names([pair('Branch-1', 'a')]), ['Branch-1']);
  const two = ['a', 'a', 'b', 'b'].map((remote, i) => pair(`Branch-${i}`, remote));
  assert.equal(names(two).length, 4);
  assert.deepEqual(names([pair('X-1', 'a'), pair('X-2', 'a'), inventoryTunnel('x')]), [
    'X-1',
    'X-2',
    'x',
  ]);
});

test('a file of its own does', () => {
  const origin = '/tmp/ipsec/connections/Nagoya.conf';
  assert.deepEqual(names([pair('Nagoya-1', 'a', { origin })]), ['Nagoya']);
  assert.deepEqual(names([pair('Nagoya-1', 'a', { origin: 'nagoya.conf' })]), ['Nagoya']);
  assert.deepEqual(names([pair('Agoya-1', 'a', { origin })]), ['Agoya-1']);
});
