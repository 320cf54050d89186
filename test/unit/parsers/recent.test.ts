import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from '../../../src/parsers/recent.ts';

test('the last 512 are remembered for sure, and 1024 at most', () => {
  const recent = new Recent<number>();
  const count = 2_000;
  for (let i = 0; i < count; i += 1) recent.set(`text ${i}`, i);
  const known = (i: number): boolean => recent.get(`text ${i}`) === i;
  for (let i = count - 512; i < count; i += 1) assert.ok(known(i), `text ${i}`);
  assert.ok(!known(count - 1_025));
  assert.equal(recent.get('nothing'), undefined);
});

test('what is asked for again and again stays', () => {
  const recent = new Recent<number>();
  recent.set('again', -1);
  for (let i = 0; i < 10_000; i += 1) {
    recent.set(`text ${i}`, i);
    if (i % 500 === 0) assert.equal(recent.get('again'), -1);
  }
});
