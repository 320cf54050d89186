import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import { follow } from '../../helpers/follow.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

test('a line is delivered when its newline has come, and the position does not run ahead', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\ntw');
  const { follower, has, lines, position } = follow(t, path);
  await has(1);
  await until('all bytes read', () => follower.status.lagBytes === 0);
  assert.equal(position()?.offset, 4);
  appendFileSync(path, 'o\r\nthree\r\n\n');
  await has(4);
  assert.deepEqual(lines, ['one', 'two', 'three', '']);
  assert.equal(position()?.offset, 17);
});

test('a file written byte by byte', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const descriptor = openSync(path, 'a');
  t.after(() => closeSync(descriptor));
  const { has, lines } = follow(t, path);
  const text = 'Ärger, 東京, and 🙂\r\nsecond\n';
  for (const byte of Buffer.from(text)) {
    writeSync(descriptor, Buffer.of(byte));
    // Lets the follower have every second one on its own.
    if (byte % 2 === 0) await new Promise(setImmediate);
  }
  await has(2);
  assert.deepEqual(lines, ['Ärger, 東京, and 🙂', 'second']);
});

test('an over-long line is cut and counted; the next one is whole', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, `${'x'.repeat(10_000_000)}\nnext\n`);
  const { follower, has, lines, position } = follow(t, path);
  await has(2);
  assert.deepEqual(
    lines.map(({ length }) => length),
    [16_384, 4],
  );
  assert.equal(follower.status.cutBytes, 10_000_000 - 16_384);
  assert.equal(position()?.offset, 10_000_006);
  assert.equal(position()?.lines, 2);
});

test('invalid UTF-8 and NUL bytes are no reason to stop', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const bytes = Buffer.concat([
    Buffer.from('a\0b\n'),
    Buffer.of(0xff, 0xfe, 0x80, 0x0a),
    Buffer.from('c\n'),
  ]);
  writeFileSync(path, bytes);
  const { has, lines, position } = follow(t, path);
  await has(3);
  assert.deepEqual(lines, ['a\0b', '\uFFFD\uFFFD\uFFFD', 'c']);
  assert.equal(position()?.offset, bytes.length);
});

test('a writer that does not append leaves a hole when its file is truncated', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const descriptor = openSync(path, 'w');
  t.after(() => closeSync(descriptor));
  writeSync(descriptor, `${'one'.repeat(10_000)}\n`);
  const { follower, has, lines } = follow(t, path);
  await has(1);
  writeFileSync(path, '');
  writeSync(descriptor, 'two\nthree\n');
  await has(3);
  assert.deepEqual(lines.slice(1), ['two', 'three']);
  assert.equal(follower.status.rotations, 1);
});
