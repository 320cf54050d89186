import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineSplitter } from '../../../src/parsers/lines.ts';

/** What a splitter makes of chunks: the lines of each, then what waits and what was cut. */
function split(longest: number, ...chunks: readonly string[]) {
  const splitter = createLineSplitter(longest);
  const lines = chunks.map((chunk) => splitter.push(chunk));
  const { pendingBytes, cutBytes } = splitter;
  return { lines, pendingBytes, cutBytes, rest: splitter.flush() };
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

for (const { what, chunks, lines, rest = [], pending = 0, cut = 0 } of [
  { what: 'nothing', chunks: [''], lines: [[]] },
  { what: 'lines of one chunk', chunks: ['a\nb\n'], lines: [['a', 'b']] },
  { what: 'an empty line', chunks: ['\n\n'], lines: [['', '']] },
  { what: 'a line over two chunks', chunks: ['a', 'b\nc\n'], lines: [[], ['ab', 'c']] },
  { what: 'a half line', chunks: ['a\nbc'], lines: [['a']], rest: ['bc'], pending: 2 },
  { what: 'CRLF', chunks: ['a\r\nb\r', '\n'], lines: [['a'], ['b']] },
  { what: 'a CR inside of a line', chunks: ['a\rb\n'], lines: [['a\rb']] },
  { what: 'a CR that waits', chunks: ['a\r'], lines: [[]], rest: ['a'], pending: 2 },
  {
    what: 'UTF-8 that a chunk breaks up',
    chunks: [latin1('Ä').slice(0, 1), `${latin1('Ä').slice(1)}\n`],
    lines: [[], ['Ä']],
  },
  { what: 'bytes that are no UTF-8', chunks: ['\xff\xfe\n'], lines: [['\uFFFD\uFFFD']] },
  { what: 'a line of just the longest length', chunks: ['12345678\n'], lines: [['12345678']] },
  { what: 'a longer one', chunks: ['123456789\nb\n'], lines: [['12345678', 'b']], cut: 1 },
  {
    what: 'a longer one that waits',
    chunks: ['1234567', '8901', '23'],
    lines: [[], [], []],
    rest: ['12345678'],
    pending: 13,
    cut: 5,
  },
  { what: 'a hole before a line', chunks: ['\0\0', '\0a\0b\n'], lines: [[], ['a\0b']], cut: 3 },
  { what: 'nothing but a hole', chunks: ['\0\0'], lines: [[]], rest: [''], pending: 2, cut: 2 },
]) {
  test(what, () => {
    assert.deepEqual(split(8, ...chunks), { lines, pendingBytes: pending, cutBytes: cut, rest });
  });
}

test('after a flush it begins anew', () => {
  const splitter = createLineSplitter(8);
  splitter.push('ab');
  assert.deepEqual(splitter.flush(), ['ab']);
  assert.deepEqual(splitter.flush(), []);
  assert.equal(splitter.pendingBytes, 0);
  assert.deepEqual(splitter.push('c\n'), ['c']);
});
