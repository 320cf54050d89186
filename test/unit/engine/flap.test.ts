import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFlapping, nextFlaps } from '../../../src/engine/flap.ts';

test('only what is inside the window counts', () => {
  let times: readonly number[] = [];
  for (const at of [0, 40, 80]) times = nextFlaps(times, at, 100, 3);
  assert.equal(isFlapping(times, 99, 100, 3), true);
  assert.equal(isFlapping(times, 100, 100, 3), false);
});

test('no more is kept than is needed', () => {
  let times: readonly number[] = [];
  for (let at = 0; at < 50; at += 1) times = nextFlaps(times, at, 100, 3);
  assert.deepEqual(times, [47, 48, 49]);
});
