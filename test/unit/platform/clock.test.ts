import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOf, isoTime, parseIsoTime, systemClock } from '../../../src/platform/clock.ts';
import { until } from '../../helpers/until.ts';

test('wall clock and monotonic clock run alike', () => {
  const [wall, monotonic] = [systemClock.now(), systemClock.monotonicMs()];
  assert.ok(Math.abs(wall - Date.now()) < 1000);
  assert.ok(systemClock.monotonicMs() >= monotonic);
});

test('a timer goes off once, unless it is called off', async () => {
  const seen: string[] = [];
  systemClock.after(1, () => seen.push('a'));
  systemClock.after(1, () => seen.push('never')).cancel();
  systemClock.after(20, () => seen.push('b'));
  await until('both', () => seen.length === 2);
  assert.deepEqual(seen, ['a', 'b']);
});

test('a delay beyond what timers take waits, and does not go off at once', async () => {
  let gone = false;
  const timer = systemClock.after(Number.MAX_SAFE_INTEGER, () => {
    gone = true;
  });
  let later = false;
  systemClock.after(20, () => {
    later = true;
  });
  await until('a later timer', () => later);
  timer.cancel();
  assert.equal(gone, false);
});

test('a repeated timer goes on until it is called off, from inside as well', async () => {
  let count = 0;
  const timer = systemClock.every(1, () => {
    count += 1;
    if (count === 3) timer.cancel();
  });
  let later = false;
  await until('three', () => count === 3);
  systemClock.after(20, () => {
    later = true;
  });
  await until('a later timer', () => later);
  assert.equal(count, 3);
  systemClock.every(1, () => assert.fail('called off')).cancel();
});

test('a breath is a turn of the event loop', async () => {
  const seen: string[] = [];
  setImmediate(() => seen.push('others'));
  await systemClock.breathe();
  assert.deepEqual(seen, ['others']);
});

test('times as text, and as libraries want them', () => {
  const at = Date.UTC(2026, 10, 23, 12, 0, 0, 5);
  assert.equal(isoTime(at), '2026-11-23T12:00:00.005Z');
  assert.equal(parseIsoTime('2026-11-23T12:00:00.005Z'), at);
  assert.ok(Number.isNaN(parseIsoTime('yesterday')));
  assert.equal(dateOf(at).getTime(), at);
});
