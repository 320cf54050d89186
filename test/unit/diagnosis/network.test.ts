import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlaps, parseNetwork } from '../../../src/diagnosis/network.ts';

const same: readonly (readonly [string, string])[] = [
  ['10.1.2.3/16', '10.1.0.0/16'],
  ['10.1.2.3', '10.1.2.3/32'],
  ['10.0.0.0/24', '10.0.0.0..10.0.0.255'],
  ['10.0.0.0/24', '10.0.0.0-10.0.0.255'],
  ['192.168.1.0/24[tcp/http]', '192.168.1.0/24'],
  ['fd00::/64', 'fd00:0:0:0::/64'],
  ['fd00::1', 'fd00:0:0:0:0:0:0:1/128'],
  ['fe80::1%wan1/64', 'fe80::/64'],
  ['::/0', '0:0:0:0:0:0:0:0/0'],
];
for (const [a, b] of same) {
  test(`${a} is ${b}`, () => {
    assert.notEqual(parseNetwork(a), undefined);
    assert.deepEqual(parseNetwork(a), parseNetwork(b));
  });
}

const none = [
  '',
  'dynamic',
  '%any',
  '10.0.0.0/33',
  '10.0.0.0/x',
  '10.0.0/8',
  '256.0.0.1',
  '10.0.0.1-x',
  'x-10.0.0.1',
  '10.0.0.1-fd00::1',
  'fd00::1::2',
  'fd00:1',
  '1:2:3:4:5:6:7:8::',
  'fg00::1',
  'fd00::/129',
];
for (const text of none) {
  test(`${JSON.stringify(text)} is no network`, () => assert.equal(parseNetwork(text), undefined));
}

test('networks overlap within one version of IP', () => {
  const overlap = (a: string, b: string): boolean => {
    const [one, other] = [parseNetwork(a), parseNetwork(b)];
    assert.ok(one !== undefined && other !== undefined);
    assert.equal(overlaps(one, other), overlaps(other, one));
    return overlaps(one, other);
  };
  assert.ok(overlap('192.168.0.1/24', '192.168.0.6/24'));
  assert.ok(overlap('192.168.0.1/16', '192.168.0.6/24'));
  assert.ok(!overlap('192.168.0.1/24', '192.168.1.6/24'));
  assert.ok(!overlap('0.0.0.0/0', '::/0'));
});
