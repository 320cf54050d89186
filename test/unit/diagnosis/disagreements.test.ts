import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disagreements } from '../../../src/diagnosis/disagreements.ts';
import { loadedConnection } from '../../helpers/events.ts';
import { inventoryFile, inventoryTunnel } from '../../helpers/inventory.ts';

const file = inventoryFile({
  tunnels: [
    inventoryTunnel('Sendai', { remote: '198.51.100.7' }),
    inventoryTunnel('Kobe', { connections: ['to-kobe'] }),
    inventoryTunnel('Naha', { enabled: false }),
  ],
});

function found(...loaded: readonly ReturnType<typeof loadedConnection>[]): readonly string[] {
  return disagreements([file], loaded).map(
    ({ code, subjects, detail }) => `${code} ${subjects.join()}: ${detail}`,
  );
}

test('nothing to compare with', () => {
  assert.deepEqual(found(), []);
  assert.deepEqual(disagreements([], [loadedConnection('X', [])]), []);
});

test('names of SFOS, names of their own', () => {
  assert.deepEqual(
    found(
      loadedConnection('sendai-1', [], { remote: ['198.51.100.7'] }),
      loadedConnection('to-kobe', ['net'], { remote: ['198.51.100.9'] }),
    ),
    [],
  );
});

test('in the export only, in charon only, and with another address', () => {
  assert.deepEqual(
    found(
      loadedConnection('Sendai-1', ['Sendai-1'], { remote: ['198.51.100.8'] }),
      loadedConnection('by-hand', ['net'], { remote: [] }),
    ),
    [
      'address-differs Sendai: remote gateway: 198.51.100.7 in Entities.xml, 198.51.100.8 in charon',
      'not-loaded Kobe: only in Entities.xml',
      'not-in-inventory by-hand: loaded in charon only',
    ],
  );
  assert.deepEqual(found(loadedConnection('Sendai-1', ['Sendai-1'], { remote: [] })), [
    'not-loaded Kobe: only in Entities.xml',
  ]);
});
