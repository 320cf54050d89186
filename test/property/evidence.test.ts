import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidenceText } from '../../src/events/evidence.ts';

const key = /[0-9a-f]{32,}|(?:[0-9a-f]{2}[ :]){15,}[0-9a-f]{2}/i;
const dump = /(?:^|[\]>])\s*\d{1,9}: (?:[0-9A-F]{2} )+/;
const odd = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

const piece = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{1,40}$/),
  fc.stringMatching(/^(?:[0-9A-F]{2}[ :]){1,20}$/),
  fc.stringMatching(/^[\]> 0-9:]{1,8}$/),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

test('whatever stands around it, no key, dump or control character is left in evidence', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = evidenceText(pieces.join(''));
      for (const secret of [key, dump, odd]) assert.doesNotMatch(text, secret);
    }),
    { numRuns: 2000 },
  );
});
