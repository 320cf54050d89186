import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { getHeapSnapshot } from 'node:v8';
import { parseXfrmStates } from '../../../src/parsers/xfrm-state.ts';

const recording = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/xfrm', name), 'utf8');

function keysOf(name: string): readonly string[] {
  const keys = recording(name).match(/(?<= 0x)[0-9a-f]{32,}/g) ?? [];
  assert.ok(keys.length > 40);
  return keys;
}

// The first test of this file: no other may have had the keys in this process's memory.
test('no key stays in memory with the result', async () => {
  const result = parseXfrmStates(recording('up-state-s.txt'));
  const snapshot = Buffer.concat(await getHeapSnapshot().toArray()).toString();
  assert.ok(snapshot.includes('rfc4106(gcm(aes))'));
  for (const key of keysOf('up-state-s.txt')) assert.ok(!snapshot.includes(key));
  assert.equal(result.states.length, 30);
});

for (const name of ['up-state.txt', 'up-state-s.txt', 'up-state-o.txt']) {
  test(`no key is in the result: ${name}`, () => {
    const result = JSON.stringify(parseXfrmStates(recording(name)));
    for (const key of keysOf(name)) assert.ok(!result.includes(key));
  });
}

for (const line of ['enc  0x00112233', 'enc\t0x00112233', 'auth-trunc  0x00112233 128', 'aead ']) {
  test(`a key without an algorithm's name: ${JSON.stringify(line)}`, () => {
    const text = `src 192.0.2.1 dst 192.0.2.2\n\tproto esp reqid 1 mode tunnel\n\t${line}\n`;
    const { states } = parseXfrmStates(text);
    assert.deepEqual([states[0]?.encryption, states[0]?.integrity].filter(Boolean), []);
  });
}
