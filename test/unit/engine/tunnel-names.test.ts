import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TunnelNames } from '../../../src/engine/tunnel-names.ts';

const names = new TunnelNames();
names.add('Osaka', ['osaka-vpn']);
names.add('Site-1', []);
names.add('Late', ['Osaka']);

const cases: readonly [string, string | undefined][] = [
  ['Osaka', 'Osaka'],
  ['OSAKA', 'Osaka'],
  ['Osaka-1', 'Osaka'],
  ['Osaka-12', 'Osaka'],
  ['osaka-VPN-3', 'Osaka'],
  ['Site-1', 'Site-1'],
  ['Site-1-2', 'Site-1'],
  ['Site-2', undefined],
  ['Osaka-', undefined],
  ['Osaka-1-1', undefined],
  ['Osaka-1234567', undefined],
  ['stranger', undefined],
];
for (const [name, tunnel] of cases) {
  test(`${name} belongs to ${tunnel ?? 'nobody'}`, () => assert.equal(names.find(name), tunnel));
}

test('a child is found by its own name first, then by its connection', () => {
  assert.equal(names.findChild('Site-1-2', 'Osaka-1'), 'Site-1');
  assert.equal(names.findChild('net', 'Osaka-1'), 'Osaka');
  assert.equal(names.findChild('net', undefined), undefined);
});
