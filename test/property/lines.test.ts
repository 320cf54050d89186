import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLineSplitter } from '../../src/parsers/lines.ts';

const longest = 16;

/** Bytes of which many are newlines, carriage returns, NULs, or parts of characters. */
const byte = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0x61, 0x62, 0x20) },
  { weight: 2, arbitrary: fc.constantFrom(0x0a, 0x0d, 0x00, 0xc3, 0xa4, 0xe6, 0xff) },
  fc.integer({ min: 0, max: 255 }),
);
const bytes = fc.array(byte, { maxLength: 120 }).map((list) => Buffer.from(list));

/** Where to cut, as shares of what is left. */
const cuts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 });

function chunksOf(data: Buffer, sizes: readonly number[]): readonly string[] {
  const text = data.toString('latin1');
  let start = 0;
  const chunks = sizes.map((size) => text.slice(start, (start += size)));
  return [...chunks, text.slice(start)];
}

/** What the lines of some bytes are, said in another way. */
function linesOf(data: Buffer): readonly string[] {
  return data
    .toString('latin1')
    .split('\n')
    .map((line) => line.replace(/^\0+/, '').slice(0, longest).replace(/\r$/, ''))
    .map((line) => new TextDecoder().decode(Buffer.from(line, 'latin1')));
}

test('any chunking of any bytes gives the same lines', () => {
  fc.assert(
    fc.property(bytes, cuts, (data, sizes) => {
      const splitter = createLineSplitter(longest);
      const lines = chunksOf(data, sizes).flatMap((chunk) => splitter.push(chunk));
      const ended = data.at(-1) === 0x0a || data.length === 0;
      assert.deepEqual([...lines, ...splitter.flush(), ...(ended ? [''] : [])], linesOf(data));
    }),
    { numRuns: 5000 },
  );
});

test('after every chunk the offset is exactly behind the last newline', () => {
  fc.assert(
    fc.property(bytes, cuts, (data, sizes) => {
      const splitter = createLineSplitter(longest);
      let position = 0;
      let count = 0;
      for (const chunk of chunksOf(data, sizes)) {
        count += splitter.push(chunk).length;
        position += chunk.length;
        const seen = data.subarray(0, position);
        assert.equal(position - splitter.pendingBytes, seen.lastIndexOf(0x0a) + 1);
        assert.equal(count, seen.filter((one) => one === 0x0a).length);
      }
    }),
    { numRuns: 5000 },
  );
});

test('nothing grows beyond the cap, and what is cut is counted to the byte', () => {
  fc.assert(
    fc.property(bytes, cuts, (data, sizes) => {
      const splitter = createLineSplitter(longest);
      const lines = chunksOf(data, sizes).flatMap((chunk) => splitter.push(chunk));
      const rest = splitter.flush();
      assert.ok([...lines, ...rest].every(({ length }) => length <= longest));
      const raw = data.toString('latin1').split('\n');
      const kept = raw.map((line) => Math.min(longest, line.replace(/^\0+/, '').length));
      const all = raw.reduce((sum, line) => sum + line.length, 0);
      assert.equal(splitter.cutBytes, all - kept.reduce((sum, length) => sum + length, 0));
    }),
    { numRuns: 5000 },
  );
});

test('a line without an end takes no more memory than a cut one', () => {
  const splitter = createLineSplitter(longest);
  const chunk = 'x'.repeat(65_536);
  for (let i = 0; i < 1000; i += 1) splitter.push(chunk);
  assert.equal(splitter.pendingBytes, 65_536_000);
  assert.deepEqual(splitter.push('\nnext\n'), ['x'.repeat(longest), 'next']);
});
