import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, sizeBytes } from '../../../src/config/quantities.ts';
import { canonicalAddress, hostAndPort, plainPath } from '../../../src/config/values.ts';

test('quantities', () => {
  assert.deepEqual(
    ['250ms', '3s', '5m', '36h', '90d', '007s'].map((text) => durationMs(text)),
    [250, 3000, 300_000, 129_600_000, 7_776_000_000, 7000],
  );
  assert.deepEqual(
    ['1MiB', '2GiB'].map((text) => sizeBytes(text)),
    [1_048_576, 2_147_483_648],
  );
});

test('addresses and paths', () => {
  assert.deepEqual(hostAndPort('[2001:db8::1]:80'), { host: '2001:db8::1', port: 80 });
  assert.deepEqual(
    [
      '203.0.113.10',
      '2001:DB8:0:0::1',
      '::',
      '1.2.3',
      '01.2.3.4',
      '1.2.3.4.5',
      '[::1]',
      'fe80::1%eth0',
    ].map((address) => canonicalAddress(address)),
    ['203.0.113.10', '2001:db8::1', '::', ...Array(5).fill(undefined)],
  );
  assert.deepEqual(
    ['/a//b/./c/../d', 'x/../../y', '/', '/../a/'].map((path) => plainPath(path)),
    ['/a/b/d', 'y', '/', '/a'],
  );
});
