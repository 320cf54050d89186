import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineShapes, patternOf } from '../../../src/offline/line-shapes.ts';
import { compileUserPatterns } from '../../../src/parsers/user-patterns.ts';

const patterns: readonly (readonly [message: string, pattern: string | undefined])[] = [
  ['Gateway GW_1 is DEAD', 'Gateway GW_<:int> is DEAD'],
  ['peer 192.0.2.7[4500] has left', 'peer <:host>[<:int>] has left'],
  ['peer 2001:db8::7 has left', 'peer <:host> has left'],
  ['route 10.0.0.0/24 via fe80::1', 'route <:host>/<:int> via <:host>'],
  ["user 'alice' is not 'bob'", "user '<:any>' is not '<:any>'"],
  ['flags 0x1f, SPI c99323ca', 'flags 0x<:hex>, SPI <:hex>'],
  ['at 12:34:56 of 2026-11-23', 'at <:int>:<:int>:<:int> of <:int>-<:int>-<:int>'],
  ['a <b> c', 'a <:any> c'],
  ['a \u001b[31m c', 'a <:any>[<:int>m c'],
  ['two <a><b> in a row', 'two <:any>'],
  ['/usr/sbin/pppd died', undefined],
  ['12 34', undefined],
  ['', undefined],
  [`x ${'y'.repeat(500)}`, `x ${'y'.repeat(238)}<:any>`],
];

for (const [message, pattern] of patterns) {
  test(`the pattern of ${JSON.stringify(message.slice(0, 40))}`, () => {
    assert.equal(patternOf(message), pattern);
  });
}

test('whatever the message, its pattern is one of the configuration and fits it', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    "'",
    '"',
    ' ',
    ':',
    '/',
    '\n',
    '\u202e',
    '0x',
    'ab',
    '12',
  );
  const message = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(message, (text) => {
      const pattern = patternOf(text);
      if (pattern === undefined) return;
      assert.doesNotMatch(pattern, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      const compiled = compileUserPatterns([{ code: 'unknown.shape_1', pattern }]);
      assert.ok(compiled.ok);
      const [rule] = compiled.rules;
      const { exact, regexp } = rule!.pattern;
      assert.ok(exact === undefined ? regexp.test(text) : exact === text);
    }),
  );
});

const line = (message: string, number = 1) => ({
  file: 'charon.log',
  number,
  text: `2026-11-23 11:50:27 05[IKE] <a|1> ${message}`,
  message,
});

test('lines are counted by shape, the most frequent first', () => {
  const shapes = new LineShapes();
  shapes.add(line('once', 1));
  shapes.add(line('number 1', 2));
  shapes.add(line('number 22', 3));
  const [first, second] = shapes.shapes;
  assert.deepEqual(first, {
    group: 'IKE',
    pattern: 'number <:int>',
    count: 2,
    example: '2026-11-23 11:50:27 05[IKE] <a|1> number 1',
    file: 'charon.log',
    line: 2,
  });
  assert.equal(second?.pattern, 'once');
  assert.equal(shapes.otherLines, 0);
});

test('of shapes without end the frequent ones are kept, and every line is counted', () => {
  const shapes = new LineShapes();
  const word = (index: number): string =>
    `w${index.toString(26).replaceAll(/\d/g, (d) => 'qrstuvwxyz'[Number(d)] ?? '')}`;
  for (let index = 0; index < 10_000; index += 1) {
    shapes.add(line(word(index)));
    shapes.add(line('frequent'));
  }
  assert.equal(shapes.shapes[0]?.count, 10_000);
  assert.ok(shapes.shapes.length <= 2_000);
  const kept = shapes.shapes.reduce((sum, { count }) => sum + count, 0);
  assert.equal(kept + shapes.otherLines, 20_000);
});
