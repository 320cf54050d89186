import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTraffic, isStalled, noTraffic } from '../../../src/engine/traffic.ts';
import type { Reading, Traffic } from '../../../src/engine/traffic.ts';
import { noon } from '../../helpers/events.ts';

function read(traffic: Traffic, readings: readonly Reading[], at: number = noon): Traffic {
  return countTraffic(traffic, readings, at, 1);
}

const inbound = (spi: string, bytes: number, packets?: number): Reading => ({
  direction: 'in',
  spi,
  bytes,
  packets,
});
const outbound = (spi: string, bytes: number, packets?: number): Reading => ({
  direction: 'out',
  spi,
  bytes,
  packets,
});

test('an SA that is seen for the first time counts whole, then by what it has grown', () => {
  let traffic = read(noTraffic, [inbound('a', 100, 1), outbound('b', 50, 1)]);
  traffic = read(traffic, [inbound('a', 150, 2), outbound('b', 50, 1)]);
  assert.deepEqual([traffic.bytesIn, traffic.packetsIn, traffic.bytesOut], [150, 2, 50]);
});

test('packets may become known after the bytes', () => {
  const traffic = read(read(noTraffic, [outbound('b', 50)]), [outbound('b', 50, 3)], noon + 10);
  assert.deepEqual([traffic.bytesOut, traffic.packetsOut], [50, 3]);
  const inOnly = read(read(noTraffic, [inbound('a', 50)]), [inbound('a', 50, 3)], noon + 10);
  assert.deepEqual([inOnly.packetsIn, inOnly.unansweredSince], [3, undefined]);
});

test('totals go on across a rekey', () => {
  let traffic = read(noTraffic, [inbound('a', 100)]);
  traffic = read(traffic, [inbound('a', 120), inbound('c', 10)]);
  assert.equal(traffic.bytesIn, 130);
});

test('an old poll that arrives late adds nothing', () => {
  const traffic = read(noTraffic, [inbound('a', 100, 5)]);
  assert.equal(read(traffic, [inbound('a', 90, 4)]), traffic);
});

test('the same SPI in both directions is two counters', () => {
  const traffic = read(noTraffic, [inbound('a', 1), outbound('a', 2)]);
  assert.deepEqual([traffic.bytesIn, traffic.bytesOut], [1, 2]);
});

test('counters of SAs that are gone are kept for a while, not for ever', () => {
  let traffic = noTraffic;
  for (let i = 0; i < 1000; i += 1) traffic = read(traffic, [inbound(`spi${i}`, 10)]);
  assert.equal(traffic.bytesIn, 10_000);
  assert.equal(traffic.meters.length, 67);
  assert.equal(read(traffic, [inbound('spi990', 10)]).bytesIn, 10_000, 'a late closing line');
});

test('a tunnel of many children keeps all of their counters', () => {
  const readings = Array.from({ length: 300 }, (_, i) => inbound(`spi${i}`, 10));
  let traffic = countTraffic(noTraffic, readings, noon, 300);
  traffic = countTraffic(traffic, [inbound('spi7', 11)], noon, 300);
  traffic = countTraffic(traffic, readings, noon, 300);
  assert.equal(traffic.bytesIn, 3001);
});

test('unanswered since the first byte that went out after the last that came in', () => {
  let traffic = read(noTraffic, [inbound('a', 1), outbound('b', 1)], noon);
  assert.equal(traffic.unansweredSince, undefined);
  traffic = read(traffic, [outbound('b', 2)], noon + 10);
  traffic = read(traffic, [outbound('b', 3)], noon + 20);
  assert.deepEqual([traffic.unansweredSince, traffic.lastOutAt], [noon + 10, noon + 20]);
  assert.equal(isStalled(traffic, noon + 109, 100), false);
  assert.equal(isStalled(traffic, noon + 110, 100), true);
  assert.equal(isStalled(traffic, noon + 120, 100), false, 'nothing goes out any more');
  traffic = read(traffic, [inbound('a', 2)], noon + 30);
  assert.equal(traffic.unansweredSince, undefined);
});

test('only what comes in, without an answer, is not a stall', () => {
  const traffic = read(noTraffic, [inbound('a', 5)]);
  assert.deepEqual([traffic.unansweredSince, traffic.lastOutAt], [undefined, undefined]);
  assert.equal(isStalled({ ...traffic, unansweredSince: noon }, noon + 100, 10), false);
});
