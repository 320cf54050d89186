import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasWildcards, matchesWildcards } from '../../../src/sources/wildcards.ts';

const cases: readonly (readonly [pattern: string, yes: string, no: string])[] = [
  ['*.conf', 'a.conf', 'a.conf~'],
  ['*', 'anything', '.hidden'],
  ['.*', '.hidden', 'shown'],
  ['a?c', 'abc', 'ac'],
  ['[a-c]x', 'bx', 'dx'],
  ['[!a-c]x', 'dx', 'bx'],
  ['[^a]', 'b', 'a'],
  ['[]a]', ']', 'b'],
  ['[abc', '[abc', 'a'],
  ['a\\*b', 'a*b', 'axb'],
  ['a\\', 'a\\', 'a'],
  ['a*b*c', 'a1b2b3c', 'a1c2b'],
  ['**a', 'xa', 'xb'],
  ['a.b', 'a.b', 'axb'],
  ['', '', 'a'],
];

test('patterns of glob(7)', () => {
  for (const [pattern, yes, no] of cases) {
    assert.equal(matchesWildcards(yes, pattern), true, `${pattern} matches ${yes}`);
    assert.equal(matchesWildcards(no, pattern), false, `${pattern} does not match ${no}`);
  }
  assert.deepEqual(['a.conf', '*.conf', 'a?', '[a'].map(hasWildcards), [false, true, true, true]);
});

test('many stars take no longer than both lengths multiplied', () => {
  const startedAt = performance.now();
  assert.equal(matchesWildcards('a'.repeat(4000), `${'*a'.repeat(500)}b`), false);
  assert.ok(performance.now() - startedAt < 2000);
});
