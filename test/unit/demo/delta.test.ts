import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { applyDelta, createDelta } from '../../../src/demo/delta.ts';
import type { Delta } from '../../../src/demo/delta.ts';

void suite('delta', () => {
  const cases: readonly (readonly [string, string, string, Delta])[] = [
    ['nothing of nothing', '', '', []],
    ['everything is new', '', 'a\nb\n', ['a\nb\n']],
    ['nothing is left', 'a\nb\n', '', [-2]],
    ['the same', 'a\nb\n', 'a\nb\n', [2]],
    ['a line in the middle', 'a\nb\nc\n', 'a\nx\nc\n', [1, -1, 'x\n', 1]],
    ['between commas', '{"a":1,"b":2,"c":3}', '{"a":1,"b":5,"c":3}', [1, -1, '"b":5,', 1]],
    ['moved', 'a\nb\nc', 'c\na\nb\n', ['c\n', 2, -1]],
  ];
  for (const [name, old, text, delta] of cases) {
    test(name, () => {
      assert.deepEqual(createDelta(old, text), delta);
      assert.equal(applyDelta(old, delta), text);
    });
  }

  test('any text comes back', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ',', '\n')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (old, now) => applyDelta(old, createDelta(old, now)) === now),
    );
  });
});
