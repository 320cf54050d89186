import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8, isAscii } from '../../../src/parsers/utf8.ts';

test('ASCII or not, however long', () => {
  for (const length of [0, 1, 65_536, 65_537, 200_000]) {
    assert.equal(isAscii('a'.repeat(length)), true, `${length}`);
    assert.equal(isAscii(`${'a'.repeat(length)}\u007f`), true, `${length}`);
    assert.equal(isAscii(`${'a'.repeat(length)}\u0080`), false, `${length}`);
    // As many bytes as there is room for, though not all of the text.
    assert.equal(isAscii('\u00ff'.repeat(length + 1)), false, `${length}`);
  }
});

test('bytes become the text that they are in UTF-8', () => {
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  for (const text of ['', 'IKE_SA', '大阪', 'Zürich', '🔑']) {
    assert.equal(decodeUtf8(bytes(text)), text);
  }
  assert.equal(decodeUtf8('\u00e5\u00a4'), '\uFFFD');
});
